// Tables can be sorted and searched. Without scripts they are read as they stand.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], rows = [...body.rows];
  const value = (row, place) => row.cells[place]?.dataset.v ?? row.cells[place]?.textContent.trim() ?? "";
  const compare = (one, other) => one !== "" && other !== "" && !isNaN(one) && !isNaN(other) ? one - other : one.localeCompare(other, document.documentElement.lang);
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    if (!head.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((one, other) => (down ? -1 : 1) * compare(value(one, place), value(other, place)));
      body.append(...rows);
    });
  });
  if (rows.length < 6) continue;
  const label = document.createElement("label"), field = document.createElement("input"), count = document.createElement("output");
  field.type = "search";
  label.className = "filter";
  label.append(table.dataset.filter + " ", field, " ", count);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
    count.value = words ? rows.filter((row) => !row.hidden).length + " / " + rows.length : "";
  });
  table.closest(".box").before(label);
}

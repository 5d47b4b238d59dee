"""A bag as BagIt has it: files with their checksums. Source: RFC 8493."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(slots=True)
class Bag:
    """A bag being filled."""

    folder: Path
    sums: dict[str, str] = field(default_factory=dict)
    """SHA-256 by path."""
    octets: int = 0
    """Bytes of the payload."""

    @contextmanager
    def file(self, path: str) -> Iterator[Callable[[str], object]]:
        """Write a file of the payload, text by text; `path` lies below data/."""
        target = self.folder / "data" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        sum_ = hashlib.sha256()
        with target.open("wb") as file:

            def write(text: str) -> None:
                raw = text.encode("utf-8", "backslashreplace")
                sum_.update(raw)
                self.octets += len(raw)
                file.write(raw)

            yield write
        self.sums[f"data/{path}"] = sum_.hexdigest()

    def close(self, facts: Mapping[str, str]) -> None:
        """Write what makes a bag of the folder; `facts` go into bag-info.txt."""
        oxum = f"{self.octets}.{len(self.sums)}"
        told = {**facts, "Payload-Oxum": oxum}
        tags = {
            "bagit.txt": DECLARATION,
            "bag-info.txt": "".join(f"{name}: {' '.join(value.split())}\n" for name, value in told.items()),
            "manifest-sha256.txt": _manifest(self.sums),
        }
        tags["tagmanifest-sha256.txt"] = _manifest(
            {name: hashlib.sha256(text.encode()).hexdigest() for name, text in tags.items()}
        )
        for name, text in tags.items():
            (self.folder / name).write_bytes(text.encode())


def _manifest(sums: Mapping[str, str]) -> str:
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums))

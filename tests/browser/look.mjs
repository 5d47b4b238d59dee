// Reads pages in Chromium and writes down what is wrong with them.
//
//   node look.mjs FILE.html OUT.json [--width N] [--dark] [--no-script] [--print] [--no-csp] [--screenshot FILE.png]
//   node look.mjs --jobs JOBS.json OUT.json
//
// JOBS.json is a list of {file, noScript, noCsp, layoutOnly, looks: [{width, dark, print, screenshot}]}; OUT.json then has a list
// for each job, with an entry for each look. A page is opened once for all its looks, as axe is slow on a new one;
// layoutOnly leaves axe out.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import axe from 'axe-core'
import { chromium } from 'playwright-core'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const TOUCH = 'target-size' // nobody touches a link on paper
const AT_ONCE = 2
const BROWSER = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
}

// This and the next functions are carried out inside the page: what axe does not ask.
function foldedAway () {
  return [...document.querySelectorAll('details > :not(summary, .filter)')].filter((part) => !part.checkVisibility()).length
}

function structure () {
  const where = (element) => element.outerHTML.slice(0, 160)
  const all = (selector) => [...document.querySelectorAll(selector)]
  const named = (svg) => svg.getAttribute('role') === 'img' && svg.querySelector(':scope > title')?.textContent.trim()
  const toldInWords = (svg) => {
    // a bar stands beside its own figure; any other chart has a table below it, in its section
    if (svg.matches('.bar')) {
      const figure = svg.querySelector('title')?.textContent.split(': ').pop()
      const around = svg.parentElement.cloneNode(true)
      around.querySelectorAll('svg').forEach((chart) => chart.remove())
      return around.textContent.includes(figure)
    }
    const tables = [...svg.closest('section, body').querySelectorAll('table')]
    return svg.closest('table') ||
      tables.some((table) => svg.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING)
  }
  const mark = (element) => {
    const style = getComputedStyle(element)
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.backgroundColor, style.borderColor].join()
  }
  const showsFocus = (element) => {
    const before = mark(element)
    element.focus({ focusVisible: true, preventScroll: true })
    const shown = document.activeElement === element && mark(element) !== before
    element.blur()
    return shown
  }
  return {
    lang: document.documentElement.lang,
    headings: all('h1, h2, h3, h4, h5, h6').map((heading) => Number(heading.tagName[1])),
    // pixels by which the page itself can be scrolled sideways; boxes that scroll inside it are fine
    tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    // what a reader has to scroll to or cannot see at all, though it is on the page
    scrolled: all('.box').filter((box) => box.scrollWidth > box.clientWidth).map(where),
    cut: all('body *').filter((element) => getComputedStyle(element).overflowX === 'hidden' &&
      element.scrollWidth > element.clientWidth + 1).map(where),
    svgs: all('svg').length,
    unnamedSvgs: all('svg').filter((svg) => !named(svg)).map(where),
    chartsNotInWords: all('svg').filter((svg) => !toldInWords(svg)).map(where),
    tablesWithoutCaption: all('table').filter((table) => !table.caption?.textContent.trim()).map(where),
    focusNotShown: all('a[href], summary, button, input, select, textarea, [tabindex="0"]')
      .filter((element) => element.checkVisibility() && !showsFocus(element)).map(where),
    oddLinks: all('a[href]').map((link) => link.getAttribute('href')).filter((href) => !/^(https?:\/\/|#)/.test(href)),
    owned: 'owned' in window,
  }
}

// Searching does nothing without a script, so it may be missing where there is none; words may not.
function readable () {
  const controls = [...document.querySelectorAll('.filter')]
  controls.forEach((control) => { control.style.display = 'none' })
  const words = document.body.innerText.split(/\s+/).join(' ')
  controls.forEach((control) => { control.style.display = '' })
  return words
}

function unfold (open) {
  document.querySelectorAll('details').forEach((details) => { details.open = open })
}

async function violations ({ tags, rules }) {
  // without preload: axe would ask for the style sheet itself, which the site's own policy forbids
  const found = await window.axe.run(document, { runOnly: tags, rules, resultTypes: ['violations', 'incomplete'], preload: false })
  // of text in the very colour of its ground axe only says that it cannot tell
  const unseen = (node) => node.any.some((check) => check.data?.messageKey === 'equalRatio')
  const doubtful = found.incomplete.map((rule) => ({ ...rule, nodes: rule.nodes.filter(unseen) }))
  return [...found.violations, ...doubtful.filter((rule) => rule.nodes.length)].map(({ id, impact, help, nodes }) =>
    ({ id, impact, help, nodes: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`) }))
}

async function paper (page) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  const boxes = [...pdf.matchAll(/\/MediaBox \[([^\]]+)\]/g)].map((found) => found[1].split(' '))
  // one box a page, in points
  return boxes.map(([, , ...size]) => size.map((points) => Math.round(points / 72 * 25.4)))
}

async function look (page, { width = 1280, dark, print, screenshot }, withAxe) {
  await page.setViewportSize({ width, height: 900 })
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', media: print ? 'print' : 'screen' })
  await page.evaluate(unfold, false)
  const folded = await page.evaluate(foldedAway)
  await page.evaluate(unfold, true)
  const found = await page.evaluate(structure)
  const text = await page.evaluate(readable)
  // axe waits for timers, and without script there are none
  const broken = withAxe ? await page.evaluate(violations, { tags: TAGS, rules: { [TOUCH]: { enabled: !print } } }) : []
  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true })
  const printed = print ? await paper(page) : null
  return { violations: broken, folded, printed, text, ...found }
}

async function lookAtPage (browser, job) {
  const scripted = !job.noScript
  const context = await browser.newContext({
    javaScriptEnabled: scripted,
    bypassCSP: Boolean(job.noCsp),
    offline: true, // what a page asks for is written down, never sent
  })
  const page = await context.newPage()
  const heard = { asked: [], errors: [], dialogs: [] }
  page.on('request', (request) => { if (!/^(file|data):/.test(request.url())) heard.asked.push(request.url()) })
  page.on('console', (message) => { if (message.type() === 'error') heard.errors.push(message.text()) })
  page.on('pageerror', (error) => heard.errors.push(String(error)))
  page.on('dialog', (dialog) => { heard.dialogs.push(dialog.message()); return dialog.dismiss() })
  await page.goto(pathToFileURL(resolve(job.file)).href)
  const withAxe = scripted && !job.layoutOnly
  if (withAxe) await page.evaluate(axe.source)
  const results = []
  for (const how of job.looks) results.push(await look(page, how, withAxe))
  await context.close()
  return results.map((result) => ({ ...heard, ...result }))
}

async function lookAtAll (jobs) {
  const browser = await chromium.launch(BROWSER)
  const results = []
  const waiting = [...jobs.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await lookAtPage(browser, next[1])
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } finally {
    await browser.close()
  }
  return results
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string' },
    width: { type: 'string', default: '1280' },
    dark: { type: 'boolean' },
    'no-script': { type: 'boolean' },
    'no-csp': { type: 'boolean' },
    print: { type: 'boolean' },
    screenshot: { type: 'string' },
  },
})
if (values.jobs) {
  const results = await lookAtAll(JSON.parse(readFileSync(values.jobs, 'utf8')))
  writeFileSync(positionals[0], JSON.stringify(results, null, 1))
} else {
  const [file, out] = positionals
  const { width, dark, print, screenshot } = values
  const looks = [{ width: Number(width), dark, print, screenshot }]
  const [[result]] = await lookAtAll([{ file, looks, noScript: values['no-script'], noCsp: values['no-csp'] }])
  writeFileSync(out, JSON.stringify(result, null, 1))
}

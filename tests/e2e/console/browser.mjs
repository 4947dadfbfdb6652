// A browser that notes whatever a page does wrong: errors, violations of the
// policy it came under, and requests to anybody but its own server.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { Server } from '../live/server.mjs';

const patience = 60_000; // the machine may be busy
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

// open starts a server and shows its console in a fresh browser profile.
export async function open(t, { env = {}, ...options } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags, timeout: 2 * patience });
  const wrong = []; // what nobody expected
  t.after(async () => { // before the server goes
    await browser.close();
    assert.deepEqual(wrong, [], 'the page did something wrong');
  });
  const server = await Server.begin(t, env);
  const visit = (more) => see(browser, server, wrong, { ...options, ...more });
  return { server, visit, ...await visit() };
}

// see shows the console to one person.
async function see(browser, server, wrong, { path = '', viewport = desktop, ...options } = {}) {
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const expected = []; // patterns of what a test provokes
  const note = (what) => { if (!expected.some((pattern) => pattern.test(what))) wrong.push(what); };
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) note(`${message.text()} ${message.location().url}`); });
  page.on('pageerror', (err) => note(`uncaught: ${err.stack}`));
  page.on('request', (request) => { if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) note(`request to ${request.url()}`); });
  page.on('websocket', (socket) => { if (!socket.url().startsWith(server.wsURL)) note(`socket to ${socket.url()}`); });
  await page.exposeFunction('violated', (what) => note(`policy: ${what}`));
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) => globalThis.violated(`${event.violatedDirective} ${event.blockedURI}`)));
  await page.goto(`${server.url}/console${path}`);
  return {
    context, page,
    see: (name, fullPage = true) => page.screenshot({ path: `artefacts/${name}.png`, fullPage }),
    expect: (...patterns) => expected.push(...patterns),
  };
}

// refused are the lines that the browser itself writes of answers with a status.
export const refused = (...statuses) => new RegExp(`^Failed to load resource: the server responded with a status of (${statuses.join('|')})`);

// away are the lines that the browser itself writes while the server is away, or goes.
export const away = /net::ERR_\w+|WebSocket connection to|status of 503/;

// createExample makes the first workflow with one click.
export async function createExample(page) {
  await page.getByRole('main').getByRole('button', { name: 'Create the example' }).click();
  await page.getByRole('heading', { level: 1, name: 'Guest book' }).waitFor();
}

export const step = (page, label) => page.getByRole('button', { name: new RegExp(`^Step \\d+ of \\d+: ${label},`) });

export const run = (page) => page.getByRole('button', { name: 'Run', exact: true }).click();

// status waits for a run to be as wanted.
export const status = (page, wanted) => page.locator('.title .chip', { hasText: wanted }).waitFor();

// states are those of the steps that are drawn, in the order in which they run.
export const states = (page) => page.locator('.node').evaluateAll((all) => all.map((node) => node.dataset.state));

// accessible checks a page against the rules of WCAG that a program can check.
// What is drawn in a box may be cut, while its name says it in whole.
export async function accessible(page, what) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'label-content-name-mismatch': { enabled: false } } }));
  assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.html} ${n.any[0]?.message ?? ''}`).join(' | ')}`), [], what);
}

// fits checks that a page is not wider than the screen.
export async function fits(page, what) {
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= screen, `${what} is ${wide} px wide on a screen of ${screen}`);
}

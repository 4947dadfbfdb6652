// The main flow with the keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, states, status } from './browser.mjs';

const focused = (page) => page.evaluate(() => {
  const at = document.activeElement;
  return { name: at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent, tag: at.tagName, at: at.getBoundingClientRect().top };
});

// outlined tells whether the focus can be seen: a box looks different with it.
const outlined = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const box = at.querySelector('.box') ?? at;
  const style = getComputedStyle(box);
  return style.outlineStyle !== 'none' || (at !== box && style.strokeWidth === '3px');
});

// tab goes on until something is reached by its name; what it passes must be seen.
async function tab(page, name, key = 'Tab') {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press(key);
    const at = await focused(page);
    if (at.tag !== 'BODY') assert.ok(await outlined(page), `the focus on ${at.tag} "${at.name}" is not seen`);
    if (at.name?.includes(name)) return;
  }
  assert.fail(`Tab does not reach "${name}"`);
}

test('the example is made, looked at and run without a mouse', async (t) => {
  const { page, see } = await open(t);
  await page.getByRole('heading', { name: 'New here?' }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).name, 'Skip to the content');
  await page.keyboard.press('Enter');
  await tab(page, 'Create the example');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Guest book' }).waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === 'H1');

  await page.locator('.skip').focus();
  await page.keyboard.press('Enter');
  assert.equal((await focused(page)).tag, 'MAIN', 'skipped to the content');
  assert.match(page.url(), /#\/workflow\//, 'of the page that it was');
  await tab(page, 'Step 2 of 6: Check the input');
  await see('keyboard-focus', false);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal((await focused(page)).name, 'Close');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.match((await focused(page)).name, /^Step 2 of 6/, 'the focus is back');
  await page.keyboard.press('Space');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');

  await tab(page, 'message');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('typed');
  await page.keyboard.press('Enter'); // in a field: the form is sent
  await status(page, 'succeeded');
  assert.deepEqual(await states(page), Array(6).fill('ok'));
  assert.match(await page.locator('#said').innerText(), /The run has succeeded/, 'and it is said');
  assert.equal((await focused(page)).tag, 'H1');
  await page.getByText('"message": "typed"').waitFor();

  await tab(page, 'Run again');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Guest book' }).waitFor();
  await tab(page, 'Delete');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal((await focused(page)).name, 'Cancel', 'the harmless answer is first');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.match((await focused(page)).name, /Delete/);
});

test('a sentence is sent with Ctrl and Enter', async (t) => {
  const { page } = await open(t);
  await page.getByRole('heading', { name: 'What should your API do?' }).waitFor();
  await tab(page, 'What your API should do');
  await page.keyboard.type('Find a product by its name');
  await page.keyboard.press('Control+Enter');
  await page.getByText('made by builtin').waitFor();
  assert.equal((await focused(page)).name, 'A workflow from your words');
});

// How it looks: on a phone, in the dark, in the README.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { accessible, createExample, fits, open, phone, run, status, step } from './browser.mjs';

for (const colorScheme of ['light', 'dark']) {
  test(`a phone, ${colorScheme}`, async (t) => {
    const { page, see } = await open(t, { viewport: phone, colorScheme, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
    await page.getByRole('heading', { name: 'New here?' }).waitFor();
    await fits(page, 'the first page');
    await see(`phone-${colorScheme}-1`);
    await createExample(page);
    await page.getByText('The input is checked before it is used.').waitFor();
    await fits(page, 'the workflow');
    await see(`phone-${colorScheme}-2`);
    const drawing = page.locator('.graph');
    assert.ok(await drawing.evaluate((box) => box.scrollWidth <= box.clientWidth), 'the example needs no scrolling');
    await step(page, 'Sign the book').tap();
    await page.getByRole('dialog').waitFor();
    await fits(page, 'a step');
    await see(`phone-${colorScheme}-3`, false);
    await page.getByRole('button', { name: 'Close' }).tap();
    await run(page);
    await status(page, 'succeeded');
    await fits(page, 'the run');
    await see(`phone-${colorScheme}-4`);
    await page.getByRole('link', { name: 'Runs' }).tap();
    await page.locator('.runs li').waitFor();
    await fits(page, 'the runs');
    await see(`phone-${colorScheme}-5`);
    await page.getByRole('link', { name: 'Workflows' }).tap();
    await page.getByLabel('What your API should do').fill('Log in a user and return a token');
    await page.getByRole('button', { name: 'Make the workflow' }).tap();
    await page.getByText('made by').waitFor();
    await fits(page, 'the draft');
    await see(`phone-${colorScheme}-6`);
  });
}

for (const [colorScheme, background] of [['light', 'rgb(247, 248, 250)'], ['dark', 'rgb(15, 18, 24)']]) {
  test(`a large screen, ${colorScheme}, held against the rules of accessibility`, async (t) => {
    const { page, see } = await open(t, { colorScheme });
    await page.getByRole('heading', { name: 'New here?' }).waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), background);
    await accessible(page, 'the first page');
    await page.getByRole('button', { name: 'Make the workflow' }).click();
    await accessible(page, 'an empty prompt');
    await createExample(page);
    await page.getByText('The input is checked before it is used.').waitFor();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await accessible(page, 'the workflow');
    await see(`${colorScheme}-workflow`);
    await step(page, 'Check the input').click();
    await page.getByRole('dialog').waitFor();
    await accessible(page, 'a step');
    await page.keyboard.press('Escape');
    await page.getByLabel('email').fill('nowhere');
    await run(page);
    await status(page, 'failed');
    await accessible(page, 'a run that failed');
    await page.getByRole('link', { name: 'Run again' }).click();
    await page.getByLabel('email').fill('ada@example.com');
    await run(page);
    await status(page, 'succeeded');
    await accessible(page, 'a run');
    await see(`${colorScheme}-run`);
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.locator('.runs li').nth(1).waitFor();
    await accessible(page, 'the runs');
    await see(`${colorScheme}-runs`);
    await page.getByRole('complementary').getByRole('link', { name: 'Guest book' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await accessible(page, 'a question');
  });
}

test('graphs of all shapes', async (t) => {
  const { page, server, see } = await open(t);
  const node = (id, type = 'delay') => ({ id, type, data: { label: `Step ${id}`, fields: { seconds: 0 } } });
  const graph = async (id, names, pairs) => {
    const steps = names.map((name) => node(name));
    const edges = pairs.map(([source, target]) => ({ id: source + target, source, target }));
    const { status: code, body } = await server.send('/workflows', { workflowId: id, ownerId: 'user_default', apiName: id, steps, edges, inputVariables: [] });
    assert.equal(code, 200, JSON.stringify(body));
    await page.goto(`${server.url}/console#/workflow/${id}`);
    await page.getByRole('heading', { level: 1, name: id }).waitFor();
    await see(`graph-${id}`);
    const boxes = await page.locator('.node .box').evaluateAll((all) => all.map((box) => box.getBoundingClientRect().toJSON()));
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, `${id}: boxes overlap`)));
    await fits(page, id);
  };
  await graph('empty', [], []);
  await graph('single', ['a'], []);
  await graph('no-edges', ['a', 'b', 'c'], []);
  await graph('long-edges', ['a', 'b', 'c', 'd', 'e'], [['a', 'b'], ['b', 'c'], ['c', 'd'], ['d', 'e'], ['a', 'e'], ['b', 'd']]);
  await graph('wide', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], [['a', 'b'], ['a', 'c'], ['a', 'd'], ['a', 'e'], ['a', 'f'], ['b', 'g'], ['c', 'g'], ['d', 'g'], ['e', 'g'], ['f', 'g']]);
  await graph('parts', ['a', 'b', 'c', 'd'], [['a', 'b'], ['c', 'd']]);
  await graph('crossed', ['a', 'b', 'c', 'd', 'e', 'f'], [['a', 'c'], ['b', 'd'], ['a', 'd'], ['b', 'c'], ['c', 'f'], ['d', 'e']]);
});

test('the picture of the README', { skip: !process.env.PICTURE }, async (t) => {
  const { page } = await open(t, { viewport: { width: 1280, height: 760 } });
  await createExample(page);
  for (const sentence of ['Create a signup API with email and password', 'Find a product by its name and return it']) {
    await page.getByRole('link', { name: 'New', exact: true }).click();
    await page.getByLabel('What your API should do').fill(sentence);
    await page.getByRole('button', { name: 'Make the workflow' }).click();
    await page.getByLabel('Name of the API').fill(sentence.startsWith('Create') ? 'Sign up' : 'Find a product');
    await page.getByRole('button', { name: 'Save and publish' }).click();
    await page.getByRole('region', { name: 'API' }).waitFor();
  }
  await page.getByRole('complementary').getByRole('link', { name: 'Guest book' }).click();
  await run(page);
  await status(page, 'succeeded');
  const picture = '../../../docs/console.png';
  await page.screenshot({ path: picture });
  assert.ok(statSync(picture).size < 200_000, 'the picture is too large');
});

// What a newcomer does: the example, a run of it, its log, its API.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExample, open, refused, run, states, status, step } from './browser.mjs';

test('the example is made, seen, run, called and deleted', async (t) => {
  const { page, see, server } = await open(t);
  await page.getByRole('heading', { name: 'What should your API do?' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await see('1-first-visit');
  await createExample(page);
  assert.equal(await page.locator('.node').count(), 6);
  assert.equal(await page.locator('.line').count(), 6);
  await page.getByText('The input is checked before it is used.').waitFor();
  await see('2-workflow');

  await step(page, 'Earlier visits').click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('"email": "{{email}}"').waitFor();
  await drawer.getByText('Finds documents in a collection').waitFor();
  await see('3-step');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });

  await run(page);
  await page.locator('.node[data-state=running]').waitFor({ timeout: 3000 }).catch(() => t.diagnostic('the run was over before it could be seen')); // a busy machine
  await see('4-running', false);
  await status(page, 'succeeded');
  assert.deepEqual(await states(page), Array(6).fill('ok'));
  assert.equal(await page.locator('.entry[data-state=ok]').count(), 6);
  await page.getByText('"greeting": "Welcome, Ada!"').waitFor();
  await page.getByRole('region', { name: 'Log' }).getByText('Output').last().click();
  await page.getByRole('region', { name: 'Log' }).getByText('"status": 201').waitFor();
  await see('5-finished');
  const address = page.url();

  await page.getByRole('link', { name: 'Back to Guest book' }).click();
  await page.getByRole('region', { name: 'Past runs' }).getByRole('link').click();
  await status(page, 'succeeded');
  assert.equal(page.url(), address);
  assert.deepEqual(await states(page), Array(6).fill('ok'));
  await page.reload();
  await status(page, 'succeeded');
  assert.deepEqual(await states(page), Array(6).fill('ok'), 'an address can be kept');

  await page.getByRole('link', { name: 'Run again' }).click();
  await page.getByLabel('message').fill("It's 5 o'clock");
  const curl = await page.getByLabel('curl command', { exact: true }).innerText();
  assert.match(curl, /-d '\{"name":"Ada","email":"ada@example.com","message":"It'\\''s 5 o'\\''clock"\}'/);
  assert.ok(curl.includes(`'${server.url}/workflow/run/guest-book-`));
  await page.getByRole('button', { name: 'Call the API' }).click();
  await page.getByText('"visitsBefore": 1').waitFor();
  await see('6-called');
  await page.getByRole('link', { name: 'Its log' }).click();
  await status(page, 'succeeded');
  await page.getByText('called as an API').waitFor();

  await page.getByRole('link', { name: 'Runs' }).click();
  await page.locator('.runs li').nth(1).waitFor();
  assert.equal(await page.locator('.runs li').count(), 2);
  await page.getByLabel('Show runs that are').selectOption('failed');
  await page.getByText('No run is failed.').waitFor();

  await page.getByRole('complementary').getByRole('link', { name: 'Guest book' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await see('7-delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'New here?' }).waitFor();
  assert.deepEqual((await server.get('/workflows')).workflows, []);
});

test('every type of input has its field', async (t) => {
  const { page, server, see } = await open(t);
  const variables = [
    { name: 'count', type: 'number', required: true }, { name: 'really', type: 'boolean', default: true }, { name: 'maybe', type: 'boolean' },
    { name: 'options', type: 'object', required: true }, { name: 'items', type: 'array', default: [1] }, { name: 'note', type: 'string' },
  ];
  const body = Object.fromEntries(variables.map(({ name }) => [name, `{{${name}}}`]));
  await server.publish('types', [{ id: 'in', type: 'input', variables }, { id: 'out', type: 'response', body }], variables);
  await page.goto(`${server.url}/console#/workflow/types`);
  await page.getByLabel('count').fill('many');
  await page.getByLabel('options').fill('[1]');
  await page.getByLabel('items').fill('[1,');
  await run(page);
  await page.getByText('This must be a number').waitFor();
  await page.getByText('This must be an object').waitFor();
  await page.getByText('This is not JSON').waitFor();
  await see('inputs-wrong');
  assert.equal(await page.evaluate(() => document.activeElement.id), await page.getByLabel('count').getAttribute('id'), 'the first wrong field has the focus');

  await page.getByLabel('count').fill('2.5');
  await page.getByLabel('options').fill('{"a": {"b": null}}');
  await page.getByLabel('items').fill('["x", 2]');
  await run(page);
  await status(page, 'succeeded');
  const answer = JSON.parse(await page.getByRole('region', { name: 'Result' }).locator('pre').innerText());
  assert.deepEqual(answer, { count: 2.5, really: true, maybe: null, options: { a: { b: null } }, items: ['x', 2], note: null });

  await page.getByRole('link', { name: 'Run again' }).click();
  assert.equal(await page.getByLabel('count').inputValue(), '2.5', 'the last input is still there');
  await page.getByLabel('Write the input as JSON').check();
  await page.getByLabel('Input as JSON', { exact: true }).fill('{"count": 7, "note": "free"}');
  await run(page);
  await page.getByText('"note": "free"').first().waitFor();
});

test('what is written in workflows stays text, and long values are cut', async (t) => {
  const { page, server, see } = await open(t);
  const evil = '<img src=x onerror="document.title=1"><script>alert(1)</script>';
  const long = 'word '.repeat(2000);
  await server.publish(evil.slice(0, 30), [
    { id: 'a', type: 'input', data: { label: evil, fields: { variables: [{ name: evil, type: 'string', default: evil }] } } },
    { id: 'b', type: 'response', data: { label: 'Long', fields: { body: { [evil]: long } } } },
  ]);
  await page.reload();
  await page.getByRole('complementary').getByRole('link').filter({ hasText: '<img' }).click();
  await step(page, 'Long').click();
  const drawer = page.getByRole('dialog');
  assert.ok((await drawer.locator('pre').innerText()).length < 2100);
  await drawer.getByRole('button', { name: /^Show all 1\d,\d+ characters/ }).click();
  assert.ok((await drawer.locator('pre').innerText()).length > 10_000);
  await page.keyboard.press('Escape');
  await run(page);
  await status(page, 'succeeded');
  await see('text');
  assert.equal(await page.locator('img, script:not([src])').count(), 0);
});

test('many workflows and runs come in pages', async (t) => {
  const { page, server } = await open(t);
  for (let i = 0; i < 40; i++) await server.publish(`w-${i}`, [{ id: 'a', type: 'response', body: i }]);
  for (let i = 0; i < 20; i++) await server.send('/workflow/run/w-0/w-0', {});
  await page.reload();
  const list = page.getByRole('complementary').locator('li');
  await list.first().waitFor();
  assert.equal(await list.count(), 30);
  await page.getByRole('button', { name: 'Show more (10)' }).click();
  assert.equal(await list.count(), 40);
  await page.getByLabel('Find a workflow').fill('w-0');
  assert.equal(await list.count(), 1);
  await list.getByRole('link').click();
  await page.getByRole('button', { name: 'Older runs' }).click();
  await page.locator('.runs li').nth(19).waitFor();
  assert.equal(await page.locator('.runs li').count(), 20);
});

test('an API that asks for a token, and passwords that stay hidden', async (t) => {
  const { page, server, expect, see } = await open(t);
  expect(refused(401));
  const variables = [{ name: 'password', type: 'string', required: true }];
  await server.publish('mint', [{ id: 'a', type: 'jwtGenerate', payload: { userId: 'u1' }, expiresIn: '1h' }, { id: 'b', type: 'response', body: '{{token}}' }]);
  const { body: token } = await server.send('/workflow/run/mint/mint', {});
  await server.publish('guarded', [
    { id: 'a', type: 'input', variables }, { id: 'b', type: 'authMiddleware' }, { id: 'c', type: 'response', body: '{{currentUser.userId}}' },
  ], variables);
  await page.goto(`${server.url}/console#/workflow/guarded`);
  await page.getByLabel('password').fill('correct horse');
  assert.doesNotMatch(await page.locator('main').innerText(), /correct horse/);
  assert.match(await page.getByLabel('curl command', { exact: true }).innerText(), /Authorization: Bearer <token>/);
  const card = page.getByRole('region', { name: 'API' });
  await card.getByRole('button', { name: 'Call the API' }).click();
  await card.getByText('401', { exact: true }).waitFor();
  await page.getByLabel('Bearer token').fill(token);
  await card.getByRole('button', { name: 'Call the API' }).click();
  await card.getByText('u1', { exact: true }).waitFor();
  await see('token');
});

test('a workflow that is too large to draw still runs', async (t) => {
  const { page, server } = await open(t);
  await server.publish('large', [...Array(400)].map((_, i) => ({ id: `s${i}`, type: 'response', body: i })));
  await page.goto(`${server.url}/console#/workflow/large`);
  await page.getByText('400 steps are too many to draw.').waitFor();
  await run(page);
  await status(page, 'succeeded');
  assert.equal(await page.locator('.entry').count(), 300);
  await page.getByText('Only the first 300 steps are listed here.').waitFor();
  assert.equal(await page.getByRole('region', { name: 'Result' }).locator('pre').innerText(), '399');
});

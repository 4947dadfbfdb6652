// Workflows from sentences, and what happens when there is no workflow in one.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { createExample, open, refused, run, states, status } from './browser.mjs';

const make = (page) => page.getByRole('button', { name: 'Make the workflow' }).click();

test('a sentence becomes a workflow that runs, is saved and runs again', async (t) => {
  const { page, see, server } = await open(t, { env: { AI_PROVIDER: 'builtin' } });
  await page.getByRole('button', { name: 'Create a signup API with email and password' }).click();
  await make(page);
  await page.getByRole('heading', { name: 'A workflow from your words' }).waitFor();
  await page.getByText('made by builtin (grammar)').waitFor();
  assert.ok(await page.locator('.node').count() >= 4);
  assert.deepEqual((await server.get('/workflows')).workflows, [], 'nothing is saved by itself');
  await see('generated');

  await page.getByLabel('email').fill('ann@example.com');
  await page.getByLabel('password').fill('correct horse');
  await run(page);
  await status(page, 'succeeded');
  assert.ok((await states(page)).every((state) => state === 'ok'));
  assert.ok(!(await page.locator('body').innerText()).includes('correct horse'), 'a password is not shown');
  await page.getByRole('link', { name: 'Back to the draft' }).click();
  await page.getByRole('heading', { name: 'A workflow from your words' }).waitFor();

  await page.getByLabel('Name of the API').fill(' ');
  await page.getByRole('button', { name: 'Save and publish' }).click();
  await page.getByText('Give it a name.').waitFor();
  await page.getByLabel('Name of the API').fill('Sign up');
  await page.getByRole('button', { name: 'Save and publish' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign up' }).waitFor();
  await page.getByLabel('email').fill('ben@example.com');
  await page.getByLabel('password').fill('correct horse');
  await run(page);
  await status(page, 'succeeded');
  await page.getByRole('link', { name: 'Workflows' }).click();
  await page.getByRole('heading', { name: 'What should your API do?' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'A workflow from your words' }).count(), 0, 'what is saved is no draft');
});

test('a saved workflow changes as a sentence says', async (t) => {
  const { page, see } = await open(t, { env: { AI_PROVIDER: 'builtin' } });
  await createExample(page);
  const card = page.getByRole('form', { name: 'Change this workflow' });
  await card.getByRole('button', { name: 'Change it' }).click();
  await card.getByText('Say in a sentence what shall be different.').waitFor();
  await card.getByLabel('What shall be different').fill('Also send an email to the visitor');
  await card.getByRole('button', { name: 'Change it' }).click();
  await page.getByRole('main').getByText('It had 6 steps and has 7.').waitFor();
  assert.equal(await page.locator('.node').count(), 7);
  await page.getByRole('button', { name: /emailSend, not run/ }).waitFor();
  await see('changed');
  await card.getByLabel('What shall be different').fill('xyzzy');
  await card.getByRole('button', { name: 'Change it' }).click();
  await card.getByText('The workflow was left as it is').waitFor();
});

test('an empty prompt is asked for again, and garbage becomes something to see', async (t) => {
  const { page, see } = await open(t, { env: { AI_PROVIDER: 'builtin' } });
  await make(page);
  await page.getByText('Say in a sentence what the API shall do.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'prompt');
  await page.getByLabel('What your API should do').fill('   \n ');
  await make(page);
  await page.getByText('Say in a sentence what the API shall do.').waitFor();
  await see('prompt-empty');

  await page.getByLabel('What your API should do').fill('%%% qwertz 𝔘𝔫𝔦 </script> 0x00');
  await make(page);
  await page.getByText('made by builtin').waitFor();
  await page.getByRole('button', { name: /Echo \(description not understood\)/ }).waitFor();
  await see('prompt-garbage');
  await page.getByRole('button', { name: 'Discard' }).click();
  assert.equal(await page.locator('.node').count(), 0);
});

test('a model that fails is said to, and can be asked again', async (t) => {
  const dead = createServer().listen(0, '127.0.0.1'); // nobody listens there once it is closed
  await once(dead, 'listening');
  const { port } = dead.address();
  dead.close();
  await once(dead, 'close');
  const { page, see, expect, server } = await open(t, { env: { AI_PROVIDER: 'ollama', OLLAMA_BASE_URL: `http://127.0.0.1:${port}/v1` } });
  expect(refused(502, 503, 504));
  server.provoked = /request failed/;
  await page.getByLabel('What your API should do').fill('Find a product by its name');
  await make(page);
  const alert = page.getByRole('main').getByRole('alert');
  await alert.getByText(/status 50[234]/).waitFor();
  await see('model-failed');
  assert.ok(await page.getByRole('button', { name: 'Make the workflow' }).isEnabled());
  assert.equal(await page.getByLabel('What your API should do').inputValue(), 'Find a product by its name', 'the words are kept');
});

test('a model without a key', async (t) => {
  const { page, see, expect, server } = await open(t, { env: { AI_PROVIDER: 'openai' } });
  expect(refused(502, 503, 504));
  server.provoked = /request failed/;
  await page.getByLabel('What your API should do').fill('Find a product by its name');
  await make(page);
  await page.getByRole('main').getByRole('alert').getByText(/status 50/).waitFor();
  await see('model-no-key');
});

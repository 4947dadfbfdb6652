// What goes wrong is said where it happens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wait } from '../live/server.mjs';
import { away, createExample, open, refused, run, states, status, step } from './browser.mjs';

test('a run that fails shows its step, its message and its end', async (t) => {
  const { page, see } = await open(t);
  await createExample(page);
  await page.getByLabel('email').fill('nowhere');
  await run(page);
  await status(page, 'failed');
  assert.deepEqual(await states(page), ['ok', 'failed', 'skipped', 'skipped', 'skipped', 'skipped']);
  const log = page.getByRole('region', { name: 'Log' });
  assert.equal(await log.locator('.entry').count(), 2);
  await log.getByText('Input validation failed').waitFor();
  await log.getByText('Expected email').waitFor();
  await page.getByRole('heading', { name: 'The run has failed' }).waitFor();
  await page.getByText('In step 2, Check the input').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Cancel the run' }).count(), 0);
  await see('failed');
  await step(page, 'Check the input').click();
  await page.getByRole('dialog').getByText('Input validation failed').waitFor();
  await page.keyboard.press('Escape');
  await page.reload();
  await status(page, 'failed');
  assert.deepEqual((await states(page)).slice(0, 3), ['ok', 'failed', 'skipped']);
});

test('an API that fails is an answer too', async (t) => {
  const { page, expect } = await open(t);
  expect(refused(422));
  await createExample(page);
  await page.getByLabel('email').fill('nowhere');
  await page.getByRole('button', { name: 'Call the API' }).click();
  const card = page.getByRole('region', { name: 'API' });
  await card.getByText('422', { exact: true }).waitFor();
  await card.getByText('"Expected email"').waitFor();
});

test('a run is cancelled, and one whose workflow is gone can be seen', async (t) => {
  const { page, server, see, expect } = await open(t);
  await server.publish('slow', [{ id: 'a', ...wait('1ms') }, { id: 'b', ...wait('300s') }, { id: 'c', type: 'response', body: 1 }]);
  await page.goto(`${server.url}/console#/workflow/slow`);
  await run(page);
  await page.locator('.node').nth(1).and(page.locator('[data-state=running]')).waitFor();
  assert.deepEqual(await states(page), ['ok', 'running', 'idle'], 'the log comes while the run is under way');
  assert.equal(await page.locator('.entry').count(), 2);
  await see('under-way');
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  await status(page, 'cancelled');
  assert.equal((await states(page))[2], 'skipped');
  await page.getByRole('heading', { name: 'The run has been cancelled' }).waitFor();
  const address = page.url();
  await page.getByRole('link', { name: 'Back to slow' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'New here?' }).waitFor();
  expect(refused(404)); // the browser's own line about the workflow
  await page.goto(address);
  await status(page, 'cancelled');
  await page.getByText('Its workflow was deleted').waitFor();
  await see('deleted');
});

test('addresses of nothing, and steps that cannot run', async (t) => {
  const { page, server, expect, see } = await open(t);
  expect(refused(404));
  await page.goto(`${server.url}/console#/workflow/nothing`);
  await page.getByRole('alert').getByText('Workflow not found').waitFor();
  await page.getByRole('link', { name: 'Back to the workflows' }).waitFor();
  await page.goto(`${server.url}/console#/run/01a21537-1429-7c5f-b708-d0171cc6cda8`);
  await page.getByRole('alert').getByText('Execution not found').waitFor();
  await see('not-found');
  await page.goto(`${server.url}/console#/%E0%A4%A/x`);
  await page.getByRole('heading', { name: 'What should your API do?' }).waitFor();

  await server.publish('odd', [{ id: 'a', type: 'teleport', data: { label: 'Beam', fields: {} } }, { id: 'b', type: 'delay', data: { label: 'Wrong', fields: { seconds: 'soon' } } }]);
  await page.goto(`${server.url}/console#/workflow/odd`);
  await run(page);
  await status(page, 'failed');
  await page.getByRole('region', { name: 'Log' }).getByText('Unknown step type: teleport').waitFor();
  const id = page.url().split('/').at(-1);
  await fetch(`${server.url}/workflows/odd?ownerId=user_default`, { method: 'DELETE' });
  await page.goto(`${server.url}/console#/`);
  await page.goto(`${server.url}/console#/run/${id}`);
  await page.getByText('Its workflow was deleted').waitFor();
  assert.deepEqual(await states(page), ['failed'], 'the steps that its log tells of');
});

test('a server that is away, and one that is full', async (t) => {
  const { page, server, expect, see } = await open(t, { env: { RUN_QUEUE: '1', RUN_WORKERS: '1' } });
  await createExample(page);
  const release = await server.hold();
  await server.run([wait('1ms')]);
  expect(refused(503));
  server.provoked = /Too many runs are waiting/;
  await run(page);
  await page.getByRole('main').getByRole('alert').getByText('status 503').waitFor();
  await see('full');
  await release();

  expect(away);
  await server.stop('SIGTERM');
  await run(page);
  await page.getByRole('main').getByRole('alert').getByText('The server cannot be reached').waitFor();
  await page.getByRole('status').filter({ hasText: 'Reconnecting' }).waitFor();
  await see('away');
  await server.start();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await run(page);
  await status(page, 'succeeded');
});

// A server that goes and comes back under the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wait } from '../live/server.mjs';
import { away, createExample, open, run, status } from './browser.mjs';

for (const signal of ['SIGTERM', 'SIGKILL']) {
  test(`a run goes to its end across a restart by ${signal}`, { timeout: 170_000 }, async (t) => {
    const { page, server, expect, see } = await open(t, { env: { SHUTDOWN_TIMEOUT: '1s' } });
    await createExample(page);
    await server.publish('long', [{ id: 'a', ...wait('1ms') }, { id: 'b', ...wait('300s') }]);
    await page.goto(`${server.url}/console#/workflow/long`);
    await run(page);
    await page.locator('.entry[data-state=running]').waitFor();

    expect(away);
    await server.stop(signal);
    await page.getByRole('status').filter({ hasText: 'Reconnecting' }).waitFor();
    await see(`reconnecting-${signal}`);
    await server.start();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.locator('.title .chip', { hasText: 'interrupted' }).waitFor({ timeout: 150_000 });
    const steps = await page.locator('.entry').count();
    assert.ok(steps >= 1 && steps <= 2, 'the log is there once');
    await see(`reconnected-${signal}`);

    await page.getByRole('complementary').getByRole('link', { name: 'Guest book' }).click();
    await run(page);
    await status(page, 'succeeded');
    assert.equal(await page.locator('.entry[data-state=ok]').count(), 6);
  });
}

test('a page that cannot be read is read when the server is back', async (t) => {
  const { page, server, expect } = await open(t);
  await createExample(page);
  expect(away);
  await server.stop('SIGTERM');
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
  await page.getByRole('complementary').getByRole('link', { name: 'Guest book' }).waitFor();
  await server.start();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Nothing has run yet.').waitFor();
});

// The page of the endpoints, and of the APIs that people have published.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, fits, open, phone } from './browser.mjs';
import { answer } from '../live/server.mjs';

const docs = async (t, options) => {
  const opened = await open(t, options);
  await opened.server.publish('greeting', [{ type: 'input', variables: [{ name: 'who', type: 'string', required: true }] }, answer({ hello: '{{who}}' })]);
  await opened.page.goto(`${opened.server.url}/docs`);
  await opened.page.getByRole('heading', { level: 1, name: 'Orchestrix' }).waitFor();
  return opened;
};

for (const [name, options] of [
  ['a large screen', {}], ['in the dark', { colorScheme: 'dark' }],
  ['a phone', { viewport: phone, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
]) {
  test(`endpoints, ${name}`, async (t) => {
    const { page, see } = await docs(t, options);
    await fits(page, 'the endpoints');
    await accessible(page, 'the endpoints');
    await page.getByLabel('Search endpoints').fill('execution.published');
    const found = page.locator('.op:visible');
    assert.equal(await found.count(), 1);
    await found.locator('summary').first().click();
    await found.getByText(/^curl /).first().waitFor();
    await fits(page, 'an endpoint');
    await accessible(page, 'an endpoint');
    await see(`docs-${name.replaceAll(' ', '-')}`, false);
  });
}

test('a published API has a page of its own', async (t) => {
  const { page, see, server } = await docs(t);
  await page.getByRole('link', { name: /greeting/ }).click();
  await page.getByRole('heading', { level: 1, name: 'greeting' }).waitFor();
  await page.getByText(`POST ${server.url}/workflow/run/greeting/greeting`).or(page.getByText('/workflow/run/greeting/greeting')).first().waitFor();
  await page.getByText('who', { exact: true }).first().waitFor();
  await accessible(page, 'an API');
  await page.locator('.skip').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'MAIN', 'skipped to the content');
  assert.match(page.url(), /#api=/, 'of the page that it was');
  await see('docs-api');
});

test('with the keyboard alone', async (t) => {
  const { page } = await docs(t);
  await page.keyboard.press('/');
  await page.keyboard.type('readyz');
  await page.locator('.op:visible').first().waitFor();
  assert.equal(await page.locator('.op:visible').count(), 1);
  await page.locator('.op:visible summary').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.op[open]').waitFor();
});

// Where a login is required: everybody has their own workflows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, createExample, open, refused, run, status } from './browser.mjs';

const env = { AUTH_MODE: 'required' };
const production = { ...env, NODE_ENV: 'production', JWT_SECRET: 'a secret that is long enough for tests', FRONTEND_URL: 'https://app.example' };

async function signUp(page, email) {
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByLabel('Name').fill(email.split('@')[0]);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Make the account' }).click();
}

async function logIn(page, email, password = 'correct horse') {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const home = (page) => page.getByRole('heading', { name: 'What should your API do?' }).waitFor();

test('signing up, own workflows only, logging out', async (t) => {
  const { page, see, visit, expect, context, server } = await open(t, { env });
  await page.getByRole('heading', { name: 'Log in to Orchestrix' }).waitFor();
  assert.equal(await page.getByRole('complementary').count(), 0, 'nothing is shown before');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('E-mail and password are needed.').waitFor();
  await see('login');
  await signUp(page, 'ann@example.com');
  await home(page);
  await createExample(page);
  await run(page);
  await status(page, 'succeeded');
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  const address = page.url();
  assert.deepEqual(await page.evaluate(() => [document.cookie, { ...localStorage }, { ...sessionStorage }]), ['', {}, {}], 'scripts hold no secret');
  assert.ok((await context.cookies()).some((cookie) => cookie.name === 'orchestrix_sid' && cookie.httpOnly));
  await page.getByRole('link', { name: 'Workflows' }).click();
  await page.getByLabel('What your API should do').fill('a secret idea of Ann');

  const ben = await visit();
  await signUp(ben.page, 'ben@example.com');
  await home(ben.page);
  await ben.page.getByRole('heading', { name: 'New here?' }).waitFor();
  ben.expect(refused(404));
  await ben.page.goto(address);
  await ben.page.getByRole('alert').getByText('Execution not found').waitFor();

  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in to Orchestrix' }).waitFor();
  assert.equal(await page.getByText('Guest book').count(), 0);
  expect(refused(401));
  await logIn(page, 'ann@example.com', 'wrong');
  await page.getByRole('alert').getByText('Invalid email or password').waitFor();
  await see('login-wrong');
  await logIn(page, 'ben@example.com');
  await home(page);
  assert.equal(await page.getByLabel('What your API should do').inputValue(), '', 'nothing of Ann is left');
  await page.getByRole('heading', { name: 'New here?' }).waitFor();

  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in to Orchestrix' }).waitFor();
  await logIn(page, 'ann@example.com');
  await page.getByRole('complementary').getByRole('link', { name: 'Guest book' }).waitFor();
  await page.goto(address);
  await status(page, 'succeeded');
  assert.equal((await server.send('/workflows')).status, 401);
});

test('an account that exists, and a session that ends elsewhere', async (t) => {
  const { page, server, expect, see } = await open(t, { env });
  expect(refused(401, 409));
  await signUp(page, 'ann@example.com');
  await home(page);
  await createExample(page);

  const { body: { token } } = await server.send('/auth/login', { email: 'ann@example.com', password: 'correct horse' });
  const changed = await server.send('/auth/password', { currentPassword: 'correct horse', newPassword: 'another horse' }, { authorization: `Bearer ${token}` });
  assert.equal(changed.status, 200);
  await page.getByRole('heading', { name: 'Log in to Orchestrix' }).waitFor(); // the connection was ended
  await see('login-again');
  await logIn(page, 'ann@example.com', 'another horse');
  await page.getByRole('heading', { level: 1, name: 'Guest book' }).waitFor();

  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in to Orchestrix' }).waitFor();
  await signUp(page, 'ann@example.com');
  await page.getByRole('alert').getByText('User with this email already exists').waitFor();
});

test('a server in production, whose pages may call it without being named', async (t) => {
  const { page } = await open(t, { env: production });
  await page.getByRole('heading', { name: 'Log in to Orchestrix' }).waitFor();
  await accessible(page, 'the login');
  await signUp(page, 'ann@example.com');
  await home(page);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await createExample(page);
  await run(page);
  await status(page, 'succeeded');
});

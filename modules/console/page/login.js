// Logging in, where the server asks for it. The session is in a cookie that
// scripts cannot read: nothing is kept here.
import { api, Problem } from './api.js';
import { el, icon, problemBox } from './dom.js';

// loginPage asks who somebody is; done is called with who it was.
export function loginPage(root, appName, done) {
  let fresh = false; // making an account
  const email = el('input', { id: 'email', type: 'email', autocomplete: 'username', 'aria-required': 'true' });
  const password = el('input', { id: 'password', type: 'password', autocomplete: 'current-password', 'aria-required': 'true' });
  const name = el('input', { id: 'name', type: 'text', autocomplete: 'name' });
  const nameField = el('div', { class: 'field', hidden: true }, el('label', { for: 'name' }, 'Name'), name);
  const problem = el('div');
  const title = el('h1', { tabindex: '-1' });
  const submit = el('button', { type: 'submit', class: 'button primary' }, icon('login'), el('span'));
  const other = el('button', { type: 'button', class: 'link', onclick: () => { fresh = !fresh; words(); email.focus(); } });
  const words = () => {
    title.textContent = fresh ? `Make an account at ${appName}` : `Log in to ${appName}`;
    submit.lastChild.textContent = fresh ? 'Make the account' : 'Log in';
    other.textContent = fresh ? 'I have an account' : 'Make an account';
    nameField.hidden = !fresh;
    password.autocomplete = fresh ? 'new-password' : 'current-password';
    problem.replaceChildren();
  };

  const enter = async (event) => {
    event.preventDefault();
    const empty = [email, password].find((field) => !field.value);
    if (empty) {
      problem.replaceChildren(el('p', { class: 'bad', role: 'alert' }, 'E-mail and password are needed.'));
      empty.focus();
      return;
    }
    submit.disabled = true;
    try {
      await (fresh ? api.register(email.value, password.value, name.value) : api.login(email.value, password.value));
      const { user } = await api.session();
      if (!user) throw new Problem('The browser did not keep the session', { detail: 'It must take cookies; in production they need HTTPS.' });
      done(user);
    } catch (err) {
      problem.replaceChildren(problemBox(err));
      password.focus();
      password.select();
    } finally {
      submit.disabled = false;
    }
  };

  words();
  root.replaceChildren(el('form', { class: 'card login', novalidate: true, onsubmit: enter }, title, nameField,
    el('div', { class: 'field' }, el('label', { for: 'email' }, 'E-mail'), email),
    el('div', { class: 'field' }, el('label', { for: 'password' }, 'Password'), password),
    problem, el('div', { class: 'actions' }, other, submit)));
  email.focus();
}

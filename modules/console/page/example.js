// A workflow to begin with: it checks, branches, stores, finds and answers, and
// needs nothing set up.
import { api, newId } from './api.js';
import { toast } from './dom.js';

const inputVariables = [
  { name: 'name', type: 'string', required: true, default: 'Ada' },
  { name: 'email', type: 'string', required: true, default: 'ada@example.com' },
  { name: 'message', type: 'string', default: 'What a lovely place!' },
];

const node = (id, type, label, fields) => ({ id, type, data: { label, fields } });

const steps = [
  node('visitor', 'input', 'Visitor', { variables: inputVariables }),
  node('check', 'inputValidation', 'Check the input', {
    rules: [{ field: 'name', required: true, type: 'string', maxLength: 80 }, { field: 'email', required: true, type: 'email' }],
  }),
  node('earlier', 'dbFind', 'Earlier visits', { collection: 'guests', findType: 'many', filters: { email: '{{email}}' }, limit: 50, outputVar: 'visits' }),
  node('think', 'delay', 'Think a moment', { duration: '600ms' }),
  node('store', 'dbInsert', 'Sign the book', { collection: 'guests', data: { name: '{{name}}', email: '{{email}}', message: '{{message}}' }, outputVar: 'entry' }),
  node('answer', 'response', 'Answer', { status: 201, body: { greeting: 'Welcome, {{name}}!', visitsBefore: '{{visits.length}}', entry: '{{entry}}' } }),
];

const edges = [['visitor', 'check'], ['check', 'earlier'], ['check', 'think'], ['earlier', 'store'], ['think', 'store'], ['store', 'answer']]
  .map(([source, target]) => ({ id: `${source}-${target}`, source, target }));

// createExample saves the example and goes to it.
export async function createExample(event) {
  const pressed = event.currentTarget;
  pressed.disabled = true;
  try {
    const workflowId = newId('guest-book');
    await api.save({ workflowId, apiName: 'Guest book', steps, edges, inputVariables });
    dispatchEvent(new CustomEvent('workflow-saved', { detail: workflowId }));
  } catch (err) {
    toast(err);
  } finally {
    pressed.disabled = false;
  }
}

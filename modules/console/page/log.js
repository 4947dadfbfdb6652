// The log of a run, step by step as it happens.
import { el, say } from './dom.js';
import { states } from './steps.js';
import { fold, mark, took } from './values.js';

const most = 300; // steps that are listed

// RunLog makes a list of entries. Listeners hear of each step's state, and of the
// end of the run with how it went.
export class RunLog {
  constructor({ onStep, onEnd }) {
    this.onStep = onStep;
    this.onEnd = onEnd;
    this.list = el('ol', { class: 'log', 'aria-label': 'Steps of this run' });
    this.foot = el('p', { class: 'muted' });
    this.element = el('div', {}, this.list, this.foot);
    this.reset();
  }

  // reset forgets everything: the whole log comes again.
  reset() {
    this.steps = new Map();
    this.answer = undefined;
    this.ended = false;
    this.list.replaceChildren();
    this.foot.textContent = 'Waiting for the first step…';
  }

  add(entry) {
    if (entry.type === 'workflow_complete' || entry.type === 'workflow_failed') this.finish(entry);
    else if (entry.stepIndex === undefined) this.foot.textContent = '';
    else this.step(entry);
  }

  step(entry) {
    const step = this.steps.get(entry.stepIndex) ?? this.begin(entry);
    switch (entry.phase) {
      case 'step_started':
        this.show(step, 'running');
        break;
      case 'data':
        step.notes.append(fold(entry.title, entry.data));
        break;
      case 'step_finished':
      case 'error':
        Object.assign(step, { duration: took(entry.durationMs), input: entry.input, output: entry.output, error: entry.error });
        if (entry.stepType === 'response' && entry.phase === 'step_finished') this.answer = entry.output;
        this.close(step, entry.data);
        this.show(step, entry.phase === 'error' ? 'failed' : 'ok');
    }
  }

  begin(entry) {
    const step = {
      index: entry.stepIndex, name: entry.stepName, state: 'idle',
      mark: el('span'), took: el('span', { class: 'took' }), notes: el('div', { class: 'notes' }),
    };
    const head = el('div', { class: 'entry-head' }, step.mark, el('strong', {}, entry.stepName), el('span', { class: 'muted type' }, entry.stepType), step.took);
    step.element = el('li', { class: 'entry' }, head, step.notes);
    this.steps.set(entry.stepIndex, step);
    if (this.steps.size <= most) this.list.append(step.element);
    else this.foot.textContent = `Only the first ${most} steps are listed here.`;
    return step;
  }

  // close writes what a step has left.
  close(step, data) {
    step.took.textContent = step.duration;
    if (step.error) step.notes.append(el('p', { class: 'bad' }, step.error), ...messages(data?.errors));
    if (step.input !== undefined) step.notes.append(fold('Input', step.input));
    if (step.output !== undefined) step.notes.append(fold('Output', step.output));
  }

  show(step, state) {
    step.state = state;
    step.element.dataset.state = state;
    const next = mark(state);
    step.mark.replaceWith(next);
    step.mark = next;
    if (state !== 'running') say(`${step.name}: ${states[state]}`);
    this.onStep(step.index, step);
  }

  finish(entry) {
    this.ended = true;
    this.foot.textContent = this.steps.size > most ? this.foot.textContent : '';
    for (const step of this.steps.values()) if (step.state === 'running') this.show(step, 'failed'); // it was cut off
    const status = entry.type === 'workflow_complete' ? 'succeeded' : entry.metadata?.status ?? 'failed';
    this.onEnd({ status, error: entry.error, durationMs: entry.totalDuration, answer: this.answer, failed: this.steps.get(entry.failedStep) });
  }
}

// messages lists what a validation has found, field by field.
function messages(errors) {
  if (!errors || typeof errors !== 'object') return [];
  return [el('ul', { class: 'errors' }, Object.entries(errors).map(([field, said]) => el('li', {}, el('code', {}, field), ` ${[said].flat().join(', ')}`)))];
}

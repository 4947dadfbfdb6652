// A plain websocket that notes the JSON it hears.
import { EventEmitter, once } from 'node:events';
import WebSocket from 'ws';
import { until } from './client.mjs';

export class Raw extends EventEmitter {
  static async open(t, server, path, options = {}) {
    const raw = new Raw();
    raw.setMaxListeners(0);
    raw.text = []; // everything, as it came
    raw.frames = []; // what was a JSON object
    raw.ws = new WebSocket(server.wsURL + path, options);
    t.after(() => raw.ws.terminate());
    raw.ws.on('message', (data, binary) => {
      raw.text.push(data.toString());
      if (data[0] === 0x7b) raw.frames.push({ binary, frame: JSON.parse(data) });
      raw.emit('change');
    });
    await once(raw.ws, 'open');
    return raw;
  }

  say(message) { this.ws.send(typeof message === 'string' ? message : JSON.stringify(message)); }

  // wait waits for a frame, which may have come already.
  wait(wanted, what = 'a frame') {
    return until(this, () => `${what}; there are ${this.frames.length}`, () => this.frames.find(({ frame }) => wanted(frame))?.frame);
  }

  of(group) { return this.frames.map((f) => f.frame).filter((f) => f.groupId === group); }
}

const message = (type, groupId, subscriptionId, streamName = 'executionLog') => ({ type, data: { streamName, groupId, subscriptionId } });
export const join = (id, subscription = 'a', stream) => message('join', id, subscription, stream);
export const leave = (id, subscription = 'a') => message('leave', id, subscription);

// refusal is the status with which an upgrade is refused.
export function refusal(server, path, options = {}) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(server.wsURL + path, options);
    ws.on('unexpected-response', (request, response) => { request.destroy(); resolve(response.statusCode); });
    ws.on('open', () => { ws.terminate(); reject(new Error(`${path} was upgraded`)); });
    ws.on('error', () => {});
  });
}

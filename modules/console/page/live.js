// Follows runs over Socket.IO. Whatever interrupts the connection, each join
// brings the whole log again, so what a follower has is always the whole truth.
import { Problem } from './api.js';

let socket = null;
const followers = new Map(); // run -> what to tell about it
let tell = () => {};

const words = {
  connecting: 'Connecting', live: 'Live', lost: 'Reconnecting',
};

// connect opens the connection; listener hears of its state: {state, text}.
export function connect(listener, whenEnded) {
  disconnect();
  tell = (state) => listener({ state, text: words[state] });
  tell('connecting');
  socket = globalThis.io({ forceNew: true, transports: ['websocket', 'polling'], tryAllTransports: true, reconnectionDelay: 500, reconnectionDelayMax: 5000 });
  socket.on('connect', () => {
    tell('live');
    for (const runId of followers.keys()) join(runId);
  });
  socket.on('disconnect', (reason) => {
    tell('lost');
    if (reason === 'io server disconnect') whenEnded(); // the session has ended, or we were too slow
  });
  socket.on('connect_error', () => {
    tell('lost');
    if (!socket.active) whenEnded(); // it was refused, not interrupted
  });
  socket.on('joined-execution', ({ executionId }) => followers.get(executionId)?.onJoined());
  socket.on('execution-log', (entry) => followers.get(entry.executionId)?.onEntry(entry));
}

// again connects once more after the server has ended the connection.
export function again() { if (socket && !socket.connected) socket.connect(); }

// disconnect ends the connection; nobody is told.
export function disconnect() {
  tell = () => {};
  socket?.disconnect();
  socket = null;
}

// follow tells of a run until the returned function is called: onJoined before
// its first entry, again whenever all of it comes anew; onRefused when it cannot
// be followed.
export function follow(runId, { onJoined, onEntry, onRefused }) {
  const follower = { onJoined, onEntry, onRefused };
  followers.set(runId, follower);
  if (socket?.connected) join(runId);
  return () => {
    if (followers.get(runId) !== follower) return;
    followers.delete(runId);
    if (socket?.connected) socket.emit('leave-execution', runId);
  };
}

function join(runId) {
  socket.emit('join-execution', runId, (answer) => {
    if (!answer?.ok) followers.get(runId)?.onRefused(new Problem('The live log cannot be followed', { detail: answer?.error ?? 'The server gives no reason.' }));
  });
}

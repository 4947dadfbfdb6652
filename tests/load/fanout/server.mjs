// The reference: socket.io with rooms, as the old backend used it. It is driven
// over stdin by the client, as server/main.go is.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { setImmediate as yieldToIO } from 'node:timers/promises';
import { Server } from 'socket.io';

const tick = 5; // ms
const rooms = Array.from({ length: 20 }, (_, i) => ({ id: `6f1d2c3b-8a4e-4c5d-9b7a-0000000000${String(i).padStart(2, '0')}`, seq: 0 }));

const http = createServer();
const io = new Server(http);
io.on('connection', (socket) => {
  socket.on('join-execution', (executionId) => {
    socket.join(executionId);
    socket.emit('joined-execution', { executionId });
  });
});

// publish sends the next entries of a room.
function publish(room, n) {
  for (; n > 0; n--) {
    const seq = room.seq++;
    io.to(room.id).emit('execution-log', {
      id: `${room.id}:${seq}`, executionId: room.id, seq, type: 'step_data', phase: 'data',
      stepIndex: 1, stepType: 'dbFind', stepName: 'find', title: 'Records found', message: 'find',
      data: { collection: 'users', found: 3 }, totalSteps: 4, timestamp: new Date().toISOString(),
    });
  }
}

// burst publishes in emits of some entries, the rooms in turn.
async function burst(entries, batch) {
  for (let sent = 0; sent < entries; sent += batch) {
    for (const room of rooms) {
      publish(room, Math.min(batch, entries - sent));
      await yieldToIO();
    }
  }
}

// paced publishes groups of entries of one room, the rooms in turn.
function paced(rate, seconds, group) {
  const begin = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min((performance.now() - begin) / 1000, seconds) * rate;
      for (; sent + group <= due; sent += group) publish(rooms[(sent / group) % rooms.length], group);
      if (sent + group <= seconds * rate) return;
      clearInterval(timer);
      resolve();
    }, tick);
  });
}

const commands = { burst, paced };

http.listen(0, '127.0.0.1', () => console.log(`listening 127.0.0.1:${http.address().port}`));
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = line.split(' ');
  await commands[name](...args.map(Number));
  console.log('done');
}
process.exit();

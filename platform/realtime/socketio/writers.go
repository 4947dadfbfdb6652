package socketio

import (
	"runtime"
	"sync"
)

// writers write to the websockets that have something queued, one after the
// other: a fan-out to many clients is then so many writes, and not so many
// goroutines to be woken. They never wait for a client. There are as many as
// cores, and none when there is nothing to write.
type writers struct {
	mu      sync.Mutex
	waiting []*session // each once: its flushing is set
	running int
}

func (w *writers) add(s *session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, s)
	if w.running < runtime.GOMAXPROCS(0) {
		w.running++
		go w.run()
	}
}

func (w *writers) run() {
	for s := w.next(); s != nil; s = w.next() {
		s.push()
	}
}

// next takes the first session; nil ends the writer.
func (w *writers) next() *session {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		w.waiting = nil
		w.running--
		return nil
	}
	s := w.waiting[0]
	w.waiting[0] = nil
	w.waiting = w.waiting[1:]
	return s
}

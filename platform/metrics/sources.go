package metrics

import "github.com/prometheus/client_golang/prometheus"

// Sources say what is going on. They are asked at each scrape, and must not
// wait.
type Sources struct {
	Waiting, QueueLimit func() int // background runs
	Busy, WorkerLimit   func() int // the same, under way
	SocketIO, WebSocket func() int // open connections
	Watched             func() int // runs that somebody follows
}

// Watch shows what the sources say. It is called once.
func (m *Metrics) Watch(s Sources) {
	gauge := func(name, help string, value func() int, labels prometheus.Labels) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: labels},
			func() float64 { return float64(value()) }))
	}
	gauge("run_queue_waiting", "Background runs that wait in this process.", s.Waiting, nil)
	gauge("run_queue_limit", "Background runs that may wait (RUN_QUEUE); more are turned away.", s.QueueLimit, nil)
	gauge("run_workers_busy", "Background runs under way.", s.Busy, nil)
	gauge("run_workers_limit", "Background runs that may be under way (RUN_WORKERS).", s.WorkerLimit, nil)
	const sockets = "Connections of those who follow runs: socketio (with long-polling), or websocket (the log stream and single runs)."
	gauge("sockets_open", sockets, s.SocketIO, prometheus.Labels{"transport": "socketio"})
	gauge("sockets_open", sockets, s.WebSocket, prometheus.Labels{"transport": "websocket"})
	gauge("watched_runs", "Runs that somebody follows.", s.Watched, nil)
}

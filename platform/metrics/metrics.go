// Package metrics measures the program for Prometheus. What happens is told to a
// Metrics by the parts of the program, each through a function or an interface of
// its own; a Listener shows what was counted. No label holds what a user chose:
// each has few values, known in advance.
package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

const (
	namespace = "orchestrix"
	other     = "other" // what a label says instead of a value that it does not know
)

// Bounds of the histograms, in seconds: of what a caller waits for, and of what
// may go on for minutes.
var (
	brief = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	long  = []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900}
)

// Metrics is all that is measured, in a registry of its own. It is safe for
// concurrent use, and nothing that it is told makes it wait.
type Metrics struct {
	registry *prometheus.Registry

	requests    *prometheus.CounterVec
	requestTime *prometheus.HistogramVec
	runs        *prometheus.CounterVec
	runTime     *prometheus.HistogramVec
	steps       map[string]*step // by type
	storeTime   *prometheus.HistogramVec
	modelTime   *prometheus.HistogramVec
	logins      *prometheus.CounterVec
}

// New returns a Metrics in which nothing has happened. Steps of other types than
// these are counted together.
func New(stepTypes ...string) *Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector())
	make := promauto.With(registry)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return make.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return make.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &Metrics{
		registry: registry,
		requests: counter("http_requests_total",
			"Requests that were answered, by the pattern of their route (none: no route, or turned away before it).", "route", "method", "status"),
		requestTime: histogram("http_request_duration_seconds",
			"Time from a request to its answer; of an upgrade to a WebSocket, to the upgrade.", brief, "route", "method"),
		runs: counter("runs_total",
			"Runs that have ended, by what began them: published (a call of a published API), workflow or inline (background runs).", "trigger", "status"),
		runTime: histogram("run_duration_seconds",
			"Time from the start of a run to its end.", long, "trigger"),
		storeTime: histogram("store_operation_duration_seconds",
			"Time of an operation of the platform's store, by how it went.", brief, "operation", "outcome"),
		modelTime: histogram("model_call_duration_seconds",
			"Time of a call of a language model with its retries, by how it went.", long, "provider", "outcome"),
		logins: counter("logins_total",
			"Logins to accounts: succeeded, failed, limited (turned away, too many have failed), or error.", "outcome"),
	}
	m.steps = newSteps(stepTypes,
		counter("steps_total", "Steps that have ended, by their type.", "type", "status"),
		histogram("step_duration_seconds", "Time of a step.", long, "type"))
	return m
}

// Store hears of an operation of the store.
func (m *Metrics) Store(operation, outcome string, took time.Duration) {
	m.storeTime.WithLabelValues(operation, outcome).Observe(took.Seconds())
}

// Model hears of a call of a language model.
func (m *Metrics) Model(provider, outcome string, took time.Duration) {
	m.modelTime.WithLabelValues(provider, outcome).Observe(took.Seconds())
}

// Login hears of a login.
func (m *Metrics) Login(outcome string) { m.logins.WithLabelValues(outcome).Inc() }

package runs_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/realtime"
)

const threeSteps = `[{"type":"input","variables":[{"name":"email"},{"name":"name"}]},
	{"type":"inputValidation","rules":[{"field":"{{email}}","required":true,"type":"email"}]},
	{"type":"response","body":{"ok":true,"text":"Hello {{name}}"}}]`

// BenchmarkPublished is a call of three steps, eight entries, that nobody
// watches: by the engine alone, not recorded, and recorded. The CPU time is that
// of the whole process, the writer's too.
func BenchmarkPublished(b *testing.B) {
	steps, err := doc.Decode([]byte(threeSteps))
	require.NoError(b, err)
	program, err := engine.Steps.Compile(engine.Workflow{Steps: steps.(doc.Array)})
	require.NoError(b, err)
	api := &workflows.Published{Workflow: &workflows.Workflow{Draft: workflows.Draft{WorkflowID: "three", OwnerID: owner}}, Program: program}
	input := func() doc.Object {
		return doc.Object{{Key: "email", Value: "ada@example.com"}, {Key: "name", Value: "Ada"}}
	}
	b.Run("engine", func(b *testing.B) {
		measured(b, func() { program.Run(b.Context(), &engine.Env{}, input()) })
	})
	for _, history := range []runs.History{runs.HistoryNone, runs.HistoryAll} {
		b.Run(string(history), func(b *testing.B) {
			store, err := embedded.Open(b.Context(), embedded.Options{Dir: b.TempDir()})
			require.NoError(b, err)
			records := runs.NewRecords(store)
			require.NoError(b, records.EnsureIndexes(b.Context()))
			hub := realtime.NewHub(records, zap.NewNop(), false)
			service, err := runs.New(records, services(store), engine.Steps, hub, runs.Options{
				Limits:  runs.Limits{Published: time.Minute, Background: time.Minute, Step: time.Minute},
				History: history, Workers: 1, Queue: 1, KeepDays: 30, KeepMost: 1 << 30, Secret: []byte(secret), Clock: time.Now, Logger: zap.NewNop(),
			})
			require.NoError(b, err)
			measured(b, func() { service.Published(b.Context(), api, runs.Call{Input: input()}) })
			require.NoError(b, service.Close(context.Background()))
			hub.Close()
			require.NoError(b, store.Close(context.Background()))
		})
	}
}

func measured(b *testing.B, f func()) {
	b.ReportAllocs()
	before := cpu()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

func cpu() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

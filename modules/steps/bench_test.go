package steps_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

const threeSteps = `[
	{"id":"a","type":"input","data":{"label":"In","fields":{"variables":[{"name":"email"},{"name":"name"}]}}},
	{"id":"b","type":"inputValidation","data":{"label":"Check","fields":{"rules":[{"field":"{{email}}","required":true,"type":"email"}]}}},
	{"id":"c","type":"response","data":{"label":"Out","fields":{"status":201,"body":{"ok":true,"text":"Hello {{name}}","email":"{{email}}"}}}}]`

func BenchmarkCompile(b *testing.B) {
	w := engine.Workflow{Steps: decode(b, threeSteps).(doc.Array)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Steps.Compile(w); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRunThreeSteps(b *testing.B) {
	program, err := engine.Steps.Compile(engine.Workflow{Steps: decode(b, threeSteps).(doc.Array)})
	if err != nil {
		b.Fatal(err)
	}
	env := &engine.Env{}
	b.ReportAllocs()
	for b.Loop() {
		input := doc.Object{{"email", "ada@example.com"}, {"name", "Ada"}}
		if program.Run(b.Context(), env, input).Failed() != nil {
			b.Fatal("failed")
		}
	}
}

// Cost per step must not grow with their number.
func BenchmarkRunManySteps(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			steps := make([]string, n)
			for i := range steps {
				steps[i] = fmt.Sprintf(`{"type":"inputValidation","rules":[{"field":"input.v","required":true}],"output":"o%d"}`, i)
			}
			program, err := engine.Steps.Compile(engine.Workflow{Steps: decode(b, "["+strings.Join(steps, ",")+"]").(doc.Array)})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				program.Run(b.Context(), &engine.Env{}, doc.Object{{"v", "x"}})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/step")
		})
	}
}

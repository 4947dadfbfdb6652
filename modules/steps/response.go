package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// maxAnswer bounds an answer, in bytes of JSON.
const maxAnswer = 16 << 20

func init() {
	engine.Register(engine.StepType{
		Type:    "response",
		Label:   "API Response",
		Summary: "Sets the answer of the API; the last response step of a run wins.",
		Icon:    "send",
		Fields: []engine.Field{
			{Name: "status", Aliases: []string{"statusCode"}, Kind: engine.Number, Description: "HTTP status, 200 to 599.", Example: 200},
			{Name: "body", Kind: engine.Value, Description: "The JSON to answer with.", Example: doc.Object{{"ok", true}, {"user", "{{found}}"}}},
		},
		Compile:  compileResponse,
		Describe: func(f *engine.Fields, c *engine.Contract) { c.Answers(f.Number("status"), f.Value("body")) },
	})
}

func compileResponse(f *engine.Fields) engine.Execute {
	status, body := f.Number("status"), f.Value("body")
	return func(_ context.Context, c *engine.Call) (engine.Outcome, error) {
		answer := engine.Response{Status: 200, Body: doc.Object{}}
		if n, ok, err := status.Resolve(c.Vars); err != nil {
			return engine.Outcome{}, err
		} else if ok && n >= 200 && n <= 599 {
			answer.Status = int(n)
		}
		if body != nil {
			resolved, err := body.Resolve(c.Vars)
			if err != nil {
				return engine.Outcome{}, err
			}
			answer.Body = resolved
		}
		if !doc.Fits(answer.Body, maxAnswer) {
			return engine.Outcome{}, engine.Fail("The answer is larger than %d MB", maxAnswer>>20)
		}
		c.Show(doc.Object{{"status", int64(answer.Status)}, {"bodyKeys", keys(answer.Body)}})
		shown := doc.Object{{"status", int64(answer.Status)}, {"body", answer.Body}}
		return engine.Outcome{Shown: shown, Response: &answer}, nil
	}
}

// keys lists the names of an object's fields; other values have none.
func keys(v any) doc.Array {
	o, _ := v.(doc.Object)
	names := make(doc.Array, len(o))
	for i := range o {
		names[i] = o[i].Key
	}
	return names
}

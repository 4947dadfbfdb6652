package runlog_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"pgregory.net/rapid"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

var at = time.UnixMilli(1_790_000_000_123).UTC()

func shown(t testing.TB, m *runlog.Masker, data doc.Object) string {
	t.Helper()
	e := &runlog.Entry{Kind: runlog.StepData, Step: &runlog.Step{}}
	m.Fill(e, nil, nil, data)
	var out struct{ Data json.RawMessage }
	require.NoError(t, json.Unmarshal(e.AppendJSON(nil), &out))
	return string(out.Data)
}

func object(t testing.TB, text string) doc.Object {
	t.Helper()
	v, err := doc.Decode([]byte(text))
	require.NoError(t, err)
	return v.(doc.Object)
}

func TestSecretsAreMasked(t *testing.T) {
	m := runlog.NewMasker("installation-secret").ForRun(
		object(t, `{"login":{"password":"hunter2-canary"},"list":[{"apiKey":"key-canary"}],"name":"Ada","pin":{"token":"abc"}}`), "Bearer token-canary")
	for in, want := range map[string]string{
		`{"password":"x","passwordHashed":true,"n":1}`:                                 `{"password":"***","passwordHashed":true,"n":1}`,
		`{"echo":"it was hunter2-canary!","deep":[{"a":"key-canary"}]}`:                `{"echo":"it was ***!","deep":[{"a":"***"}]}`,
		`{"a":"token-canary","b":"installation-secret"}`:                               `{"a":"***","b":"***"}`,
		`{"uri":"mongodb://ann:pw@db:27017/x"}`:                                        `{"uri":"mongodb://***@db:27017/x"}`,
		`{"fieldsValidated":[{"field":"{{password}}","value":"short","passed":true}]}`: `{"fieldsValidated":[{"field":"{{password}}","value":"***","passed":true}]}`,
		`{"valid":false,"errors":{"password":["Field is required"]}}`:                  `{"valid":false,"errors":{"password":["Field is required"]}}`,
		`{"name":"Ada","pin":"abc"}`:                                                   `{"name":"Ada","pin":"abc"}`,
	} {
		assert.Equal(t, want, shown(t, m, object(t, in)), in)
	}
	assert.Equal(t, "failed with ***", m.Error("failed with hunter2-canary"))
}

func TestLargeValuesAreCut(t *testing.T) {
	m := runlog.NewMasker()
	long := shown(t, m, doc.Object{{Key: "text", Value: strings.Repeat("é", 100_000)}})
	assert.Less(t, len(long), 10_000)
	assert.Contains(t, long, "(200000 bytes)")
	list := make(doc.Array, 100_000)
	for i := range list {
		list[i] = doc.Object{{Key: "n", Value: int64(i)}}
	}
	many := shown(t, m, doc.Object{{Key: "list", Value: list}, {Key: "after", Value: "gone"}})
	assert.Less(t, len(many), 100_000)
	assert.Contains(t, many, " more")
	assert.NotContains(t, many, "gone")
}

func TestValuesKeepTheirJSON(t *testing.T) {
	m := runlog.NewMasker()
	id := primitive.NewObjectID()
	decimal, err := primitive.ParseDecimal128("1.10")
	require.NoError(t, err)
	in := doc.Object{{Key: "_id", Value: id}, {Key: "at", Value: primitive.NewDateTimeFromTime(at)}, {Key: "i", Value: int32(7)}, {Key: "n", Value: 3},
		{Key: "f", Value: 1.5}, {Key: "z", Value: nil}, {Key: "b", Value: false}, {Key: "e", Value: doc.Object{}}, {Key: "l", Value: doc.Array{}}, {Key: "d", Value: decimal}}
	assert.Equal(t, `{"_id":"`+id.Hex()+`","at":"2026-09-21T14:13:20.123Z","i":7,"n":3,"f":1.5,"z":null,"b":false,"e":{},"l":[],"d":"{\"$numberDecimal\":\"1.10\"}"}`, shown(t, m, in))
}

// What JSON can hold and is small comes through a Masker unchanged.
func TestSmallValuesComeThrough(t *testing.T) {
	m := runlog.NewMasker()
	scalar := rapid.OneOf(
		rapid.Just(any(nil)), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(),
		rapid.StringMatching(`[a-z é€\n"\\]{0,12}`).AsAny())
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		if depth == 0 {
			return scalar
		}
		return rapid.OneOf(scalar, rapid.Custom(func(t *rapid.T) any {
			return doc.Array(rapid.SliceOfN(value(depth-1), 0, 3).Draw(t, "list"))
		}), rapid.Custom(func(t *rapid.T) any {
			o := doc.Object{}
			for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching(`[xyz]{1,3}`), 0, 3, rapid.ID).Draw(t, "keys") {
				o = append(o, doc.Field{Key: key, Value: value(depth-1).Draw(t, key)})
			}
			return o
		}))
	}
	rapid.Check(t, func(rt *rapid.T) {
		in := doc.Object{{Key: "v", Value: value(3).Draw(rt, "value")}}
		assert.Equal(t, string(doc.MarshalJSON(in)), shown(t, m, in))
	})
}

func TestEntriesComeBackFromTheStore(t *testing.T) {
	step := &runlog.Step{Index: 1, Type: "dbFind", Name: "Find"}
	m := runlog.NewMasker()
	for want, e := range map[string]*runlog.Entry{
		`"type":"step_start","phase":"info","title":"Workflow started","message":"Workflow execution started","data":{"message":"Workflow execution started","stepCount":2},"totalSteps":2`: {
			Kind: runlog.RunStarted},
		`"type":"step_start","phase":"step_started","stepIndex":1,"stepType":"dbFind","stepName":"Find","title":"Step 2 of 2 started","message":"Find","totalSteps":2`: {
			Kind: runlog.StepStarted, Step: step},
		`"type":"step_data","phase":"data","stepIndex":1,"stepType":"dbFind","stepName":"Find","title":"Records found","message":"Find","data":{"n":1},"totalSteps":2`: {
			Kind: runlog.StepData, Step: step, Note: "Records found", Data: doc.Object{{Key: "n", Value: int64(1)}}},
		`"type":"step_complete","phase":"step_finished","stepIndex":1,"stepType":"dbFind","stepName":"Find","title":"Step 2 of 2 finished","message":"Find took 12ms","output":{"n":1},"data":{"n":1},"durationMs":12,"totalSteps":2`: {
			Kind: runlog.StepFinished, Step: step, Output: doc.Object{{Key: "n", Value: int64(1)}}, Duration: 12345 * time.Microsecond},
		`"type":"step_error","phase":"error","stepIndex":1,"stepType":"dbFind","stepName":"Find","title":"Step 2 of 2 failed","message":"no","error":"no","durationMs":0,"totalSteps":2`: {
			Kind: runlog.StepFailed, Step: step, Error: "no"},
		`"type":"workflow_complete","phase":"execution_finished","title":"Workflow completed","message":"Workflow execution completed","data":{"stepsExecuted":2,"totalDurationMs":3},"totalSteps":2,"totalDuration":3`: {
			Kind: runlog.RunFinished, Duration: 3 * time.Millisecond, FailedStep: -1},
		`"type":"workflow_failed","phase":"execution_failed","title":"Workflow cancelled","message":"no","data":{"failedStep":0,"totalDurationMs":3},"error":"no","totalSteps":2,"metadata":{"status":"cancelled"},"failedStep":0,"totalDuration":3`: {
			Kind: runlog.RunFailed, Error: "no", Duration: 3 * time.Millisecond, Metadata: doc.Object{{Key: "status", Value: "cancelled"}}},
	} {
		e.ExecutionID, e.Seq, e.At, e.TotalSteps = "x", 4, at, 2
		text := `{"id":"x:4","executionId":"x","seq":4,` + want + `,"timestamp":"2026-09-21T14:13:20.123Z"}`
		assert.Equal(t, text, string(e.AppendJSON(nil)))
		assert.Equal(t, strings.Replace(text, `"2026-09-21T14:13:20.123Z"`, "1790000000123", 1), string(e.AppendStreamJSON(nil)))
		m.Fill(&runlog.Entry{}, nil, nil, nil)
		raw := bson.Raw(e.AppendDocument(nil))
		require.NoError(t, raw.Validate())
		var stored doc.Object
		require.NoError(t, bson.Unmarshal(raw, &stored))
		assert.Equal(t, text, string(runlog.FromDocument(stored).AppendJSON(nil)))
	}
}

func FuzzMasker(f *testing.F) {
	f.Add(`{"a":"x","password":["y"],"errors":{"b":[1]}}`, "secret")
	f.Add(`{"\u0000":"é","v":{"field":"token","value":1e3}}`, "é")
	f.Fuzz(func(t *testing.T, text, secret string) {
		v, err := doc.Decode([]byte(text))
		data, ok := v.(doc.Object)
		if err != nil || !ok {
			return
		}
		e := &runlog.Entry{Kind: runlog.StepData}
		runlog.NewMasker().ForRun(doc.Object{{Key: "password", Value: secret}}, "").Fill(e, data, data, data)
		if raw, ok := e.Data.(bson.Raw); !ok || raw.Validate() != nil {
			t.Fatalf("not BSON: %q", text)
		}
		if !json.Valid(e.AppendJSON(nil)) {
			t.Fatalf("not JSON: %q", text)
		}
	})
}

package steps_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What steps show of one value is as much as the definition makes of it.
func TestTheReportOfARunIsBounded(t *testing.T) {
	rules := strings.TrimSuffix(strings.Repeat(`{"field":"input.a","required":true},`, 30), ",")
	validate := `{"type":"inputValidation","rules":[` + rules + `]}`
	body := answer(t, environment(t), `[`+validate+`,{"type":"delay","seconds":0}]`, `{"a":"`+strings.Repeat("a", 8<<20)+`"}`)
	assert.Less(t, len(body), 65<<20, "it was 248 MB")
	assert.Contains(t, body, `"ok":true,"stepsExecuted":2,`)
	assert.Contains(t, body, `"input":{"…":"left out: the answer would be over 64 MB"},"output":{"valid":true`)
	assert.Contains(t, body, `"output":{"input":{"a":"aaa`, "what there is room for is shown")
}

package ai

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestComponents(t *testing.T) {
	for _, row := range []struct {
		prompt string
		stored bool
		parts  []string
		graph  bool
	}{
		{"create signup api", false, []string{graphPart}, true},
		{"deploy my api", false, []string{graphPart, deployPart}, true},
		{"run my workflow", false, []string{graphPart, logsPart}, true},
		{"test my api in playground", false, []string{graphPart, logsPart, playgroundPart}, true},
		{"inspect the nodes", false, []string{graphPart, inspectorPart}, false},
		{"deploy it", false, []string{deployPart}, false},
		{"add a mail", false, []string{graphPart}, true}, // nothing fires
		{"also log it", true, []string{graphPart}, true},
		{"add a delay and run it", false, []string{logsPart}, false},
		{"add a delay and run it", true, []string{graphPart, logsPart}, true},
		{"what does it do", true, []string{explainerPart}, false},
		{"SHOW ME the graph", false, []string{graphPart, inspectorPart}, false},
		{"Latest country trends", false, []string{logsPart}, false},
		{"please", true, []string{graphPart}, true},
	} {
		parts, graph := components(row.prompt, row.stored)
		assert.Equal(t, row.parts, parts, "%q", row.prompt)
		assert.Equal(t, row.graph, graph, "%q", row.prompt)
	}
}

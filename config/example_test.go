package config

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write .env.example")

// example is .env.example as the table has it.
func example() string {
	var b strings.Builder
	b.WriteString("# Copy to .env and change. The environment beats this file; empty is the default.\n" +
		"# Put values that hold $ or # in single quotes.\n" +
		"# After a change in config/variables.go: go test ./config -run Example -update\n")
	for _, v := range variables {
		b.WriteString("\n# " + v.about)
		if v.older != nil {
			b.WriteString(" (older name: " + strings.Join(v.older, ", ") + ")")
		}
		b.WriteString("\n" + v.name + "=" + v.standard + "\n")
	}
	return b.String()
}

func TestExampleAgrees(t *testing.T) {
	const path = "../.env.example"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(example()), 0o644))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, example(), string(text))
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range variables {
		assert.NotEmpty(t, v.about, v.name)
		for _, name := range v.names() {
			assert.False(t, seen[name], "%s is declared twice", name)
			seen[name] = true
		}
		if v.standard != "" {
			assert.NoError(t, v.set(&Settings{}, v.standard), "%s: the default must pass its own check", v.name)
		}
	}
}

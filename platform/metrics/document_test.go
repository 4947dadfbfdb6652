package metrics_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/metrics/metricstest"
)

var update = flag.Bool("update", false, "write the list in docs/operations.md")

// The list stands between these lines.
const (
	document = "../../docs/operations.md"
	from     = "<!-- made by: go test ./platform/metrics -run Documented -update -->\n"
	to       = "<!-- end -->\n"
)

// table is the list of all metrics as the document has it.
func table(families map[string]*dto.MetricFamily) string {
	var rows []string
	for name, family := range families {
		if !strings.HasPrefix(name, "orchestrix_") {
			continue
		}
		labels := map[string]bool{}
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				labels["`"+pair.GetName()+"`"] = true
			}
		}
		var sorted []string
		for label := range labels {
			sorted = append(sorted, label)
		}
		slices.Sort(sorted)
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |\n", name, strings.ToLower(family.GetType().String()), strings.Join(sorted, " "), family.GetHelp()))
	}
	slices.Sort(rows)
	return "| name | kind | labels | what |\n|---|---|---|---|\n" + strings.Join(rows, "")
}

func TestAllMetricsAreDocumented(t *testing.T) {
	m := busy()
	families := metricstest.Scrape(t, listen(t, m).Addr()).Families
	for name := range m.Registered() {
		if strings.HasPrefix(name, "orchestrix_") {
			assert.Contains(t, families, name, "the test must tell of it, or the list lacks it")
			continue
		}
		library, _, _ := strings.Cut(name, "_")
		assert.Contains(t, []string{"go", "process"}, library, "%s: the document says what else there is", name)
	}
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), from)
	require.True(t, found)
	shown, after, found := strings.Cut(rest, to)
	require.True(t, found)
	if *update {
		shown = table(families)
		require.NoError(t, os.WriteFile(document, []byte(before+from+shown+to+after), 0o644))
	}
	assert.Equal(t, table(families), shown, "go test ./platform/metrics -run Documented -update")
}

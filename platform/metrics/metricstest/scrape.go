// Package metricstest reads what a metrics.Listener shows, as Prometheus does.
package metricstest

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

// Scraped is what there was to see.
type Scraped struct {
	Text     string
	Families map[string]*dto.MetricFamily
	// Samples are the values by their series: the name, and the labels in their
	// order, as in `runs_total{status="failed", trigger="inline"}`.
	Samples map[string]float64
}

// Scrape reads all metrics once.
func Scrape(t testing.TB, address net.Addr) *Scraped {
	t.Helper()
	res, err := http.Get("http://" + address.String() + "/metrics")
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", text)
	s := &Scraped{Text: string(text), Samples: map[string]float64{}}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	s.Families, err = parser.TextToMetricFamilies(bytes.NewReader(text))
	require.NoError(t, err)
	for _, family := range s.Families {
		samples, err := expfmt.ExtractSamples(&expfmt.DecodeOptions{}, family)
		require.NoError(t, err)
		for _, sample := range samples {
			s.Samples[sample.Metric.String()] = float64(sample.Value)
		}
	}
	return s
}

// Labels are the values that a label has anywhere in the families whose names
// begin with a prefix.
func (s *Scraped) Labels(prefix, label string) map[string]bool {
	values := map[string]bool{}
	for name, family := range s.Families {
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if pair.GetName() == label && len(name) >= len(prefix) && name[:len(prefix)] == prefix {
					values[pair.GetValue()] = true
				}
			}
		}
	}
	return values
}

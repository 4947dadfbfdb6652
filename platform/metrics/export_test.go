package metrics

import (
	"regexp"

	"github.com/prometheus/client_golang/prometheus"
)

var fullName = regexp.MustCompile(`fqName: "([^"]+)"`)

// Registered are the names of all metrics there may ever be.
func (m *Metrics) Registered() map[string]bool {
	described := make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(described)
		close(described)
	}()
	names := map[string]bool{}
	for d := range described {
		names[fullName.FindStringSubmatch(d.String())[1]] = true
	}
	return names
}

package remote

import (
	"context"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/mongo/description"
)

// outlook is what the driver knows of the servers.
type outlook struct {
	giveUp context.CancelCauseFunc // ends Connect when there is no hope, or a server may not be dialled; nil: hope may come
	why    atomic.Pointer[string]
}

// hopeless is why Connect was given up.
type hopeless string

func (h hopeless) Error() string { return string(h) }

// lost is why no server can be reached, or "".
func (o *outlook) lost() string {
	if why := o.why.Load(); why != nil {
		return *why
	}
	return ""
}

// see is told of every change.
func (o *outlook) see(servers description.Topology) {
	why, all := failures(servers)
	if all {
		o.why.Store(&why)
	} else {
		o.why.Store(nil)
	}
	if o.giveUp != nil && (all || why == forbidden) {
		o.giveUp(hopeless(why))
	}
}

// failures says why servers cannot be reached, and whether that is all of them: one
// that has not been tried yet is hope.
func failures(topology description.Topology) (why string, all bool) {
	failed := 0
	for _, server := range topology.Servers {
		if server.Kind != description.Unknown || server.LastError == nil {
			continue
		}
		failed++
		if reason := reason(server.LastError); why == "" || reason == forbidden {
			why = reason
		}
	}
	return why, failed > 0 && failed == len(topology.Servers)
}

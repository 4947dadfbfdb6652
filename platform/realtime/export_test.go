package realtime

// Connections is how many login sessions have connections.
func (g *Gateway) Connections() int { return len(g.connections.sessions()) }

// Watched is a connection that notes why it ended.
type Watched struct{ Ended chan error }

func (w *Watched) end(reason error) { w.Ended <- reason }

// Enter enters a connection that is none.
func (g *Gateway) Enter(v Viewer, w *Watched) { g.enter(v, w) }

// Ask asks the rules.
func (g *Gateway) Ask(v Viewer, executionID string) error { return g.check(v, executionID) }

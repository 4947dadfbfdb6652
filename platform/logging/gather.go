package logging

import (
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	gatherTime = 50 * time.Millisecond // lines of a gathered logger wait at most so long
	gatherMost = 16 << 10              // bytes after which they are written
	gatherFull = 1 << 20               // and after which everybody waits for that
)

// Gathered returns a logger on the same output whose lines are written together,
// at most 50 ms late: for lines of which there may be tens of thousands in a
// second, since each write is a call of the operating system for which all others
// wait. The order of all lines stays: a line of base is written at once, behind
// what was gathered before it. Sync writes what is left.
func Gathered(base *zap.Logger) *zap.Logger {
	return base.WithOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core {
		if own, ok := c.(*core); ok && own.gathered != nil {
			return &core{Core: own.gathered, mask: own.mask}
		}
		return c
	}))
}

// gatherer is an output that gathers lines. Who writes them holds writing, and
// others go on gathering meanwhile.
type gatherer struct {
	out     zapcore.WriteSyncer
	writing sync.Mutex // before mu, where both are held
	spare   []byte     // memory, of who holds writing

	mu    sync.Mutex
	lines []byte
	timed bool // they will be written in time
}

func (g *gatherer) Write(line []byte) (int, error) {
	g.mu.Lock()
	g.lines = append(g.lines, line...)
	size := len(g.lines)
	if !g.timed {
		g.timed = true
		time.AfterFunc(gatherTime, func() { _ = g.Sync() })
	}
	g.mu.Unlock()
	if size < gatherMost || size < gatherFull && !g.writing.TryLock() {
		return len(line), nil
	}
	if size >= gatherFull {
		g.writing.Lock()
	}
	defer g.writing.Unlock()
	return len(line), g.flush()
}

// Sync writes what was gathered.
func (g *gatherer) Sync() error {
	g.writing.Lock()
	defer g.writing.Unlock()
	return g.flush()
}

// flush writes what was gathered; the caller holds writing.
func (g *gatherer) flush() error {
	g.mu.Lock()
	lines := g.lines
	g.lines, g.timed = g.spare[:0], false
	g.mu.Unlock()
	g.spare = lines
	if len(lines) == 0 {
		return nil
	}
	_, err := g.out.Write(lines)
	return err
}

// direct is the output behind a gatherer, for lines that do not wait.
type direct struct{ *gatherer }

func (d direct) Write(line []byte) (int, error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	if err := d.flush(); err != nil {
		return 0, err
	}
	return d.out.Write(line)
}

func (d direct) Sync() error {
	d.writing.Lock()
	defer d.writing.Unlock()
	if err := d.flush(); err != nil {
		return err
	}
	return d.out.Sync()
}

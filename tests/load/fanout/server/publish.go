package main

import (
	"fmt"
	"runtime"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

const (
	roomCount = 20
	tick      = 5 * time.Millisecond
)

// roomID is an id as long as those of runs are.
func roomID(i int) string { return fmt.Sprintf("6f1d2c3b-8a4e-4c5d-9b7a-0000000000%02d", i) }

var (
	step  = &runlog.Step{Index: 1, Type: "dbFind", Name: "find"}
	found = must(bson.Marshal(bson.D{{"collection", "users"}, {"found", int64(3)}})) // as a masker leaves it
)

func must(raw bson.Raw, err error) bson.Raw {
	if err != nil {
		panic(err)
	}
	return raw
}

// publisher makes the entries of all rooms.
type publisher struct {
	source *source
	hub    *realtime.Hub
	next   [roomCount]int64
}

// run carries out one command: "burst ENTRIES BATCH" or "paced RATE SECONDS GROUP".
func (p *publisher) run(command string) error {
	var a, b, c int
	if n, _ := fmt.Sscanf(command, "burst %d %d", &a, &b); n == 2 && a > 0 && b > 0 {
		p.burst(a, b)
		return nil
	}
	if n, _ := fmt.Sscanf(command, "paced %d %d %d", &a, &b, &c); n == 3 && a > 0 && b > 0 && c > 0 {
		p.paced(a, time.Duration(b)*time.Second, c)
		return nil
	}
	return fmt.Errorf("no such command: %q", command)
}

// publish makes the next entries of a room known, as a run does.
func (p *publisher) publish(room, n int) {
	for range n {
		e := &runlog.Entry{
			ExecutionID: roomID(room), Seq: p.next[room], Kind: runlog.StepData, Step: step, Note: "Records found",
			Data: found, TotalSteps: 4, At: time.Now(),
		}
		p.next[room]++
		p.source.add(e)
		p.hub.Publish(e)
	}
}

// burst publishes in emits of some entries, the rooms in turn.
func (p *publisher) burst(entries, batch int) {
	for sent := 0; sent < entries; sent += batch {
		for room := range roomCount {
			p.publish(room, min(batch, entries-sent))
			runtime.Gosched()
		}
	}
}

// paced publishes groups of entries of one room, the rooms in turn.
func (p *publisher) paced(rate int, length time.Duration, group int) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	begin, all := time.Now(), int(length.Seconds())*rate
	for sent := 0; sent+group <= all; {
		<-ticker.C
		due := int(min(time.Since(begin), length).Seconds() * float64(rate))
		for ; sent+group <= due; sent += group {
			p.publish(sent/group%roomCount, group)
		}
	}
}

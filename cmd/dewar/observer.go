package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
)

// observer returns what shows this run of total instances: JSON events, a live view, plain lines,
// or nothing.
func (c *cli) observer(g *graph.Graph, total int) observer {
	switch {
	case c.json:
		return &eventLines{c: c, g: g}
	case c.verbose:
		return &plainLines{w: c.err, g: g, verbose: true}
	case c.quiet:
		return silent{}
	case c.live:
		return newLiveView(c, g, total)
	}
	return &plainLines{w: c.err, g: g}
}

type silent struct{}

func (silent) Event(engine.Event)    {}
func (silent) Line(graph.ID, string) {}
func (silent) Close()                {}

// words are how events are called, in text and in JSON.
var words = map[engine.EventKind]string{
	engine.Started: "started", engine.Retrying: "retrying", engine.Executed: "executed",
	engine.Restored: "restored", engine.Unchanged: "unchanged", engine.Failed: "failed",
	engine.Skipped: "skipped", engine.Interrupted: "interrupted", engine.Planned: "planned",
}

// plainLines prints one line for everything that ends, for logs and pipes.
// What is unchanged is only counted: it is the common case.
type plainLines struct {
	w       io.Writer
	g       *graph.Graph
	verbose bool       // also what commands write
	mu      sync.Mutex // of w
}

func (v *plainLines) Event(e engine.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	ref := v.g.Instances[e.ID].Ref()
	switch e.Kind {
	case engine.Executed, engine.Failed, engine.Retrying:
		fmt.Fprintf(v.w, "%-11s %s (%s)\n", words[e.Kind], ref, seconds(e.Wall))
	case engine.Restored, engine.Interrupted:
		fmt.Fprintf(v.w, "%-11s %s\n", words[e.Kind], ref)
	case engine.Skipped:
		fmt.Fprintf(v.w, "%-11s %s; failed: %s\n", words[e.Kind], ref, v.g.Instances[e.Cause].Ref())
	}
}

// Line prints what a command wrote, after its name.
func (v *plainLines) Line(id graph.ID, text string) {
	if !v.verbose {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprintf(v.w, "%s | %s\n", v.g.Instances[id].Ref(), printable(text))
}

func (v *plainLines) Close() {}

// eventLines prints every event as a line of JSON.
type eventLines struct {
	c *cli
	g *graph.Graph
}

func (v *eventLines) Event(e engine.Event) {
	line := struct {
		Event    string    `json:"event"`
		Instance string    `json:"instance"`
		Time     time.Time `json:"time"`
		Seconds  float64   `json:"seconds,omitempty"`
		Attempt  int       `json:"attempt,omitempty"`
		Cause    string    `json:"cause,omitempty"`
		Same     string    `json:"same,omitempty"`
	}{Event: words[e.Kind], Instance: v.g.Instances[e.ID].Ref(), Time: e.Time, Seconds: e.Wall.Seconds(), Attempt: e.Attempt}
	if e.Kind == engine.Skipped && e.Cause >= 0 {
		line.Cause = v.g.Instances[e.Cause].Ref()
	}
	if (e.Kind == engine.Restored || e.Kind == engine.Failed) && e.Same >= 0 {
		line.Same = v.g.Instances[e.Same].Ref()
	}
	_ = v.c.printEvent(line)
}

func (v *eventLines) Line(graph.ID, string) {}
func (v *eventLines) Close()                {}

// seconds is a duration for people.
func seconds(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d >= 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%.2fs", d.Seconds())
}

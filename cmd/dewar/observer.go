package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
)

// observer returns what shows this run of total instances: JSON events, a live view, plain lines,
// or nothing. name says how an instance is called.
func (c *cli) observer(name func(graph.ID) string, total int) observer {
	switch {
	case c.json:
		return &eventLines{c: c, name: name}
	case c.verbose:
		return &plainLines{w: c.err, name: name, verbose: true}
	case c.quiet:
		return silent{}
	case c.live:
		return newLiveView(c, name, total)
	}
	return &plainLines{w: c.err, name: name}
}

// refs calls instances by their selectors.
func refs(g *graph.Graph) func(graph.ID) string {
	return func(id graph.ID) string { return g.Instances[id].Ref() }
}

type silent struct{}

func (silent) Event(engine.Event)      {}
func (silent) Line(graph.ID, string)   {}
func (silent) Sample(dewar.Sample)     {}
func (silent) Notice(graph.ID, string) {}
func (silent) Close()                  {}

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
	name    func(graph.ID) string
	verbose bool       // also what commands write
	mu      sync.Mutex // of w
}

func (v *plainLines) Event(e engine.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	ref := v.name(e.ID)
	switch e.Kind {
	case engine.Executed, engine.Failed, engine.Retrying:
		fmt.Fprintf(v.w, "%-11s %s (%s)\n", words[e.Kind], ref, seconds(e.Wall))
	case engine.Restored, engine.Interrupted:
		fmt.Fprintf(v.w, "%-11s %s\n", words[e.Kind], ref)
	case engine.Skipped:
		fmt.Fprintf(v.w, "%-11s %s; failed: %s\n", words[e.Kind], ref, v.name(e.Cause))
	}
}

// Line prints what a command wrote, after its name.
func (v *plainLines) Line(id graph.ID, text string) {
	if !v.verbose {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprintf(v.w, "%s | %s\n", v.name(id), printable(text))
}

// Sample prints nothing: a log of all rows is what the file itself is.
func (v *plainLines) Sample(dewar.Sample) {}

// Notice prints what an instance waits for.
func (v *plainLines) Notice(id graph.ID, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprintf(v.w, "%-11s %s %s\n", "waiting", v.name(id), text)
}

func (v *plainLines) Close() {}

// eventLines prints every event as a line of JSON.
type eventLines struct {
	c    *cli
	name func(graph.ID) string
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
	}{Event: words[e.Kind], Instance: v.name(e.ID), Time: e.Time, Seconds: e.Wall.Seconds(), Attempt: e.Attempt}
	if e.Kind == engine.Skipped && e.Cause >= 0 {
		line.Cause = v.name(e.Cause)
	}
	if (e.Kind == engine.Restored || e.Kind == engine.Failed) && e.Same >= 0 {
		line.Same = v.name(e.Same)
	}
	_ = v.c.printEvent(line)
}

func (v *eventLines) Line(graph.ID, string) {}
func (v *eventLines) Close()                {}

// Sample prints the newest row of a series.
func (v *eventLines) Sample(s dewar.Sample) {
	values := make(map[string]string, len(s.Values)) // encoded in the order of their names
	for _, c := range s.Values {
		values[c.Name] = c.Text
	}
	_ = v.c.printEvent(struct {
		Event    string            `json:"event"`
		Instance string            `json:"instance"`
		Output   string            `json:"output"`
		Row      int               `json:"row"`
		Values   map[string]string `json:"values"`
	}{"sample", v.name(s.Instance), s.Name, s.Row, values})
}

// Notice prints what an instance waits for.
func (v *eventLines) Notice(id graph.ID, text string) {
	_ = v.c.printEvent(struct {
		Event    string `json:"event"`
		Instance string `json:"instance"`
		Text     string `json:"text"`
	}{"waiting", v.name(id), text})
}

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

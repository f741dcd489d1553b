package main

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
	"golang.org/x/term"
)

// liveView redraws a few lines at the bottom of the terminal: a bar with what
// is done, and the running actions with the time they have taken and the last
// line that they wrote. What ends is printed above and scrolls away.
type liveView struct {
	w     io.Writer
	fd    int
	name  func(graph.ID) string
	now   func() time.Time
	paint func(code, s string) string

	mu      sync.Mutex
	began   time.Time
	total   int
	done    int
	failed  int
	running map[graph.ID]*action
	sweep   sweepProgress
	drawn   int      // lines of the last frame
	above   []string // to be printed above the next frame
	stop    chan struct{}
	stopped sync.WaitGroup
}

// action is one that is running now.
type action struct {
	since  time.Time
	line   string
	series map[int]string // the newest row of each output, as text
}

// sweepProgress is how far a sweep is; zero is no sweep.
type sweepProgress struct {
	experiments, ended int
	values             func(graph.ID) string // what an instance is tried with
}

// redrawEvery is fast enough to look alive and slow enough to cost nothing.
const redrawEvery = 100 * time.Millisecond

func newLiveView(c *cli, name func(graph.ID) string, total int) *liveView {
	v := &liveView{
		w: c.err, fd: int(c.stderr.Fd()), name: name, now: c.host.Now, began: c.host.Now(),
		total: total, running: map[graph.ID]*action{}, stop: make(chan struct{}),
		paint: func(_, s string) string { return s },
	}
	if c.color == "always" {
		v.paint = func(code, s string) string { return "\x1b[" + code + "m" + s + "\x1b[0m" }
	}
	v.stopped.Add(1)
	go v.loop()
	return v
}

// follow makes the view one of a sweep: it counts experiments, and says what
// instances are tried with.
func (v *liveView) follow(experiments int, values func(graph.ID) string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sweep = sweepProgress{experiments: experiments, values: values}
}

// called is the name of an instance, and what it is tried with.
func (v *liveView) called(id graph.ID) string {
	name := v.name(id)
	if v.sweep.values != nil {
		if with := v.sweep.values(id); with != "" {
			name += v.paint("2", "  "+with)
		}
	}
	return name
}

// loop redraws until Close.
func (v *liveView) loop() {
	defer v.stopped.Done()
	tick := time.NewTicker(redrawEvery)
	defer tick.Stop()
	for {
		select {
		case <-v.stop:
			return
		case <-tick.C:
			v.mu.Lock()
			v.frame(false)
			v.mu.Unlock()
		}
	}
}

// Event notes what happened; the next frame shows it.
func (v *liveView) Event(e engine.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	ref := v.called(e.ID)
	switch e.Kind {
	case engine.Started:
		v.running[e.ID] = &action{since: e.Time, series: map[int]string{}}
		return
	case engine.Retrying:
		v.above = append(v.above, v.paint("33", "retrying    ")+ref)
		delete(v.running, e.ID)
		return
	case engine.Executed:
		v.above = append(v.above, v.paint("32", "executed    ")+ref+v.paint("2", " "+seconds(e.Wall)))
	case engine.Restored:
		v.above = append(v.above, v.paint("36", "restored    ")+ref)
	case engine.Failed:
		v.failed++
		v.above = append(v.above, v.paint("31", "failed      ")+ref)
	case engine.Skipped:
		v.above = append(v.above, v.paint("33", "skipped     ")+ref+"; failed: "+v.name(e.Cause))
	}
	delete(v.running, e.ID)
	v.done++
}

// Line notes the last line that a command wrote.
func (v *liveView) Line(id graph.ID, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if a := v.running[id]; a != nil {
		a.line = text
	}
}

// Sample notes the newest row of a series.
func (v *liveView) Sample(s dewar.Sample) {
	cells := make([]string, len(s.Values))
	for i, c := range s.Values {
		cells[i] = c.Name + "=" + short(c.Text)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if a := v.running[s.Instance]; a != nil {
		a.series[s.Output] = strings.Join(cells, " ")
	}
}

// Notice shows what an instance waits for, until it writes something.
func (v *liveView) Notice(id graph.ID, text string) { v.Line(id, text) }

// status is what is worth seeing of an action: its series if it has any, as they say more
// than a line of a log.
func (a *action) status() string {
	if len(a.series) == 0 {
		return a.line
	}
	outputs := make([]int, 0, len(a.series))
	for i := range a.series {
		outputs = append(outputs, i)
	}
	sort.Ints(outputs)
	rows := make([]string, len(outputs))
	for i, o := range outputs {
		rows[i] = a.series[o]
	}
	return strings.Join(rows, "  ")
}

// short leaves a few digits of a long fraction: it changes before anybody has read more.
func short(number string) string {
	if f, err := strconv.ParseFloat(number, 64); err == nil && len(number) > 8 && strings.ContainsAny(number, ".e") {
		return strconv.FormatFloat(f, 'g', 5, 64)
	}
	return number
}

// Close draws what is left above, and takes the bar away.
func (v *liveView) Close() {
	close(v.stop)
	v.stopped.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.frame(true)
}

// frame draws over the last frame. The last frame of all is empty.
func (v *liveView) frame(last bool) {
	width, height, err := term.GetSize(v.fd)
	if err != nil || width < 20 {
		width, height = 80, 24
	}
	var b strings.Builder
	if v.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", v.drawn)
	}
	b.WriteString("\r\x1b[J")
	for _, line := range v.above { // it stays, and is worth a second line if it is long
		b.WriteString(line + "\n")
	}
	v.above = v.above[:0]
	v.drawn = 0
	if !last {
		for _, line := range v.lines(min(height-3, 10)) {
			b.WriteString(ansi.Truncate(line, width-1, "…") + "\n")
			v.drawn++
		}
	}
	_, _ = io.WriteString(v.w, b.String())
}

// lines are the bar and at most n running actions, the longest running first.
func (v *liveView) lines(n int) []string {
	now := v.now()
	bar := fmt.Sprintf("%s %d/%d done, %d running, %s", v.bar(20), v.done, v.total, len(v.running), seconds(now.Sub(v.began)))
	if n := v.sweep.experiments; n > 1 {
		bar += fmt.Sprintf(", %d of %d experiments ended", v.sweep.ended, n)
	}
	if v.failed > 0 {
		bar += v.paint("31", fmt.Sprintf(", %d failed", v.failed))
	}
	out := []string{bar}
	ids := make([]graph.ID, 0, len(v.running))
	for id := range v.running {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool {
		a, b := v.running[ids[i]], v.running[ids[j]]
		return a.since.Before(b.since) || a.since.Equal(b.since) && ids[i] < ids[j]
	})
	for i, id := range ids {
		if i == n {
			out = append(out, fmt.Sprintf("  and %d more", len(ids)-n))
			break
		}
		a := v.running[id]
		out = append(out, fmt.Sprintf("  %8s  %s  %s", seconds(now.Sub(a.since)), v.called(id), v.paint("2", printable(a.status()))))
	}
	return out
}

// bar is a progress bar of n columns.
func (v *liveView) bar(n int) string {
	full := n
	if v.total > 0 {
		full = n * v.done / v.total
	}
	full = min(full, n)
	return v.paint("32", strings.Repeat("━", full)) + v.paint("2", strings.Repeat("─", n-full))
}

// printable takes escape sequences and control characters out of what a
// command wrote: it may not move our cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, ansi.Strip(s))
}

package dewar_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
)

// The clock of a machine jumps: a battery is empty, a time server was wrong, a laptop was in another zone.
// Nothing that decides what is run, or what is removed, believes it.

// jumps are what the clock does.
var jumps = map[string]time.Duration{"an_hour_back": -time.Hour, "years_back": -50 * 365 * 24 * time.Hour, "years_ahead": 50 * 365 * 24 * time.Hour}

// TestClock_run: edits are seen, also of the same size, and what is unchanged is unchanged.
func TestClock_run(t *testing.T) {
	for name, jump := range jumps {
		t.Run(name, func(t *testing.T) {
			onEach(t, basic, func(e *engine) {
				e.run(all)
				e.now = e.now.Add(jump)
				e.run(all).is("all unchanged")
				e.put("raw.txt", "# a comment\n1\n3\n")
				e.run(all).is("all executed")
				e.want(map[string]string{"build/data.txt": "1\n3\n"})
				e.now = e.now.Add(-jump)
				e.put("raw.txt", "# a comment\n1\n2\n")
				e.run(all).is("all restored")
				e.want(map[string]string{"build/data.txt": "1\n2\n"})
				e.run(all).is("all unchanged").warned("")
			})
		})
	}
}

// TestClock_files: a file from the future, or as old as the one before, is read all the same.
func TestClock_files(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		if _, err := os.Lstat(e.path("raw.txt")); err != nil {
			return // in memory there is no change time, which gives away who sets the other one back
		}
		e.run(all)
		info, err := e.disk.Lstat(e.path("raw.txt"))
		e.must(err)
		for i, when := range []time.Time{time.Unix(0, info.MTime), time.Unix(0, info.MTime).Add(time.Hour), time.Unix(5, 0)} {
			text := "# a comment\n1\n" + string(rune('3'+i)) + "\n"
			e.put("raw.txt", text)
			e.must(e.disk.Chtimes(e.path("raw.txt"), when))
			e.run(all).is("all executed")
			e.run(all).is("all unchanged")
		}
	})
}

// TestClock_records: no record of a run takes the place of another, and the last log is that of the last run.
func TestClock_records(t *testing.T) {
	e := inMemory(t, basic)
	records := func() int {
		return strings.Count(strings.Join(e.below(".dewar/runs"), "\n"), ".json") - strings.Count(strings.Join(e.below(".dewar/runs"), "\n"), "durations.json")
	}
	e.run(all)
	was := records()
	for i := range 3 {
		e.now = e.now.Add(-time.Minute) // a run adds one: all begin at the same moment
		e.edit("pipeline.hcl", `["score",`, `["score", "more",`)
		e.shop.on("score", func(w *workbench) string {
			w.each("x")
			return strings.Repeat("failed ", i+1)
		})
		e.run(all)
		if now := records(); now != was+i+1 {
			t.Errorf("there are %d records, not %d", now, was+i+1)
		}
		if got := e.logs(); !strings.Contains(got, "score failed: "+strings.Repeat("failed ", i+1)+"\n") {
			t.Errorf("the last log of run %d is %q", i, got)
		}
	}
}

// TestClock_gc: a collection removes nothing that is named, whatever the time, and what was used lately
// stays when the clock goes back.
func TestClock_gc(t *testing.T) {
	for name, jump := range jumps {
		t.Run(name, func(t *testing.T) {
			onEach(t, basic, func(e *engine) {
				e.run(all)
				was := e.workspace()
				e.now = e.now.Add(jump)
				e.gc(dewar.GCOptions{})
				e.gc(dewar.GCOptions{Older: time.Hour})
				e.remove("build")
				e.checkout()
				e.same(was, e.workspace())
				e.run(all).is("all unchanged")
				e.executions("lines, score, train")
			})
		})
	}
}

// TestClock_experiments: what was recorded before the clock went back is known, and not made twice.
func TestClock_experiments(t *testing.T) {
	e := newTuned(t)
	e.run(all)
	e.sweep(dewar.SweepOptions{Set: setting("train.C=2,3"), Name: "mine"}, all)
	e.now = e.now.Add(-48 * time.Hour)
	e.sweep(dewar.SweepOptions{Set: setting("train.C=2,3,4")}, all).counts(2, 4, 1, 0, 0)
	p := e.open()
	defer e.close(p)
	rows, err := p.Experiments()
	e.must(err)
	if len(rows) != 3 {
		t.Errorf("there are %d experiments", len(rows))
	}
}

package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// Several at once, and an end in the middle.

// wide is a grid with a stage before it and one behind it.
const wide = `
-- raw.txt --
1
-- pipeline.hcl --
stage "base" {
  inputs  = { raw = "raw.txt" }
  outputs = { o = "build/base.txt" }
  command = ["base", inputs.raw, outputs.o]
}
stage "fit" {
  for_each = grid({ x = range(12) })
  inputs   = { b = stage.base.outputs.o }
  outputs  = { o = "build/fit/${each.key}/" }
  command  = ["fit@${each.key}", inputs.b, outputs.o]
}
stage "join" {
  inputs  = { all = stage.fit[*].outputs.o }
  outputs = { o = "build/join.txt" }
  command = concat(["join", outputs.o], inputs.all)
}
`

// TestTwoAtOnce: two processes run the whole pipeline in one project.
func TestTwoAtOnce(t *testing.T) {
	onEach(t, wide, func(e *engine) {
		alone := newEngine(t, fs.Memory(), "/alone", wide)
		alone.run(all).is("all executed")
		for range 3 {
			e.atOnce(all, all, dewar.RunOptions{Parallel: 1})
			e.same(alone.dump("build"), e.dump("build"))
			e.run(all).is("all unchanged").warned("").keptOf(nil)
			e.same(map[string]string{"pipeline.lock": alone.read("pipeline.lock")}, map[string]string{"pipeline.lock": e.read("pipeline.lock")})
			e.remove("build", "pipeline.lock", ".dewar/cache")
		}
	})
}

// atOnce runs several projects on one directory, which must all go well.
func (e *engine) atOnce(options ...dewar.RunOptions) {
	e.Helper()
	var wg sync.WaitGroup
	for _, o := range options {
		wg.Go(func() {
			p, err := dewar.Open(e.host(), e.root)
			if err != nil {
				e.Error(err)
				return
			}
			ev, diags := p.Evaluate(dewar.EvalOptions{Dir: "."})
			if diags.HasErrors() {
				e.Error(allText(diags))
				return
			}
			rep, err := p.Run(context.Background(), ev, o)
			if err != nil || rep.Failed+rep.Skipped > 0 {
				e.Errorf("%v\n%s", err, allText(rep.Failures))
			}
			if len(rep.Kept) > 0 {
				e.Errorf("kept %v", rep.Kept)
			}
			if err := p.Close(); err != nil {
				e.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestPartsAtOnce: each writes its own part of the lock.
func TestPartsAtOnce(t *testing.T) {
	onEach(t, wide, func(e *engine) {
		e.run(selected("base"))
		e.atOnce(selected("fit@x=0", "fit@x=1"), selected("fit@x=2"), only("fit@x=3", "fit@x=4"))
		for x := range 5 {
			if ref := fmt.Sprintf(`"fit@x=%d"`, x); !strings.Contains(e.read("pipeline.lock"), ref) {
				e.Errorf("the lock has no %s", ref)
			}
		}
		e.run(selected("fit@x=0", "fit@x=1", "fit@x=2", "fit@x=3", "fit@x=4")).is("all unchanged")
	})
}

// TestOneProjectTwice: one opened project runs and plans from several goroutines.
func TestOneProjectTwice(t *testing.T) {
	onEach(t, wide, func(e *engine) {
		p := e.open()
		ev := e.evaluate(p, dewar.EvalOptions{})
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				var err error
				if i%2 == 0 {
					_, err = p.Run(context.Background(), ev, all)
				} else {
					_, err = p.Plan(context.Background(), ev, all)
				}
				if err != nil {
					e.Error(err)
				}
			})
		}
		wg.Wait()
		e.close(p)
		e.run(all).is("all unchanged")
	})
}

// TestInterrupted: what was done is kept, what was under way leaves nothing behind.
func TestInterrupted(t *testing.T) {
	onEach(t, wide, func(e *engine) {
		ctx, cancel := context.WithCancel(context.Background())
		started := make(chan bool, 100)
		e.shop.on("fit", func(w *workbench) string {
			if w.Action.Args[0] == "fit@x=3" {
				started <- true
				<-w.ctx.Done() // as a child that is ended
				return ""
			}
			return everything(w)
		})
		go func() {
			<-started
			cancel()
		}()
		r := e.runContext(ctx, dewar.EvalOptions{}, dewar.RunOptions{Parallel: 4})
		if !errors.Is(r.err, context.Canceled) || !r.Interrupted || r.Failed > 0 {
			e.Errorf("%v, %+v, %s", r.err, r.Summary, allText(r.Failures))
		}
		if r.ends["base"] != "executed" || r.ends["join"] != "interrupted" || r.ends["fit@x=3"] != "interrupted" {
			e.Errorf("%s", ends(r.ends))
		}
		if !strings.Contains(e.read("pipeline.lock"), `"base"`) || e.exists("build/fit/x=3") {
			e.Error("what was done is not kept, or what was not done is there")
		}
		e.tidy("")
		e.shop.on("fit", nil)
		again := e.run(all)
		for ref, end := range r.ends {
			if end == "executed" && again.ends[ref] != "unchanged" {
				e.Errorf("%s was executed, and then %s", ref, again.ends[ref])
			}
		}
		e.run(all).is("all unchanged")
	})
}

// TestInterruptedKeepsTheVanished: only a whole run knows what has vanished.
func TestInterruptedKeepsTheVanished(t *testing.T) {
	onEach(t, wide, func(e *engine) {
		e.run(all)
		e.edit("pipeline.hcl", "range(12)", "range(2)")
		ctx, cancel := context.WithCancel(context.Background())
		e.put("raw.txt", "2")
		e.shop.on("base", func(*workbench) string {
			cancel()
			return ""
		})
		if r := e.runContext(ctx, dewar.EvalOptions{}, all); len(r.Removed) > 0 || !e.exists("build/fit/x=7") {
			e.Errorf("removed %v", r.Removed)
		}
		e.shop.on("base", nil)
		if r := e.run(all).is("all executed"); len(r.Removed) != 10 {
			e.Errorf("removed %v", r.Removed)
		}
	})
}

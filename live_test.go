package dewar_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/gpu"
)

const training = `
-- pipeline.hcl --
stage "train" {
  outputs = { model = "build/model.bin" }
  metrics = { log = { path = "build/log.jsonl", at = "log.jsonl" } }
  plots   = { curve = "build/curve.csv", picture = "build/p.svg" }
  scratch = { ckpt = { path = "ckpt/" } }
  command = ["train", 1, outputs.model]
}
`

// ticks is the ticker of whatever waits: what is sent is one look of somebody. After a
// second one, the first look is over.
type ticks chan time.Time

func (c ticks) ticker(time.Duration) (<-chan time.Time, func()) { return c, func() {} }

func (c ticks) look() {
	c <- time.Time{}
	c <- time.Time{}
}

// until ticks until what waits has ended.
func (c ticks) until(ended <-chan bool) {
	for {
		select {
		case c <- time.Time{}:
		case <-ended:
			return
		}
	}
}

// process runs the pipeline as a process of its own, which says what it waits for
// and what it samples.
type process struct {
	host    dewar.Host
	ticks   ticks
	mu      sync.Mutex
	samples []string
	notices chan string
	ends    map[string]string
	rep     *dewar.Report
	err     error
}

func (e *engine) process() *process {
	p := &process{host: e.host(), ticks: make(ticks), notices: make(chan string, 10), ends: map[string]string{}}
	p.host.Ticker = p.ticks.ticker
	return p
}

func (p *process) sample(s dewar.Sample) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var cells []string
	for _, v := range s.Values {
		cells = append(cells, v.Name+"="+v.Text)
	}
	p.samples = append(p.samples, fmt.Sprintf("%s %d: %s", s.Name, s.Row, strings.Join(cells, " ")))
}

func (p *process) run(ctx context.Context, e *engine, selectors ...string) *process {
	project, err := dewar.Open(p.host, e.root)
	if err != nil {
		e.Error(err)
		return p
	}
	ev, diags := project.Evaluate(dewar.EvalOptions{Dir: "."})
	if diags.HasErrors() {
		e.Error(allText(diags))
		return p
	}
	p.rep, p.err = project.Run(ctx, ev, dewar.RunOptions{
		Select: selectors, Samples: p.sample, Notices: func(_ graph.ID, text string) { p.notices <- text },
	})
	if p.rep != nil {
		for id, r := range p.rep.Results {
			if r.Kind != 0 {
				p.ends[ev.Graph.Instances[id].Ref()] = endNames[r.Kind]
			}
		}
	}
	if err := project.Close(); err != nil {
		e.Error(err)
	}
	return p
}

// begin runs p's pipeline meanwhile.
func (e *engine) begin(p *process, selectors ...string) (ended chan bool) {
	ended = make(chan bool)
	go func() {
		defer close(ended)
		p.run(context.Background(), e, selectors...)
	}()
	return ended
}

// TestSamples: while a command runs, its newest rows are reported, where they are made.
func TestSamples(t *testing.T) {
	onEach(t, training, func(e *engine) {
		p := e.process()
		e.shop.on("train", func(w *workbench) string {
			p.ticks.look()
			w.write("log.jsonl", `{"n": 1, "loss": 0.5}`+"\n")
			p.ticks.look()
			w.write("build/curve.csv", "x,y\n1,2\n")
			w.write("build/p.svg", "<svg/>")
			p.ticks.look()
			w.write("log.jsonl", `{"n": 1, "loss": 0.5}`+"\n"+`{"n": 2}`)
			w.write("build/model.bin", "model")
			return ""
		})
		p.run(t.Context(), e)
		want := []string{"metrics.log 1: n=1 loss=0.5", "plots.curve 1: x=1 y=2", "metrics.log 2: n=2"}
		if diff := cmp.Diff(want, p.samples); diff != "" || p.ends["train"] != "executed" {
			t.Errorf("%v %v; -want +got:\n%s", p.ends, p.err, diff)
		}
		if rec := e.record(); len(rec.Partial) > 0 {
			t.Errorf("what has a result is not partial: %v", rec.Partial)
		}
	})
}

// record is what the newest record says of train.
func (e *engine) record() dewar.InstanceRecord {
	e.Helper()
	p := e.open()
	defer e.close(p)
	list, err := p.Records(1)
	e.must(err)
	if len(list) != 1 || len(list[0].Instances) != 1 {
		e.Fatalf("records: %+v", list)
	}
	return list[0].Instances[0]
}

// TestPartialSeries: what a command wrote of a series before it failed, or was interrupted, is kept.
func TestPartialSeries(t *testing.T) {
	onEach(t, training, func(e *engine) {
		ctx, cancel := context.WithCancel(t.Context())
		var ending func(*workbench) string
		e.shop.on("train", func(w *workbench) string {
			w.write("log.jsonl", `{"n": 1}`+"\n"+`{"n`)
			w.write("build/p.svg", "<svg/>")
			return ending(w)
		})
		for outcome, f := range map[string]func(*workbench) string{
			"failed":      func(*workbench) string { return "diverged" },
			"interrupted": func(w *workbench) string { fmt.Fprintln(w.Stdout, "so far"); cancel(); return "" },
		} {
			ending = f
			e.now = e.now.Add(time.Minute)
			p := e.process()
			p.run(ctx, e)
			ctx, cancel = context.WithCancel(t.Context())
			rec := e.record()
			if rec.Outcome != outcome || len(rec.Partial) != 1 || rec.Partial[0].Path != "build/log.jsonl" {
				t.Fatalf("%s: %+v", outcome, rec)
			}
			project := e.open()
			b, err := project.Blobs().ReadAll(rec.Partial[0].Digest, 0)
			if log, _ := project.Blobs().ReadAll(rec.Log, 0); err != nil || string(b) != `{"n": 1}`+"\n"+`{"n` || len(log) == 0 {
				t.Errorf("%s: %q, %v; it said %q", outcome, b, err, log)
			}
			e.close(project)
		}
		cancel()
	})
}

// checkpointed fails at its first run, and in the one that is to find out why, and goes on at its second: its result says which
// epochs it has done since.
func checkpointed(w *workbench) string {
	at := w.Scratch[0].Host + "/epochs"
	b, _ := fs.ReadFile(w.fs, at)
	if len(b) == 0 {
		w.fail(fs.WriteFile(w.fs, at, []byte("half of "+strings.Join(w.Action.Args, " "))))
		return "out of time"
	}
	w.each(string(b))
	return ""
}

// TestScratchOfAKey: each action key has its own, until it has its result.
func TestScratchOfAKey(t *testing.T) {
	onEach(t, training, func(e *engine) {
		e.shop.on("train", checkpointed)
		e.run(all).failed("E-action-failed")
		e.edit("pipeline.hcl", `"train", 1`, `"train", 2`)
		e.run(all).failed("E-action-failed") // it does not go on from where the other was
		e.edit("pipeline.hcl", `"train", 2`, `"train", 1`)
		e.run(all).is("train executed")
		if got, want := e.read("build/model.bin"), "half of train 1 build/model.bin"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if dirs := e.scratchDirs(); len(dirs) != 2 { // of the other: the directory and its lock
			t.Errorf("left: %v", dirs)
		}
		e.edit("pipeline.hcl", `"train", 1`, `"train", 2`)
		e.run(all).is("train executed")
		if dirs := e.scratchDirs(); len(dirs) != 0 {
			t.Errorf("left: %v", dirs)
		}
		e.run(dewar.RunOptions{Force: true}).failed("E-action-failed") // it begins anew
	})
}

func (e *engine) scratchDirs() []string {
	e.Helper()
	entries, err := e.disk.ReadDir(e.path(".dewar/scratch"))
	e.must(err)
	var out []string
	for _, x := range entries {
		out = append(out, x.Name)
	}
	return out
}

// TestScratchIsExclusive: of two processes with one action the second waits. It takes the
// first one's result, or goes on from where that failed.
func TestScratchIsExclusive(t *testing.T) {
	for _, c := range []struct{ name, problem, second, counted string }{
		{"the first ends well", "", "restored", "train"},
		{"the first fails", "out of memory", "executed", "train x3"}, // one of them to find out why
	} {
		t.Run(c.name, func(t *testing.T) {
			onEach(t, training, func(e *engine) {
				begun, end := make(chan bool), make(chan bool)
				e.shop.on("train", func(w *workbench) string {
					w.each("made")
					if b, _ := fs.ReadFile(w.fs, w.Scratch[0].Host+"/was"); len(b) > 0 {
						return ""
					}
					w.fail(fs.WriteFile(w.fs, w.Scratch[0].Host+"/was", []byte("here")))
					if !w.Trace {
						begun <- true
						<-end
					}
					return c.problem
				})
				a, b := e.process(), e.process()
				ended := e.begin(a)
				<-begun
				waiting := e.begin(b)
				if got := <-b.notices; got != "waits for another process that executes the same action" {
					t.Error(got)
				}
				b.ticks.look() // in vain
				close(end)
				<-ended
				b.ticks.until(waiting) // the last look in vain may not have been in vain
				if b.ends["train"] != c.second {
					t.Errorf("the second: %v", b.ends)
				}
				if got := e.shop.counted(); got != c.counted {
					t.Errorf("executed: %s", got)
				}
			})
		})
	}
}

const devices = `
-- pipeline.hcl --
stage "fit" {
  for_each  = grid({ x = [0, 1, 2] })
  outputs   = { model = "build/${each.x}.bin" }
  resources = { gpus = 1 }
  retries   = 1
  command   = ["fit", each.x, outputs.model]
}
`

// gpus are devices that nothing is known of but how they are called.
func gpus(names ...string) (out []run.GPU) {
	for _, n := range names {
		out = append(out, run.GPU{Index: n, Name: n})
	}
	return out
}

// TestGPUs: who runs has devices that nobody else has, and hears which.
func TestGPUs(t *testing.T) {
	onEach(t, devices, func(e *engine) {
		e.must(e.disk.MkdirAll(e.path("locks"), 0o777))
		p := e.process()
		p.host.GPUs, p.host.LockDir = gpus("0", "3"), e.path("locks")
		p.host.Memory = 8 << 30
		var mu sync.Mutex
		held, all := map[string]bool{}, map[string]bool{}
		two := make(chan bool)
		e.shop.on("fit", func(w *workbench) string {
			g := w.GPUs[0].Index
			mu.Lock()
			if held[g] || len(w.GPUs) != 1 {
				e.Errorf("%s has %v, others %v", w.Action.Args, w.GPUs, held)
			}
			held[g], all[g] = true, true
			pair := len(held) == 2
			first := len(all) < 3 && w.Action.Args[1] != "2"
			mu.Unlock()
			if first { // the first two at once
				if pair {
					close(two)
				}
				<-two
			}
			for _, v := range w.Vars {
				if v.Name == "CUDA_VISIBLE_DEVICES" && v.Value != g {
					e.Errorf("%s is %s and has %s", v.Name, v.Value, g)
				}
			}
			if len(w.Vars) == 0 || w.SharedMax != 4<<30 {
				e.Errorf("variables %v, shared memory %d", w.Vars, w.SharedMax)
			}
			w.each("made")
			mu.Lock()
			delete(held, g)
			mu.Unlock()
			return ""
		})
		if p.run(t.Context(), e, "fit"); p.rep == nil || p.rep.Executed != 3 || len(all) != 2 {
			t.Errorf("%v %v, devices %v", p.ends, p.err, all)
		}
	})
}

// TestGPUsOfOthers: a device that another process has is waited for.
func TestGPUsOfOthers(t *testing.T) {
	onEach(t, devices, func(e *engine) {
		e.must(e.disk.MkdirAll(e.path("locks"), 0o777))
		begun, end := make(chan bool), make(chan bool)
		e.shop.on("fit", func(w *workbench) string {
			if w.Action.Args[1] == "0" {
				close(begun)
				<-end
			}
			w.each("made")
			return ""
		})
		a, b := e.process(), e.process()
		for _, p := range []*process{a, b} {
			p.host.GPUs, p.host.LockDir = gpus("0"), e.path("locks")
		}
		ended := e.begin(a, "fit@x=0")
		<-begun
		waiting := e.begin(b, "fit@x=1")
		for range gpu.Patience {
			b.ticks <- time.Time{}
		}
		if got := <-b.notices; got != "waits for 1 GPU that other processes use" {
			t.Error(got)
		}
		close(end)
		<-ended
		b.ticks.until(waiting)
		if b.ends["fit@x=1"] != "executed" || len(b.notices) > 0 {
			t.Errorf("the second: %v %v", b.ends, b.err)
		}
	})
}

// TestTooFewGPUs: nothing is executed, nor tried again; what a cache has needs no device.
func TestTooFewGPUs(t *testing.T) {
	e := inMemory(t, devices)
	e.must(e.disk.MkdirAll("/locks", 0o777))
	p := e.process()
	p.host.GPUs, p.host.LockDir = gpus("0"), "/locks"
	if p.run(t.Context(), e, "fit@x=0"); p.ends["fit@x=0"] != "executed" {
		t.Fatal(p.ends, p.err)
	}
	e.remove("build")
	e.shop.counted()
	e.run(selected("fit@x=0")).is("fit@x=0 restored")
	r := e.run(selected("fit@x=1")).failed("E-resources-missing")
	if text := r.failureText(); !strings.Contains(text, "fit@x=1 asks for 1 GPU, and dewar finds none on this machine") {
		t.Error(text)
	}
	e.edit("pipeline.hcl", "gpus = 1", "gpus = 2")
	p = e.process()
	p.host.GPUs, p.host.LockDir = gpus("7"), "/locks"
	p.run(t.Context(), e, "fit@x=1")
	if text := allText(p.rep.Failures); !strings.Contains(text, "asks for 2 GPUs, and dewar may use 1 GPU here (7)") {
		t.Error(text)
	}
	e.executions("")
}

package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/internal/machinetest"
)

// verified is what came of verifying, in words.
type verified struct {
	e *engine
	*dewar.VerifyReport
	err error
}

func (e *engine) verify(o dewar.VerifyOptions) *verified {
	e.Helper()
	return e.verifyContext(context.Background(), o)
}

func (e *engine) verifyContext(ctx context.Context, o dewar.VerifyOptions) *verified {
	e.Helper()
	e.now = e.now.Add(time.Minute)
	was := e.workspace()
	p := e.open()
	rep, err := p.Verify(ctx, e.evaluate(p, dewar.EvalOptions{}), o)
	e.close(p)
	e.same(was, e.workspace()) // verifying leaves the workspace alone
	return &verified{e, rep, err}
}

// is checks verdicts: "good reproducible 1, bad differs 3", with how many executions there were.
func (v *verified) is(want string) *verified {
	v.e.Helper()
	if v.err != nil {
		v.e.Fatal(errText(v.err))
	}
	var list []string
	for _, x := range v.Instances {
		list = append(list, fmt.Sprintf("%s %s %d", x.Ref, x.Verdict, x.Executions))
	}
	if got := sortList(strings.Join(list, ", ")); got != sortList(want) {
		v.e.Errorf("verified\n  %s\nnot\n  %s", got, sortList(want))
	}
	return v
}

func (v *verified) of(ref string) dewar.Verified {
	v.e.Helper()
	for _, x := range v.Instances {
		if x.Ref == ref {
			return x
		}
	}
	v.e.Fatalf("nothing is known of %s", ref)
	return dewar.Verified{}
}

// causes checks what matters, and the names of the causes of the first output.
func (v *verified) causes(ref, matter, want string) *verified {
	v.e.Helper()
	x := v.of(ref)
	var names []string
	for _, c := range x.Outputs[0].Causes {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, " "); got != want || strings.Join(x.Matter, " ") != matter {
		v.e.Errorf("%s: causes %q, matter %q; not %q, %q", ref, got, x.Matter, want, matter)
	}
	return v
}

const pairOfStages = `
-- in.txt --
a
-- pipeline.hcl --
stage "good" {
  inputs  = { i = "in.txt" }
  outputs = { o = "good.txt" }
  command = ["good", inputs.i, outputs.o]
}

stage "bad" {
  inputs  = { i = stage.good.outputs.o }
  outputs = { o = "bad.txt" }
  command = ["bad", inputs.i, outputs.o]
}
`

// TestVerify: what makes the same is executed once; what does not is narrowed down, and nothing of it is kept.
func TestVerify(t *testing.T) {
	onEach(t, pairOfStages, func(e *engine) {
		var n atomic.Int64
		e.verify(dewar.VerifyOptions{}).is("good not verified 0, bad not verified 0")
		e.shop.on("bad", func(w *workbench) string { return text(fmt.Sprintf("run %d of host %q\n", n.Add(1), w.Vary.Host))(w) })
		e.run(all).is("all executed")
		e.executions("bad, good")
		v := e.verify(dewar.VerifyOptions{}).is("good reproducible 1, bad differs 2")
		if x := v.of("bad"); !x.Inherent || len(x.Matter) > 0 {
			t.Errorf("%+v", x)
		}
		e.executions("bad x2, good")
		e.run(all).is("all unchanged")
		e.want(map[string]string{"bad.txt": "run 1 of host \"\"\n"})
		e.verify(dewar.VerifyOptions{Select: []string{"good"}, Runs: 3}).is("good reproducible 3")
	})
}

// TestVerifyNarrows: the variation that matters is found, the likely ones first.
func TestVerifyNarrows(t *testing.T) {
	for _, c := range []struct {
		name, matter, causes, ends string
		act                        act
	}{
		{"host", "host", "host", "differs 4", func(w *workbench) string { return text("on " + orDewar(w.Vary.Host) + "\n")(w) }},
		{"tmp", "tmp", "path", "differs 4", func(w *workbench) string { return text("in " + orDewar(w.Vary.TempDir) + "\n")(w) }},
		{"cpus", "cpus", "threads", "differs 4", func(w *workbench) string { return text(fmt.Sprint("cpus ", 4-3*btoi(w.Vary.OneCPU), "\n"))(w) }},
		{"two", "host tmp", "host", "differs 6", func(w *workbench) string { return text(w.Vary.Host + " " + w.Vary.TempDir + "\n")(w) }},
		{"both at once", "", "host", "differs 6", func(w *workbench) string {
			if w.Vary.Host != "" && w.Vary.OneCPU {
				return text("on " + w.Vary.Host + "\n")(w)
			}
			return text("on dewar\n")(w)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := inMemory(t, pairOfStages)
			e.shop.on("bad", c.act)
			e.run(all).is("all executed")
			v := e.verify(dewar.VerifyOptions{}).is("good reproducible 1, bad " + c.ends)
			x := v.of("bad")
			if strings.Join(x.Matter, " ") != c.matter || x.Inherent || x.Sometimes || x.Together != (c.matter == "") {
				t.Errorf("%+v", x)
			}
			if got := x.Outputs[0].Causes[0].Name; got != c.causes {
				t.Errorf("cause %q", got)
			}
		})
	}
}

func orDewar(s string) string {
	if s == "" {
		return "dewar"
	}
	return s
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestVerifySometimes: what differs once and never again is no variation's fault.
func TestVerifySometimes(t *testing.T) {
	e := inMemory(t, pairOfStages)
	var n atomic.Int64
	e.shop.on("bad", func(w *workbench) string { return text(fmt.Sprint("a word ", n.Add(1) == 2, "\n"))(w) })
	e.run(all)
	v := e.verify(dewar.VerifyOptions{}).is("good reproducible 1, bad differs 6")
	if x := v.of("bad"); !x.Sometimes || len(x.Outputs) != 1 {
		t.Errorf("%+v", x)
	}
	n.Store(0)
	e.shop.on("bad", func(w *workbench) string { return text(fmt.Sprint("a word ", n.Add(1) == 3, "\n"))(w) })
	e.run(dewar.RunOptions{Force: true})
	e.verify(dewar.VerifyOptions{}).is("good reproducible 1, bad reproducible 1")
	n.Store(1)
	if x := e.verify(dewar.VerifyOptions{Runs: 3, Vary: []string{}}).of("bad"); x.Verdict != dewar.Differs || x.Executions != 2 {
		t.Errorf("%+v", x)
	}
}

// TestVerifySettles: what has its lines in another order each time is executed with hashes and threads held fast.
func TestVerifySettles(t *testing.T) {
	for pin, causes := range map[string]string{"PYTHONHASHSEED": "hash", "OMP_NUM_THREADS": "threads", "": "order"} {
		t.Run(causes, func(t *testing.T) {
			e := inMemory(t, pairOfStages)
			var n atomic.Int64
			e.shop.on("bad", func(w *workbench) string {
				for _, v := range w.Vars {
					if v.Name == pin {
						return text("a\nb\n")(w)
					}
				}
				if n.Add(1)%2 == 0 {
					return text("b\na\n")(w)
				}
				return text("a\nb\n")(w)
			})
			e.run(all)
			n.Store(1)
			e.verify(dewar.VerifyOptions{Vary: []string{}}).causes("bad", "", causes)
		})
	}
}

const excused = `
-- old.txt --
x
-- pipeline.hcl --
stage "always" {
  always  = true
  outputs = { o = "always.txt" }
  command = ["always", outputs.o]
}

stage "after" {
  inputs  = { i = stage.always.outputs.o }
  outputs = { o = "after.txt" }
  command = ["after", inputs.i, outputs.o]
}

stage "frozen" {
  frozen  = false
  outputs = { o = "frozen.txt" }
  command = ["frozen", outputs.o]
}

stage "grows" {
  outputs = { o = { path = "grows.txt", persist = true } }
  command = ["grows", outputs.o]
}

stage "net" {
  network = true
  outputs = { o = "net.txt" }
  command = ["net", outputs.o]
}

stage "loose" {
  deterministic = false
  outputs       = { o = "loose.txt" }
  command       = ["loose", outputs.o]
}

stage "none" {
  command = ["none"]
}

stage "off" {
  isolation = "off"
  outputs   = { o = "off.txt" }
  command   = ["off", outputs.o]
}
`

// TestVerifyExcused: what is not verified is listed, with why.
func TestVerifyExcused(t *testing.T) {
	e := inMemory(t, excused)
	e.run(all).is("all executed")
	e.edit("pipeline.hcl", "frozen  = false", "frozen  = true")
	e.shop.counted()
	v := e.verify(dewar.VerifyOptions{})
	want := map[string]string{"always": "always", "after": "", "frozen": "frozen", "grows": "persist", "net": "network", "loose": "nondeterministic", "none": "outputs", "off": "isolation"}
	for ref, why := range want {
		if x := v.of(ref); x.Why != why || why == "" && x.Verdict != dewar.Reproducible || why != "" && (x.Reason == "" || x.Stale) {
			t.Errorf("%+v", x)
		}
	}
	e.executions("after")
	e.codes("warnings", v.Warnings, "W-verify-network")
	e.verify(dewar.VerifyOptions{Select: []string{"net", "loose"}, Network: true, Nondeterminal: true}).is("net reproducible 1, loose reproducible 1")
	v = e.verify(dewar.VerifyOptions{Select: []string{"net"}})
	e.codes("warnings", v.Warnings, "W-verify-network, W-verify-nothing")
}

// TestVerifyStale: what has no result, or not of its inputs, has to be run first.
func TestVerifyStale(t *testing.T) {
	e := inMemory(t, pairOfStages)
	e.run(all)
	e.shop.counted()
	e.put("in.txt", "b\n")
	v := e.verify(dewar.VerifyOptions{})
	if x := v.of("good"); x.Why != "no-result" || !x.Stale {
		t.Errorf("%+v", x)
	}
	if x := v.of("bad"); x.Why != "no-result" || !strings.Contains(x.Reason, "good") {
		t.Errorf("%+v", x)
	}
	e.remove("in.txt")
	if x := e.verify(dewar.VerifyOptions{}).of("good"); x.Why != "inputs" || !strings.Contains(x.Reason, "in.txt") {
		t.Errorf("%+v", x)
	}
	e.executions("")
}

// TestVerifyFails: an action that fails now has failed, and it is said under what.
func TestVerifyFails(t *testing.T) {
	e := inMemory(t, pairOfStages)
	e.run(all)
	e.shop.on("bad", problem("no way"))
	v := e.verify(dewar.VerifyOptions{}).is("good reproducible 1, bad failed 2")
	if text := allText(v.of("bad").Failure); !strings.Contains(text, "E-verify-failed") || !strings.Contains(text, "no way") || !strings.Contains(text, "without any variation") {
		t.Error(text)
	}
	e.shop.on("bad", func(w *workbench) string {
		if w.Vary.OneCPU {
			return "too few"
		}
		return everything(w)
	})
	v = e.verify(dewar.VerifyOptions{})
	if x := v.of("bad"); x.Verdict != dewar.VerifyFailed || strings.Join(x.Matter, " ") != "cpus" || !strings.Contains(allText(x.Failure), "cpus") {
		t.Errorf("%+v", x)
	}
	e.shop.on("bad", func(w *workbench) string { w.fail(errors.New("no memory")); return "" })
	v = e.verify(dewar.VerifyOptions{})
	if x := v.of("bad"); x.Verdict != dewar.VerifyFailed || !strings.Contains(allText(x.Failure), "no memory") {
		t.Errorf("%+v", x)
	}
	e.run(all).is("all unchanged")
}

// TestVerifyTolerance: numbers of metrics may be near enough, other files may not.
func TestVerifyTolerance(t *testing.T) {
	e := inMemory(t, `
-- pipeline.hcl --
stage "m" {
  metrics = { json = "m.json", csv = "m.csv" }
  command = ["m", metrics.json, metrics.csv]
}
`)
	var n atomic.Int64
	e.shop.on("m", func(w *workbench) string {
		x := fmt.Sprint(0.5 + float64(n.Add(1)-1)*1e-9)
		w.write("m.json", `{"f1": `+x+`, "name": "a"}`)
		w.write("m.csv", "epoch,loss\n1,"+x+"\n")
		return ""
	})
	e.run(all)
	v := e.verify(dewar.VerifyOptions{Tolerance: 1e-6}).is("m within tolerance 1")
	if x := v.of("m"); len(x.Outputs) != 2 || !x.Outputs[0].Tolerated || x.Outputs[0].Apart == 0 {
		t.Errorf("%+v", x)
	}
	e.verify(dewar.VerifyOptions{Tolerance: 1e-12, Vary: []string{}}).is("m differs 5").causes("m", "", "noise")
	e.shop.on("m", func(w *workbench) string {
		w.write("m.json", `{"f1": 0.5, "name": "b"}`)
		w.write("m.csv", "epoch,loss\n1,0.5\n")
		return ""
	})
	e.verify(dewar.VerifyOptions{Tolerance: 1, Vary: []string{}}).is("m differs 1")
	for _, o := range []dewar.VerifyOptions{{Tolerance: -1}, {Vary: []string{"moon"}}, {Runs: -1}} {
		p := e.open()
		if _, err := p.Verify(context.Background(), e.evaluate(p, dewar.EvalOptions{}), o); !strings.Contains(errText(err), "E-usage") {
			t.Errorf("%+v: %v", o, err)
		}
		e.close(p)
	}
}

// TestVerifyParams: a command that reads what its stage does not declare, and takes a default, is found. What is
// declared keeps its value, also where -p or override have set it.
func TestVerifyParams(t *testing.T) {
	e := inMemory(t, `
-- params.yaml --
train:
  C: 1.0
  max_iter: 50
-- src/train.py --
import yaml
n = params.get("max_iter", 1000)
-- pipeline.hcl --
param "train" {
  type = object({ C = number, max_iter = int })
  file = "params.yaml"
}

stage "train" {
  for_each = grid({ C = [1, 2] })
  inputs   = { s = "src/train.py" }
  params   = [override(param.train.C, each.C)]
  outputs  = { o = "out-${each.key}.txt" }
  command  = ["train", outputs.o]
}
`)
	e.shop.on("train", func(w *workbench) string {
		names, texts := w.files()
		n, c := "1000", ""
		for i, name := range names {
			for _, line := range strings.Split(texts[i], "\n") {
				if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "max_iter: "); ok && name == "params.yaml" {
					n = rest
				}
				if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "C: "); ok {
					c = rest
				}
			}
		}
		return text("C " + c + " n " + n + "\n")(w)
	})
	e.run(all)
	e.want(map[string]string{"out-C=2.txt": "C 2.0 n 1000\n"})
	v := e.verify(dewar.VerifyOptions{}).causes("train@C=1", "params", "params").causes("train@C=2", "params", "params")
	x := v.of("train@C=2")
	if got := strings.Join(x.Outputs[0].Report.Differences[0].Excerpt, "\n"); !strings.Contains(got, " n 50") || !strings.Contains(got, "+ C 2") {
		t.Error(got)
	}
	if reason := x.Outputs[0].Causes[0].Reason; !strings.Contains(reason, "train.max_iter (src/train.py:2)") {
		t.Error(reason)
	}
}

// TestVerifyOrder: directories are shown in another order, where one can be chosen.
func TestVerifyOrder(t *testing.T) {
	shm, err := os.MkdirTemp("/dev/shm", "dewar-test")
	if err != nil {
		shm = ""
	}
	defer os.RemoveAll(shm)
	e := newEngine(t, fs.OS(), filepath.ToSlash(t.TempDir()), `
-- data/a --
1
-- data/b --
2
-- data/c/x --
3
-- data/c/y --
4
-- pipeline.hcl --
stage "list" {
  inputs  = { d = "data/" }
  outputs = { o = "list.txt" }
  command = ["list", inputs.d, outputs.o]
}
`)
	listing := func(dir string) ([]string, error) {
		f, err := os.Open(dir)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return f.Readdirnames(-1)
	}
	var seen []string
	e.shop.on("list", func(w *workbench) string {
		host := w.Action.Inputs[0].Host
		if host == "" {
			name, release, err := w.blobs.Tree(w.Action.Inputs[0].Content.Digest)
			if err != nil {
				w.fail(err)
			}
			defer release()
			host = name
		} else {
			seen = append(seen, host)
		}
		names, err := listing(host)
		if err != nil {
			w.fail(err)
		}
		_, texts := w.files() // the copy holds the same
		return text(strings.Join(names, "\n") + "\n" + digest.Of([]byte(strings.Join(texts, ""))).Short() + "\n")(w)
	})
	e.run(all)
	if v := e.verify(dewar.VerifyOptions{}); v.of("list").Verdict != dewar.Reproducible || len(v.of("list").Unvaried) != 1 {
		t.Errorf("%+v", v.of("list"))
	}
	if shm == "" {
		machinetest.Lacks(t, "there is no /dev/shm here")
	}
	left := filepath.Join(shm, "dewar-verify-left")
	e.must(os.Mkdir(left, 0o755), os.WriteFile(left+".lock", nil, 0o644))
	e.verify(dewar.VerifyOptions{Listing: listing, Memory: shm}).is("list differs 4").causes("list", "order", "listing")
	if entries, err := os.ReadDir(shm); err != nil || len(entries) > 0 || len(seen) == 0 {
		t.Errorf("%v is left, %v; shown %q", entries, err, seen)
	}
}

// TestVerifySame: equal actions are executed once.
func TestVerifySame(t *testing.T) {
	e := inMemory(t, `
-- pipeline.hcl --
stage "s" {
  for_each = grid({ n = [1, 2] })
  outputs  = { o = { path = "o-${each.key}.txt", at = "o.txt" } }
  command  = ["s"]
}
`)
	e.run(all)
	e.shop.counted()
	v := e.verify(dewar.VerifyOptions{Parallel: 1})
	e.executions("s")
	if x := v.of("s@n=2"); x.Verdict != dewar.Reproducible || x.Same != "s@n=1" || x.Executions != 0 {
		t.Errorf("%+v", x)
	}
}

// TestVerifyInterrupted: what is known by then is told.
func TestVerifyInterrupted(t *testing.T) {
	e := inMemory(t, pairOfStages)
	e.run(all)
	ctx, cancel := context.WithCancel(context.Background())
	e.shop.on("bad", func(w *workbench) string { cancel(); return everything(w) })
	v := e.verifyContext(ctx, dewar.VerifyOptions{Parallel: 1})
	if !errors.Is(v.err, context.Canceled) || !v.Interrupted || v.of("bad").Why != "interrupted" {
		t.Errorf("%v, %+v", v.err, v.VerifyReport)
	}
	e.run(all).is("all unchanged")
}

// TestVerifyWaits: an execution within the second in which the result was made would prove less.
func TestVerifyWaits(t *testing.T) {
	e := inMemory(t, pairOfStages)
	started := e.now.Add(2 * time.Minute) // when it is verified
	var again int64
	e.shop.on("good", func(w *workbench) string {
		if w.out.Started = started; w.Vary.Host != "" {
			again = e.time().Unix()
		}
		return everything(w)
	})
	e.run(dewar.RunOptions{Select: []string{"good"}})
	e.web.files, e.tick = map[string]string{}, 15*time.Millisecond // the ticker ticks at once
	e.verify(dewar.VerifyOptions{Select: []string{"good"}}).is("good reproducible 1")
	if again != started.Unix()+1 {
		t.Errorf("it was executed at %d, and made at %d", again, started.Unix())
	}
}

// TestVerify_sameAction: of what is one action with another, the result is known as well as of the other; before it
// has run there is none.
func TestVerify_sameAction(t *testing.T) {
	e := inMemory(t, `
-- in.txt --
a
-- pipeline.hcl --
stage "one" {
  inputs  = { i = "in.txt" }
  outputs = { o = { path = "one.txt", at = "o.txt" } }
  command = ["same", inputs.i, outputs.o]
}

stage "two" {
  inputs  = { i = "in.txt" }
  outputs = { o = { path = "two.txt", at = "o.txt" } }
  command = ["same", inputs.i, outputs.o]
}

stage "after" {
  inputs  = { i = stage.two.outputs.o, j = stage.one.outputs.o }
  outputs = { o = "after.txt" }
  command = ["after", inputs.i, inputs.j, outputs.o]
}
`)
	e.verify(dewar.VerifyOptions{}).is("one not verified 0, two not verified 0, after not verified 0")
	e.run(dewar.RunOptions{Select: []string{"one"}}).is("one executed")
	e.verify(dewar.VerifyOptions{}).is("one reproducible 1, two reproducible 0, after not verified 0")
	e.run(all).is("one unchanged, two restored, after executed")
	e.verify(dewar.VerifyOptions{}).is("one reproducible 1, two reproducible 0, after reproducible 1")
}

package dewar_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/google/go-cmp/cmp"
)

// tuned is a chain whose last two stages depend on params, and metrics.
const tuned = `
-- params.yaml --
train:
  C: 1.0   # how strong
  name: lbfgs
-- raw.txt --
1
-- pipeline.hcl --
param "train" {
  type = object({ C = number, name = string })
  file = "params.yaml"
}
param "seed" {
  type    = int
  default = 7
}
stage "clean" {
  inputs  = { raw = "raw.txt" }
  outputs = { o = "build/clean.txt" }
  command = ["clean", inputs.raw, outputs.o]
}
stage "train" {
  inputs  = { i = stage.clean.outputs.o }
  outputs = { o = "build/model.txt" }
  command = ["train", param.train.C, param.train.name, param.seed, inputs.i, outputs.o]
}
stage "score" {
  inputs  = { i = stage.train.outputs.o }
  metrics = { scores = "scores.json" }
  command = ["score", param.train.C, inputs.i, metrics.scores]
}
`

// scores makes a metric out of C.
func scores(w *workbench) string {
	w.write("scores.json", `{"acc": `+w.Action.Args[1]+`, "model": {"name": "x"}}`+"\n")
	return ""
}

func newTuned(t *testing.T) *engine {
	e := inMemory(t, tuned)
	e.shop.on("score", scores)
	return e
}

// swept is what a sweep did.
type swept struct {
	e *engine
	*dewar.SweepReport
	sweep *dewar.Sweep
	err   error
}

func setting(words ...string) []param.Setting {
	var out []param.Setting
	for _, w := range words {
		name, text, _ := strings.Cut(w, "=")
		out = append(out, param.Setting{Name: name, Text: text})
	}
	return out
}

func (e *engine) planSweep(p *dewar.Project, o dewar.SweepOptions) *dewar.Sweep {
	e.Helper()
	if o.Dir == "" {
		o.Dir = "."
	}
	sw, diags := p.PlanSweep(o)
	if diags.HasErrors() {
		e.Fatalf("plan: %v", diags)
	}
	return sw
}

func (e *engine) sweep(o dewar.SweepOptions, ro dewar.RunOptions) *swept {
	e.Helper()
	return e.sweepContext(context.Background(), o, ro)
}

func (e *engine) sweepContext(ctx context.Context, o dewar.SweepOptions, ro dewar.RunOptions) *swept {
	e.Helper()
	e.now = e.now.Add(time.Minute)
	p := e.open()
	defer e.close(p)
	s := &swept{e: e, sweep: e.planSweep(p, o)}
	s.SweepReport, s.err = p.RunSweep(ctx, s.sweep, dewar.SweepRunOptions{RunOptions: ro})
	return s
}

// counts checks what became of how many instances.
func (s *swept) counts(executed, restored, unchanged, failed, skipped int) *swept {
	s.e.Helper()
	if s.err != nil {
		s.e.Fatalf("sweep: %v", s.err)
	}
	got := [...]int{s.Executed, s.Restored, s.Unchanged, s.Failed, s.Skipped}
	if want := [...]int{executed, restored, unchanged, failed, skipped}; got != want {
		s.e.Errorf("executed, restored, unchanged, failed, skipped are %v, want %v: %v", got, want, s.Failures)
	}
	return s
}

func (e *engine) rows() []exp.Row {
	e.Helper()
	p := e.open()
	defer e.close(p)
	rows, err := p.Experiments()
	e.must(err)
	return rows
}

// An experiment leaves the workspace alone, and what a point does not change is
// not executed for it.
func TestSweepLeavesTheWorkspaceAlone(t *testing.T) {
	e := newTuned(t)
	e.run(all)
	e.shop.counted()
	was := e.workspace()
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=0.1,1,10")}, all).counts(4, 0, 3, 0, 0)
	if got := e.shop.counted(); got != "score x2, train x2" {
		t.Errorf("executed %s", got)
	}
	e.same(was, e.workspace())
	rows := e.rows()
	if len(rows) != 3 || len(s.Experiments) != 3 {
		t.Fatalf("%d experiments", len(rows))
	}
	for i, want := range []string{"0.1", "1", "10"} {
		r := find(rows, s.Experiments[i].Name)
		if r == nil || value(r.Params, "train.C") != want || value(r.Metrics, "scores.json:acc") != want || r.State != exp.Done {
			t.Errorf("experiment %d: %+v", i, r)
		}
	}
	e.run(all).is("all unchanged")
}

func find(rows []exp.Row, name string) *exp.Row {
	for i := range rows {
		if rows[i].Name == name {
			return &rows[i]
		}
	}
	return nil
}

func value(fields []exp.Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Value.Text
		}
	}
	return "(none)"
}

// The same sweep again has nothing to do and nothing to record; a wider one does
// what is new.
func TestSweepAgain(t *testing.T) {
	e := newTuned(t)
	first := e.sweep(dewar.SweepOptions{Set: setting("train.C=0.1,1")}, all).counts(5, 0, 0, 0, 0)
	again := e.sweep(dewar.SweepOptions{Set: setting("train.C=0.1,1")}, all).counts(0, 5, 0, 0, 0)
	for i, x := range again.Experiments {
		if !x.Known || x.Name != first.Experiments[i].Name {
			t.Errorf("%+v", x)
		}
	}
	e.sweep(dewar.SweepOptions{Set: setting("train.C=0.1,1,2")}, all).counts(2, 5, 0, 0, 0)
	if n := len(e.rows()); n != 3 {
		t.Errorf("%d experiments, want 3", n)
	}
}

func TestSweepAxes(t *testing.T) {
	e := newTuned(t)
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2", `train.name=["a","b"]`)}, all)
	var got []string
	for _, x := range s.Experiments {
		got = append(got, value(x.Row.Params, "train.C")+value(x.Row.Params, "train.name"))
	}
	if diff := cmp.Diff([]string{"1a", "1b", "2a", "2b"}, got); diff != "" {
		t.Error(diff)
	}
	z := e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2", `train.name=["a","b"]`), Zip: true}, all)
	if len(z.Experiments) != 2 || !z.Experiments[0].Known || !z.Experiments[1].Known {
		t.Errorf("%+v", z.Experiments)
	}
}

// One failure leaves the other experiments alone, and is recorded with its
// reason; --fail-fast stops.
func TestSweepFailures(t *testing.T) {
	e := newTuned(t)
	e.shop.on("train", func(w *workbench) string {
		if w.Action.Args[1] == "2" {
			return "it diverged"
		}
		return everything(w)
	})
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2,3")}, dewar.RunOptions{KeepGoing: true, Parallel: 1}).counts(5, 0, 0, 1, 1)
	if len(s.Failures) != 1 {
		t.Errorf("failures %v", s.Failures)
	}
	states := []exp.State{}
	for _, x := range s.Experiments {
		states = append(states, x.Row.State)
	}
	if diff := cmp.Diff([]exp.State{exp.Done, exp.Failed, exp.Done}, states); diff != "" {
		t.Error(diff)
	}
	p := e.open()
	defer e.close(p)
	r, err := p.Record(&s.Experiments[1].Row)
	e.must(err)
	if len(r.Failures) != 1 || r.Failures[0].Code != "E-action-failed" || r.Failures[0].Instance != "train" {
		t.Errorf("%+v", r.Failures)
	}
}

func TestSweepFailFast(t *testing.T) {
	e := newTuned(t)
	e.shop.on("train", func(*workbench) string { return "no" })
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2,3")}, dewar.RunOptions{Parallel: 1})
	if s.Failed != 1 || len(e.rows()) != 1 {
		t.Errorf("failed %d, recorded %d", s.Failed, len(e.rows()))
	}
}

// An interrupted sweep keeps what it finished, and goes on from there.
func TestSweepInterrupted(t *testing.T) {
	e := newTuned(t)
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	e.shop.on("score", func(w *workbench) string {
		if n++; n == 2 {
			cancel()
		}
		return scores(w)
	})
	s := e.sweepContext(ctx, dewar.SweepOptions{Set: setting("train.C=1,2,3,4")}, dewar.RunOptions{Parallel: 1})
	if s.err == nil || !s.Interrupted {
		t.Fatalf("%+v %v", s.SweepReport, s.err)
	}
	before := len(e.rows())
	if before == 0 || before > 2 {
		t.Errorf("%d experiments were recorded", before)
	}
	e.shop.on("score", scores)
	e.shop.counted()
	e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2,3,4")}, all)
	if n := len(e.rows()); n != 4 {
		t.Errorf("%d experiments, want 4", n)
	}
	if got := e.shop.counted(); strings.Contains(got, "clean") {
		t.Errorf("executed again: %s", got)
	}
}

// TestSweepInterrupted_unrecorded: an interruption does not hide that an experiment could not be recorded.
func TestSweepInterrupted_unrecorded(t *testing.T) {
	e := newTuned(t)
	e.fs = fs.Faulty(e.disk, func(op, path string) error {
		if op == "rename" && strings.Contains(path, "/exp/records/") {
			return errors.New("the disk is stubborn")
		}
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	e.shop.on("score", func(w *workbench) string {
		if n++; n == 2 {
			cancel()
		}
		return scores(w)
	})
	s := e.sweepContext(ctx, dewar.SweepOptions{Set: setting("train.C=1,2,3,4")}, dewar.RunOptions{Parallel: 1})
	if !errors.Is(s.err, context.Canceled) || !strings.Contains(allText(s.Failures), "the disk is stubborn") {
		t.Errorf("it ended with %v, and said %s", s.err, allText(s.Failures))
	}
}

func TestSweepNames(t *testing.T) {
	e := newTuned(t)
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2"), Name: "try"}, all)
	if s.Experiments[0].Name != "try-1" || s.Experiments[1].Name != "try-2" {
		t.Errorf("%+v", s.Experiments)
	}
	p := e.open()
	defer e.close(p)
	for name, code := range map[string]string{"try": "E-experiment-taken", "a b": "E-experiment-name"} {
		if _, diags := p.PlanSweep(dewar.SweepOptions{Dir: ".", Set: setting("train.C=1,2"), Name: name}); codesOf(diags) != code {
			t.Errorf("%s: %s, want %s", name, codesOf(diags), code)
		}
	}
	e.must(p.RenameExperiment("try-1", "first"))
	if err := p.RenameExperiment("try-2", "first"); codeOf(err) != "E-experiment-taken" {
		t.Errorf("a name that is taken: %v", err)
	}
	if err := p.RenameExperiment("tyr-2", "x"); codeOf(err) != "E-experiment-missing" || !strings.Contains(detailOf(err), "Did you mean try-2?") {
		t.Errorf("a name that is not there: %v", detailOf(err))
	}
	e.must(p.NoteExperiment("first", "a note"), p.RemoveExperiments([]string{"try-2"}))
	if err := p.RemoveExperiments([]string{"first", "gone"}); codeOf(err) != "E-experiment-missing" {
		t.Error(err)
	}
	rows, err := p.Experiments()
	e.must(err)
	if len(rows) != 1 || rows[0].Name != "first" || rows[0].Note != "a note" {
		t.Errorf("%+v", rows)
	}
}

func codesOf(l diag.List) string {
	var out []string
	for _, d := range l {
		out = append(out, d.Code)
	}
	return strings.Join(out, ", ")
}

func codeOf(err error) string {
	f, ok := err.(*diag.Failure)
	if !ok {
		return ""
	}
	return f.List[0].Code
}

func detailOf(err error) string {
	f, ok := err.(*diag.Failure)
	if !ok {
		return ""
	}
	return f.List[0].Detail
}

// A mistake at some points is one message that names them, before anything runs.
func TestSweepBadPoints(t *testing.T) {
	e := newTuned(t)
	e.edit("pipeline.hcl", `  file = "params.yaml"`, `  file = "params.yaml"
  validation {
    condition = param.train.C < 5
    error     = "C is too large"
  }`)
	p := e.open()
	defer e.close(p)
	_, diags := p.PlanSweep(dewar.SweepOptions{Dir: ".", Set: setting("train.C=1,6,7")})
	if len(diags) != 1 || diags[0].Code != "E-param-invalid" || len(diags[0].Instances) != 2 || diags[0].Total != 3 {
		t.Errorf("%+v", diags)
	}
}

// An action that works in the workspace cannot be part of an experiment.
func TestSweepIsolationOff(t *testing.T) {
	e := newTuned(t)
	e.edit("pipeline.hcl", `stage "train" {`, `stage "train" {
  isolation = "off"`)
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=1")}, dewar.RunOptions{KeepGoing: true})
	if len(s.Failures) != 1 || s.Failures[0].Code != "E-experiment-isolation" {
		t.Errorf("%+v", s.Failures)
	}
}

// A frozen stage takes part with what the lock has, and a sweep over it warns.
func TestSweepFrozen(t *testing.T) {
	e := newTuned(t)
	e.run(all)
	e.edit("pipeline.hcl", `stage "train" {`, `stage "train" {
  frozen = true`)
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2")}, all)
	if codesOf(s.Warnings) != "W-experiment-frozen" || s.Failed > 0 {
		t.Errorf("%+v", s.SweepReport)
	}
}

// A dry run records nothing.
func TestSweepDryRun(t *testing.T) {
	e := newTuned(t)
	e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2")}, dewar.RunOptions{DryRun: true}).counts(5, 0, 0, 0, 0)
	if len(e.rows()) != 0 || e.shop.counted() != "" {
		t.Error("a dry run did something")
	}
}

// Malformed metrics are said of the one experiment; the others are whole.
func TestSweepMalformedMetrics(t *testing.T) {
	e := newTuned(t)
	e.shop.on("score", func(w *workbench) string {
		if w.Action.Args[1] == "2" {
			w.write("scores.json", "{ not json\n")
			return ""
		}
		return scores(w)
	})
	e.sweep(dewar.SweepOptions{Set: setting("train.C=1,2")}, all)
	rows := e.rows()
	bad := 0
	for _, r := range rows {
		if r.Problem != "" {
			bad++
			if !strings.HasPrefix(r.Problem, "scores.json: ") || r.State != exp.Done {
				t.Errorf("%+v", r)
			}
		}
	}
	if len(rows) != 2 || bad != 1 {
		t.Errorf("%+v", rows)
	}
}

// Two sweeps at once record everything, under names of their own.
func TestSweepsAtOnce(t *testing.T) {
	e := inMemory(t, tuned)
	e.shop.on("score", scores)
	done := make(chan error, 2)
	for _, c := range []string{"train.C=1,2,3", "train.C=3,4,5"} {
		p := e.open()
		sw := e.planSweep(p, dewar.SweepOptions{Set: setting(c)})
		go func() {
			_, err := p.RunSweep(context.Background(), sw, dewar.SweepRunOptions{})
			done <- err
		}()
	}
	e.must(<-done, <-done)
	seen := map[string]bool{}
	for _, r := range e.rows() {
		if seen[r.Name] {
			t.Errorf("two are called %s", r.Name)
		}
		seen[r.Name] = true
	}
	if len(seen) < 5 {
		t.Errorf("%d experiments, want at least 5", len(seen))
	}
}

// Applying an experiment makes the workspace what `run` would have made it, and
// changes values alone in a params file.
func TestApply(t *testing.T) {
	e := newTuned(t)
	e.run(all)
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=0.25", "seed=9")}, all)
	p := e.open()
	rep, err := p.ApplyExperiment(context.Background(), s.Experiments[0].Name, false)
	e.must(err)
	e.close(p)
	if got, want := e.read("params.yaml"), "train:\n  C: 0.25   # how strong\n  name: lbfgs\n"; got != want {
		t.Errorf("params.yaml is\n%s", got)
	}
	if len(rep.Params) != 2 || len(rep.Kept)+len(rep.Missing)+len(rep.Files) > 0 {
		t.Errorf("%+v", rep)
	}
	if !strings.Contains(e.read("scores.json"), `"acc": 0.25`) {
		t.Errorf("scores.json is %s", e.read("scores.json"))
	}
	e.shop.counted()
	r := e.runWith(dewar.EvalOptions{Set: setting("seed=9")}, all)
	r.is("all unchanged")
	if e.shop.counted() != "" {
		t.Error("something was executed after applying")
	}
	if !strings.Contains(e.read("pipeline.lock"), `"override":"seed","text":"9"`) {
		t.Errorf("a param without a file is not in the lock:\n%s", e.read("pipeline.lock"))
	}
}

// What can be done about data that the pipeline reads and that is missing is said of a sweep as well.
func TestSweep_unreadData(t *testing.T) {
	e := newTuned(t)
	e.put("pipeline.hcl", e.read("pipeline.hcl")+"data \"labels\" {\n  path = \"labels.txt\"\n}\nstage \"read\" {\n  command = [\"echo\", file(data.labels)]\n}\n")
	e.put("labels.txt", "cat")
	p := e.open()
	defer e.close(p)
	_, err := p.DataUpdate(context.Background(), e.evaluate(p, dewar.EvalOptions{Dir: "."}), nil)
	e.must(err)
	e.remove("labels.txt")
	_, diags := p.PlanSweep(dewar.SweepOptions{Dir: ".", Set: setting("train.C=2,3")})
	if n := strings.Count(allText(diags), "the cache has it: `dewar checkout` brings it back"); n != 1 {
		t.Errorf("it is said %d times what to do:\n%s", n, allText(diags))
	}
}

// A params file stays what it is, a link or not for everybody to read; what is in the cache is not written to.
func TestApply_paramsFile(t *testing.T) {
	for name, become := range map[string]func(e *engine, file, blob string) error{
		"a mode": func(e *engine, file, _ string) error { return e.fs.Chmod(file, 0o600) },
		"a link": func(e *engine, file, _ string) error {
			return errors.Join(e.fs.MkdirAll(e.path("conf"), 0o777), e.fs.Rename(file, e.path("conf/p.yaml")), e.fs.Symlink("conf/p.yaml", file))
		},
		"a link to a blob": func(e *engine, file, blob string) error {
			return errors.Join(e.fs.Remove(file), e.fs.Link(blob, file))
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			e := newEngine(t, fs.OS(), filepath.ToSlash(t.TempDir()), tuned)
			e.shop.on("score", scores)
			e.run(all)
			s := e.sweep(dewar.SweepOptions{Set: setting("train.C=0.25")}, all)
			file := e.path("params.yaml")
			p := e.open()
			defer e.close(p)
			blobs, err := store.Open(e.fs, e.path(".dewar/cache"), store.Options{})
			e.must(err)
			defer blobs.Close()
			was := e.read("params.yaml")
			d := digest.Of([]byte(was))
			e.must(blobs.PutBlob(d, []byte(was)))
			blob, err := blobs.BlobPath(d, false)
			e.must(err)
			e.must(become(e, file, blob))
			before, err := e.fs.Lstat(file)
			e.must(err)
			_, err = p.ApplyExperiment(context.Background(), s.Experiments[0].Name, false)
			e.must(err)
			after, err := e.fs.Lstat(file)
			e.must(err)
			if got := e.read("params.yaml"); !strings.Contains(got, "C: 0.25") {
				t.Errorf("params.yaml is\n%s", got)
			}
			if blob := name == "a link to a blob"; !blob && before.Mode != after.Mode || blob && after.Mode.Perm()&0o200 == 0 {
				t.Errorf("it was %v, and is %v", before.Mode, after.Mode)
			}
			if b, err := fs.ReadFile(e.fs, blob); string(b) != was {
				t.Errorf("the blob is %q, %v", b, err)
			}
		})
	}
}

// What is neither committed nor recorded is not overwritten.
func TestApplyRefuses(t *testing.T) {
	e := newTuned(t)
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=0.25")}, all)
	e.edit("raw.txt", "1", "2")
	e.edit("params.yaml", "C: 1.0", "C: 77.0")
	was := e.workspace()
	p := e.open()
	defer e.close(p)
	_, err := p.ApplyExperiment(context.Background(), s.Experiments[0].Name, false)
	if codeOf(err) != "E-experiment-overwrite" || !strings.Contains(detailOf(err), "raw.txt") || !strings.Contains(detailOf(err), "train.C = 77") {
		t.Fatalf("%v: %s", err, detailOf(err))
	}
	e.same(was, e.workspace())
	rep, err := p.ApplyExperiment(context.Background(), s.Experiments[0].Name, true)
	e.must(err)
	kept := map[string]bool{}
	for _, k := range rep.Kept {
		kept[k.Path] = true
		b, err := fs.ReadFile(e.disk, k.Where)
		e.must(err)
		if k.Path == "raw.txt" && string(b) != "2\n" {
			t.Errorf("kept %q", b)
		}
	}
	if !kept["raw.txt"] || !kept["params.yaml"] || e.read("raw.txt") != "1\n" {
		t.Errorf("kept %v", rep.Kept)
	}
	// What an experiment has is known: the way back asks no questions.
	if _, err := p.ApplyExperiment(context.Background(), s.Experiments[0].Name, false); err != nil {
		t.Error(err)
	}
}

// A workspace that is saved can be applied again later.
func TestSave(t *testing.T) {
	e := newTuned(t)
	e.run(all)
	p := e.open()
	f, stale, err := p.SaveExperiment(context.Background(), ".", "mine", "a note")
	e.must(err)
	if f.Name != "mine" || len(stale) > 0 || value(f.Row.Metrics, "scores.json:acc") != "1" {
		t.Errorf("%+v %v", f, stale)
	}
	e.close(p)
	e.edit("params.yaml", "C: 1.0", "C: 3.0")
	p = e.open()
	defer e.close(p)
	f, stale, err = p.SaveExperiment(context.Background(), ".", "", "")
	e.must(err)
	if diff := cmp.Diff([]string{"train", "score"}, stale); diff != "" {
		t.Error(diff)
	}
	if _, err := p.ApplyExperiment(context.Background(), "mine", false); err != nil {
		t.Error(err, detailOf(err))
	}
	if !strings.Contains(e.read("params.yaml"), "C: 1") {
		t.Error(e.read("params.yaml"))
	}
}

// The record is the JSON that spec/formats.md describes, with nothing of this machine in it.
func TestRecord(t *testing.T) {
	e := newTuned(t)
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=0.25")}, all)
	entries, err := e.disk.ReadDir(e.path(".dewar/exp/records"))
	e.must(err)
	if len(entries) != 1 {
		t.Fatal(entries)
	}
	text := e.read(".dewar/exp/records/" + entries[0].Name)
	var r exp.Record
	e.must(json.Unmarshal([]byte(text), &r))
	if r.ID+".json" != entries[0].Name || r.Name != s.Experiments[0].Name || len(r.Lock) != 4 || len(r.Instances) != 3 || r.Git != nil {
		t.Errorf("%s", text)
	}
	var sources []string
	for _, f := range r.Sources {
		sources = append(sources, f.Path)
	}
	if diff := cmp.Diff([]string{"params.yaml", "pipeline.hcl", "raw.txt"}, sources); diff != "" {
		t.Error(diff)
	}
}

// Objectives are looked for before anything runs, if the workspace has metrics.
func TestObjective(t *testing.T) {
	e := newTuned(t)
	e.put("tune.pipeline.hcl", `experiment "tune" {
  params   = { train = { C = [1, 2] } }
  maximize = "acd"
}
`)
	p := e.open()
	sw := e.planSweep(p, dewar.SweepOptions{Block: "tune"})
	if err := p.CheckObjective(sw); err != nil {
		t.Error("nothing is known yet:", err)
	}
	e.close(p)
	e.run(all)
	p = e.open()
	defer e.close(p)
	err := p.CheckObjective(e.planSweep(p, dewar.SweepOptions{Block: "tune"}))
	if codeOf(err) != "E-objective-unknown" || !strings.Contains(detailOf(err), "Did you mean acc?") {
		t.Errorf("%v: %s", err, detailOf(err))
	}
}

package dewar_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// Properties of random pipelines under random edits: a plan predicts the run,
// a second run finds nothing to do, and the bytes in the end are those that a
// fresh project makes, whatever was deleted or edited before, and in whatever order
// and however many at once things ran.

// model is a pipeline and its sources.
type model struct {
	sources map[string]string
	stages  []modelStage
}

type modelStage struct {
	name    string
	act     string
	tag     string   // a word of the command
	grid    []string // the values of its axis; none: no for_each
	inputs  []string // sources
	uses    []int    // earlier stages
	dir     bool     // its output is a directory
	uncache bool     // cache = false
	native  bool     // concat, in place of a command
}

func drawModel(t *rapid.T) *model {
	m := &model{sources: map[string]string{}}
	for i := range 3 {
		m.sources[fmt.Sprintf("f%d.txt", i)] = drawText(t)
		m.sources[fmt.Sprintf("dir/sub%d/f.txt", i)] = drawText(t)
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "stages") {
		m.stages = append(m.stages, drawStage(t, i))
	}
	return m
}

func drawText(t *rapid.T) string {
	return rapid.SampledFrom([]string{"1\n", "2\n", "11\n", "# c\n1\n", "# d\n1\n", ""}).Draw(t, "text")
}

func drawStage(t *rapid.T, i int) modelStage {
	s := modelStage{
		name: fmt.Sprintf("s%d", i), act: rapid.SampledFrom([]string{"sum", "first", "lines", "all", "picky"}).Draw(t, "act"),
		tag: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "tag"), dir: rapid.Bool().Draw(t, "dir"),
		uncache: rapid.IntRange(0, 4).Draw(t, "uncache") == 0,
		inputs:  rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"f0.txt", "f1.txt", "f2.txt", "dir", "dir/sub0/f.txt"}), 0, 2, rapid.ID[string]).Draw(t, "inputs"),
	}
	if i > 0 {
		s.uses = rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, 2, rapid.ID[int]).Draw(t, "uses")
	}
	if rapid.IntRange(0, 2).Draw(t, "grid") == 0 {
		s.grid = []string{"1", "2"}
	}
	s.native = !s.dir && len(s.uses) == 0 && rapid.IntRange(0, 3).Draw(t, "native") == 0
	if s.native {
		s.inputs = []string{"f0.txt", "dir/sub1/f.txt"}
	}
	return s
}

func (m *model) files() map[string]string {
	files := maps.Clone(m.sources)
	var b strings.Builder
	for i := range m.stages {
		m.write(&b, i)
	}
	files["pipeline.hcl"] = b.String()
	return files
}

func (m *model) write(b *strings.Builder, i int) {
	s := m.stages[i]
	fmt.Fprintf(b, "stage %q {\n", s.name)
	at := "out/" + s.name
	if s.grid != nil {
		fmt.Fprintf(b, "  for_each = grid({ x = [%s] })\n", strings.Join(s.grid, ", "))
		at += "/${each.key}"
	}
	b.WriteString("  inputs = {\n")
	for n, in := range s.inputs {
		fmt.Fprintf(b, "    i%d = %q\n", n, in)
	}
	for n, u := range s.uses {
		star := ""
		if m.stages[u].grid != nil {
			star = "[*]"
		}
		fmt.Fprintf(b, "    u%d = stage.%s%s.outputs.o\n", n, m.stages[u].name, star)
	}
	b.WriteString("  }\n")
	if s.dir {
		at += "/d/"
	} else {
		at += "/o.txt"
	}
	fmt.Fprintf(b, "  outputs = { o = { path = %q, cache = %t } }\n", at, !s.uncache)
	if s.native {
		b.WriteString("  native = \"concat\"\n}\n")
		return
	}
	each := ""
	if s.grid != nil {
		each = "@${each.key}"
	}
	fmt.Fprintf(b, "  command = [\"%s@%s%s\", %q, outputs.o]\n}\n", s.act, s.name, each, s.tag)
}

// edit changes something at random, in the model or in what dewar keeps, and
// returns what a person wrote into outputs.
func (m *model) edit(t *rapid.T, e *engine) (mine map[string]string) {
	mine = map[string]string{}
	switch what := rapid.SampledFrom([]string{"source", "tag", "stage", "grid", "lock", "cache", "results", "outputs", "output", "mine", "nothing", "kept"}).Draw(t, "edit"); what {
	case "source":
		m.sources[rapid.SampledFrom(slices.Sorted(maps.Keys(m.sources))).Draw(t, "which")] = drawText(t)
	case "tag":
		s := &m.stages[rapid.IntRange(0, len(m.stages)-1).Draw(t, "which")]
		s.tag = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "tag")
	case "stage":
		i := rapid.IntRange(0, len(m.stages)-1).Draw(t, "which")
		was := m.stages[i]
		m.stages[i] = drawStage(t, i)
		m.stages[i].name = was.name
	case "grid":
		s := &m.stages[rapid.IntRange(0, len(m.stages)-1).Draw(t, "which")]
		if s.grid != nil {
			s.grid = rapid.SampledFrom([][]string{{"1"}, {"1", "2"}, {"2", "3"}}).Draw(t, "grid")
		}
	case "lock":
		e.remove("pipeline.lock")
	case "cache":
		e.remove(".dewar/cache")
	case "results":
		e.remove(".dewar/cache/ac", ".dewar/cache/ac-local")
	case "kept":
		e.remove(".dewar/eval", ".dewar/index", ".dewar/index.log", ".dewar/runs")
	case "outputs":
		e.remove("out")
	case "output", "mine":
		outputs := e.outputs()
		if len(outputs) == 0 {
			break
		}
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(outputs))).Draw(t, "which")
		if what == "output" {
			e.remove(name)
			break
		}
		mine[name] = "written by hand"
		e.put(name, mine[name])
	}
	e.write(m.files())
	return mine
}

// outputs is everything below out.
func (e *engine) outputs() map[string]string {
	if !e.exists("out") {
		return map[string]string{}
	}
	return e.dump("out")
}

// picky is a command that fails if some input holds a 2.
func picky(w *workbench) string {
	_, texts := w.files()
	if strings.Contains(strings.Join(texts, ""), "2") {
		return "I do not like this"
	}
	return sum(w)
}

// part runs some of the pipeline, as a person might at any time. It may fail.
func (m *model) part(t *rapid.T, e *engine) []dewar.Kept {
	o := dewar.RunOptions{
		Select: []string{rapid.SampledFrom(m.stages).Draw(t, "selected").name}, KeepGoing: true,
		Only: rapid.Bool().Draw(t, "only"), Downstream: rapid.Bool().Draw(t, "downstream"), Force: rapid.Bool().Draw(t, "force"),
	}
	r := e.run(o)
	if r.err != nil {
		t.Fatalf("run of a part: %v", errText(r.err))
	}
	return r.Kept
}

// predicted checks the ends of a run against the plan that was made before it.
func predicted(plan *dewar.Plan, r *ran) error {
	fits := map[dewar.Verdict]string{
		dewar.WouldExecute: "executed failed", dewar.WouldRestore: "restored", dewar.IsUnchanged: "unchanged",
		dewar.MayExecute: "executed restored unchanged failed skipped",
	}
	if len(plan.Instances) != len(r.ends) {
		return fmt.Errorf("planned %d instances, ran %d", len(plan.Instances), len(r.ends))
	}
	for _, x := range plan.Instances {
		if !slices.Contains(strings.Fields(fits[x.Verdict]), r.ends[x.Ref]) {
			return fmt.Errorf("%s: planned %s (%v), ended %s", x.Ref, x.Verdict, x.Reasons, r.ends[x.Ref])
		}
	}
	return nil
}

// fresh returns what a new project makes of the model, one after the other.
func (m *model) fresh(t testing.TB) (outputs map[string]string, ends map[string]string) {
	e := newEngine(t, fs.Memory(), "/fresh", "")
	e.shop.on("picky", picky)
	e.write(m.files())
	r := e.run(dewar.RunOptions{Parallel: 1, KeepGoing: true})
	if r.err != nil {
		t.Fatalf("a fresh run: %v\n%s", errText(r.err), m.files()["pipeline.hcl"])
	}
	return e.outputs(), r.ends
}

func TestRandomPipelines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		e := newEngine(rapidTB{t, rt}, fs.Memory(), "/p", "")
		e.shop.on("picky", picky)
		e.write(m.files())
		for n := range rapid.IntRange(1, 5).Draw(rt, "edits") {
			m.round(rt, e, n > 0)
		}
	})
}

// round is an edit, perhaps a run of a part, and a run of everything.
func (m *model) round(t *rapid.T, e *engine, edit bool) {
	mine := map[string]string{}
	if edit {
		mine = m.edit(t, e)
	}
	var kept []dewar.Kept
	if rapid.IntRange(0, 2).Draw(t, "part") == 0 {
		kept = m.part(t, e)
	}
	before := e.dump(".")
	plan := e.plan(all)
	e.onlyLooked(before)
	r := e.run(dewar.RunOptions{Parallel: rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "parallel"), KeepGoing: true})
	if r.err != nil {
		t.Fatalf("run: %v", errText(r.err))
	}
	if err := predicted(plan, r); err != nil {
		t.Fatalf("%v\n%s", err, m.files()["pipeline.hcl"])
	}
	m.settled(t, e, r)
	for name, text := range mine {
		e.nothingLost(append(kept, r.Kept...), name, text)
	}
}

// settled checks the end of a run: another finds nothing to do, but what failed
// fails again, and what succeeds in a fresh project has the same bytes here.
func (m *model) settled(t *rapid.T, e *engine, r *ran) {
	again := e.run(dewar.RunOptions{KeepGoing: true}).ends
	outputs, ends := m.fresh(e.TB)
	for ref, end := range ends {
		want := "unchanged"
		if end == "failed" || end == "skipped" {
			want = end
		}
		if again[ref] != want {
			t.Fatalf("%s %s in a fresh project, %s here, and then %s\n%s", ref, end, r.ends[ref], again[ref], m.files()["pipeline.hcl"])
		}
	}
	here := e.outputs()
	for name, text := range outputs {
		if here[name] != text {
			t.Fatalf("%s is %q, and %q in a fresh project of\n%s", name, here[name], text, m.files()["pipeline.hcl"])
		}
	}
	if r.Failed == 0 && len(here) != len(outputs) {
		t.Fatalf("here are %v, and in a fresh project %v of\n%s", sortedNames(here), sortedNames(outputs), m.files()["pipeline.hcl"])
	}
}

// rapidTB lets helpers that want a testing.TB fail a case of rapid, not the
// whole test, so that the case is made smaller.
type rapidTB struct {
	testing.TB
	rt *rapid.T
}

func (r rapidTB) Error(args ...any)                 { r.rt.Error(args...) }
func (r rapidTB) Errorf(format string, args ...any) { r.rt.Errorf(format, args...) }
func (r rapidTB) Fatal(args ...any)                 { r.rt.Fatal(args...) }
func (r rapidTB) Fatalf(format string, args ...any) { r.rt.Fatalf(format, args...) }
func (r rapidTB) Logf(format string, args ...any)   { r.rt.Logf(format, args...) }

// nothingLost checks that a person's bytes are where they were or were kept and named.
func (e *engine) nothingLost(kept []dewar.Kept, name, text string) {
	e.Helper()
	if e.exists(name) && e.read(name) == text {
		return
	}
	for _, k := range kept {
		if b, err := fs.ReadFile(e.fs, k.Where); k.Path == name && err == nil && string(b) == text {
			return
		}
	}
	e.Errorf("%s is lost; kept are %v", name, kept)
}

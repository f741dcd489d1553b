package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/image"
	"github.com/dewar-build/dewar/run"
)

// engine is the whole engine on one project: native actions and a workshop in
// place of processes, a clock that stands still during a run. Each call opens
// the project anew, as each command of a person does.
type engine struct {
	testing.TB
	fs     fs.FS // what the engine sees
	disk   fs.FS // what there is: fs without its faults
	root   string
	shop   *workshop
	clock  sync.Mutex
	now    time.Time
	tick   time.Duration // by which the clock moves when it is asked; usually it stands still
	env    map[string]string
	build  string
	web    web
	images *image.Network
}

// onEach runs a test in memory and on the operating system's files.
func onEach(t *testing.T, project string, test func(e *engine)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(newEngine(t, fs.Memory(), "/p", project)) })
	t.Run("os", func(t *testing.T) { test(newEngine(t, fs.OS(), filepath.ToSlash(t.TempDir()), project)) })
}

// inMemory is for tests to which the filesystem makes no difference.
func inMemory(t testing.TB, project string) *engine {
	return newEngine(t, fs.Memory(), "/p", project)
}

func newEngine(t testing.TB, fsys fs.FS, root, project string) *engine {
	t.Helper()
	e := &engine{
		TB: t, fs: fsys, disk: fsys, root: root, shop: newWorkshop(fsys), build: "1",
		now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), env: map[string]string{},
	}
	e.must(fsys.MkdirAll(e.path(dewar.Dir), 0o777))
	e.write(txtarFiles(project))
	return e
}

// txtarFiles returns the files of a txtar text.
func txtarFiles(text string) map[string]string {
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		files[f.Name] = string(f.Data)
	}
	return files
}

func (e *engine) must(errs ...error) {
	e.Helper()
	if err := errors.Join(errs...); err != nil {
		e.Fatal(err)
	}
}

func (e *engine) path(rel string) string { return filepath.Join(e.root, filepath.FromSlash(rel)) }

// write writes files by path; nil is no file.
func (e *engine) write(files map[string]string) {
	e.Helper()
	for name, text := range files {
		e.must(e.disk.MkdirAll(filepath.Dir(e.path(name)), 0o777), fs.WriteFile(e.disk, e.path(name), []byte(text)))
	}
}

func (e *engine) put(name, text string) {
	e.Helper()
	e.write(map[string]string{name: text})
}

// edit replaces a text in a file, which must be there.
func (e *engine) edit(name, old, text string) {
	e.Helper()
	was := e.read(name)
	if !strings.Contains(was, old) {
		e.Fatalf("%s does not hold %q:\n%s", name, old, was)
	}
	e.put(name, strings.ReplaceAll(was, old, text))
}

func (e *engine) read(name string) string {
	e.Helper()
	b, err := fs.ReadFile(e.disk, e.path(name))
	e.must(err)
	return string(b)
}

func (e *engine) remove(names ...string) {
	e.Helper()
	for _, name := range names {
		e.must(e.disk.RemoveAll(e.path(name)))
	}
}

func (e *engine) exists(name string) bool {
	_, err := e.disk.Lstat(e.path(name))
	return err == nil
}

// dump returns every file below the given directories by its project path;
// an empty directory is "dir/".
func (e *engine) dump(dirs ...string) map[string]string {
	e.Helper()
	out := map[string]string{}
	for _, dir := range dirs {
		e.dumpInto(out, dir)
	}
	return out
}

func (e *engine) dumpInto(out map[string]string, dir string) {
	e.Helper()
	entries, err := e.disk.ReadDir(e.path(dir))
	e.must(err)
	for _, x := range entries {
		name := path.Join(dir, x.Name)
		switch {
		case x.Type.IsDir():
			n := len(out)
			if e.dumpInto(out, name); len(out) == n {
				out[name+"/"] = ""
			}
		case x.Type.IsRegular():
			out[name] = e.read(name)
		default:
			out[name] = x.Type.String()
		}
	}
}

// workspace is everything but .dewar.
func (e *engine) workspace() map[string]string {
	e.Helper()
	out := e.dump(".")
	for name := range out {
		if strings.HasPrefix(name, dewar.Dir+"/") {
			delete(out, name)
		}
	}
	return out
}

func (e *engine) host() dewar.Host {
	return dewar.Host{
		FS: e.fs, Now: e.time, Build: e.build, OS: "linux", Arch: "amd64", CPUs: 4,
		LookupEnv: func(name string) (string, bool) { v, ok := e.env[name]; return v, ok },
		Command:   func(context.Context, []string) ([]byte, error) { return nil, errors.New("no commands here") },
		Executor:  e.shop.open,
		Download:  e.web.download(e.disk),
		Ticker:    e.web.clock(),
		Images:    e.images,
	}
}

func (e *engine) time() time.Time {
	e.clock.Lock()
	defer e.clock.Unlock()
	e.now = e.now.Add(e.tick)
	return e.now
}

func (e *engine) open() *dewar.Project {
	e.Helper()
	p, err := dewar.Open(e.host(), e.root)
	e.must(err)
	return p
}

func (e *engine) close(p *dewar.Project) {
	e.Helper()
	e.must(p.Close())
}

// evaluate evaluates the pipeline of the whole project, which must be right.
func (e *engine) evaluate(p *dewar.Project, o dewar.EvalOptions) *dewar.Evaluation {
	e.Helper()
	if o.Dir == "" {
		o.Dir = "."
	}
	ev, diags := p.Evaluate(o)
	if diags.HasErrors() {
		e.Fatalf("evaluate: %v", diags.Err())
	}
	return ev
}

// ran is what a run did.
type ran struct {
	e *engine
	*dewar.Report
	ev       *dewar.Evaluation
	err      error
	ends     map[string]string // by instance: "executed", …
	warnings diag.List         // of the run and of the project
}

// run opens the project, runs it and closes it. Failures are in the result.
func (e *engine) run(o dewar.RunOptions) *ran {
	e.Helper()
	return e.runWith(dewar.EvalOptions{}, o)
}

func (e *engine) runWith(eo dewar.EvalOptions, o dewar.RunOptions) *ran {
	e.Helper()
	return e.runContext(context.Background(), eo, o)
}

func (e *engine) runContext(ctx context.Context, eo dewar.EvalOptions, o dewar.RunOptions) *ran {
	e.Helper()
	e.now = e.now.Add(time.Minute)
	p := e.open()
	certified := e.certified(ctx, p, eo, o)
	r := &ran{e: e, ev: e.evaluate(p, eo), ends: map[string]string{}}
	r.Report, r.err = p.Run(ctx, r.ev, o)
	if r.Report != nil {
		for id, x := range r.Results {
			if x.Kind != 0 {
				r.ends[r.ev.Graph.Instances[id].Ref()] = endNames[x.Kind]
			}
		}
		r.warnings = append(append(r.warnings, r.Warnings...), p.Warnings()...)
	}
	if certified != nil {
		r.hasDoneNothing(certified)
	}
	e.close(p)
	return r
}

// certified asks whether there is nothing to do. Whenever that is so, a run must do nothing.
func (e *engine) certified(ctx context.Context, p *dewar.Project, eo dewar.EvalOptions, o dewar.RunOptions) map[string]string {
	if eo.Dir == "" {
		eo.Dir = "."
	}
	if p.Unchanged(ctx, eo, o) == nil {
		return nil
	}
	return e.workspace()
}

func (r *ran) hasDoneNothing(was map[string]string) {
	r.e.Helper()
	if r.err != nil || r.Report.Unchanged != r.Instances || len(r.Kept)+len(r.Removed) > 0 {
		r.e.Errorf("certified as unchanged, and yet: %v, %s, kept %v, removed %v", r.err, ends(r.ends), r.Kept, r.Removed)
	}
	if diff := cmp.Diff(was, r.e.workspace()); diff != "" {
		r.e.Errorf("certified as unchanged, and yet something was written:\n%s", diff)
	}
}

var endNames = map[run.EventKind]string{
	run.Executed: "executed", run.Restored: "restored", run.Unchanged: "unchanged", run.Failed: "failed",
	run.Skipped: "skipped", run.Interrupted: "interrupted", run.Planned: "planned",
}

// is checks how each instance ended: "clean executed, train unchanged", in any
// order; "all unchanged" is for all of them. Failures must be expected.
func (r *ran) is(want string) *ran {
	r.e.Helper()
	if r.err != nil {
		r.e.Fatalf("run: %v", r.err)
	}
	if got := ends(r.ends); got != sortList(want) && got != allOf(r.ends, want) {
		r.e.Errorf("the run ended with\n  %s\nnot with\n  %s", got, sortList(want))
		for _, f := range r.Failures {
			r.e.Logf("%s: %s", f.Code, f.Detail)
		}
	}
	return r
}

func ends(by map[string]string) string {
	var list []string
	for ref, end := range by {
		list = append(list, ref+" "+end)
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}

// allOf spells "all KIND" out.
func allOf(by map[string]string, want string) string {
	kind, ok := strings.CutPrefix(want, "all ")
	if !ok {
		return ""
	}
	same := map[string]string{}
	for ref := range by {
		same[ref] = kind
	}
	return ends(same)
}

func sortList(text string) string {
	list := strings.Split(text, ", ")
	sort.Strings(list)
	return strings.Join(list, ", ")
}

// failed checks the codes of the failures: "E-output-missing, E-output-kind".
func (r *ran) failed(want string) *ran {
	r.e.Helper()
	r.e.codes("failures", r.Failures, want)
	return r
}

// warned checks the codes of the warnings, of the run and of the project.
func (r *ran) warned(want string) *ran {
	r.e.Helper()
	r.e.codes("warnings", r.warnings, want)
	return r
}

func (e *engine) codes(what string, list diag.List, want string) {
	e.Helper()
	seen := map[string]bool{}
	var got []string
	for _, d := range list {
		if !seen[d.Code] {
			seen[d.Code] = true
			got = append(got, d.Code)
		}
	}
	sort.Strings(got)
	if text := strings.Join(got, ", "); text != sortList(want) {
		e.Errorf("%s: %q, not %q: %v", what, text, sortList(want), list)
	}
}

// keptOf checks what was kept aside: the bytes by the path they had.
func (r *ran) keptOf(want map[string]string) *ran {
	r.e.Helper()
	r.e.checkKept(r.Kept, want)
	return r
}

func (e *engine) checkKept(list []dewar.Kept, want map[string]string) {
	e.Helper()
	got := map[string]string{}
	for _, k := range list {
		b, err := fs.ReadFile(e.fs, k.Where)
		e.must(err)
		got[k.Path] = string(b)
	}
	if len(got) == 0 {
		got = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		e.Errorf("kept (-want +got):\n%s", diff)
	}
}

// executions checks how often each command was executed since the last call.
func (e *engine) executions(want string) {
	e.Helper()
	if got := e.shop.counted(); got != sortList(want) {
		e.Errorf("executed %q, not %q", got, sortList(want))
	}
}

// plan says what a run would do: "clean execute, train may execute".
func (e *engine) plan(o dewar.RunOptions) *dewar.Plan {
	e.Helper()
	p := e.open()
	defer e.close(p)
	plan, err := p.Plan(context.Background(), e.evaluate(p, dewar.EvalOptions{}), o)
	e.must(err)
	return plan
}

func verdicts(plan *dewar.Plan) string {
	by := map[string]string{}
	for _, x := range plan.Instances {
		by[x.Ref] = string(x.Verdict)
	}
	return ends(by)
}

// checkout checks the locked outputs of everything out.
func (e *engine) checkout(selectors ...string) *dewar.CheckoutReport {
	e.Helper()
	e.now = e.now.Add(time.Minute)
	p := e.open()
	defer e.close(p)
	rep, err := p.CheckoutAll(context.Background(), e.evaluate(p, dewar.EvalOptions{}), selectors, dewar.CheckoutOptions{})
	e.must(err)
	return rep
}

// want compares files of the workspace.
func (e *engine) want(files map[string]string) {
	e.Helper()
	for _, name := range sortedNames(files) {
		if !e.exists(name) {
			e.Errorf("%s is not there", name)
		} else if diff := cmp.Diff(files[name], e.read(name)); diff != "" {
			e.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// failureText is everything that failures say.
func (r *ran) failureText() string { return allText(r.Failures) }

// errText is everything that an error says.
func errText(err error) string {
	var f *diag.Failure
	if errors.As(err, &f) {
		return allText(f.List)
	}
	return fmt.Sprint(err)
}

func allText(list diag.List) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%s: %s\n", d.Code, d.Detail)
		for _, n := range d.Notes {
			fmt.Fprintln(&b, n.Text)
		}
	}
	return b.String()
}

// same compares two dumps.
func (e *engine) same(want, got map[string]string) {
	e.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		e.Errorf("files (-want +got):\n%s", diff)
	}
}

// logs returns the last log of every instance.
func (e *engine) logs() string {
	e.Helper()
	p := e.open()
	defer e.close(p)
	list, err := p.Logs(context.Background(), e.evaluate(p, dewar.EvalOptions{}), nil)
	e.must(err)
	var b strings.Builder
	for _, l := range list {
		fmt.Fprintf(&b, "%s %s: ", l.Ref, l.Outcome)
		e.must(p.CopyLog(&b, l.Digest))
		b.WriteString("\n")
	}
	return b.String()
}

package eval

import (
	"errors"
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// GitModule says where the pipeline of a module is that lies in Git.
type GitModule struct {
	Project string // what Git clones
	Base    string // the directory of the pipeline that says so: what a directory is relative to
	Rev     string // a full commit
}

// loads keeps pipelines of modules that were read: a module may be used many times, in many
// evaluations at once.
type loads struct {
	mu  sync.Mutex
	all map[string]*loaded
}

type loaded struct {
	once  sync.Once
	pipe  *lang.Pipeline
	found diag.List
}

// of returns the pipeline of a directory, and what is wrong with its text.
func (l *loads) of(dir string, read func() (*lang.Pipeline, diag.List)) (*lang.Pipeline, diag.List) {
	l.mu.Lock()
	if l.all == nil {
		l.all = map[string]*loaded{}
	}
	p := l.all[dir]
	if p == nil {
		p = &loaded{}
		l.all[dir] = p
	}
	l.mu.Unlock()
	p.once.Do(func() { p.pipe, p.found = read() })
	return p.pipe, p.found
}

// loadModule is load for a module.
func (ev *evaluator) loadModule() diag.List {
	f := ev.family
	if ev.ctx = f.tables[ev.dir]; ev.ctx == nil { // it is large: all uses of a pipeline have one
		table := builtins.Table(ev.functions(func() *evaluator { return f.now }))
		ev.ctx = &hcl.EvalContext{Functions: builtins.Impls(table)}
		if f.tables == nil {
			f.tables = map[string]*hcl.EvalContext{}
		}
		f.tables[ev.dir] = ev.ctx
	}
	pipe, ds := f.loads.of(ev.dir, ev.parse)
	ev.pipe = pipe
	return ds
}

// parse reads the pipeline and checks its text.
func (ev *evaluator) parse() (*lang.Pipeline, diag.List) {
	pipe, ds := lang.Load(ev.req.Read, ev.dir)
	if ds.HasErrors() {
		return pipe, ds
	}
	names := make(map[string]bool, len(ev.ctx.Functions))
	for name := range ev.ctx.Functions {
		names[name] = true
	}
	return pipe, append(ds, lang.Check(pipe, lang.Functions{Names: names, Instead: builtins.Instead})...)
}

// find finds the pipeline of a module.
func (ev *evaluator) find(m *module) bool {
	if m.state == waiting {
		m.state = failed
		if ev.source(m) && !ev.circle(m) {
			m.state = good
		}
	}
	return m.state == good
}

// source reads the attribute source: a directory of the project, or Git.
func (ev *evaluator) source(m *module) bool {
	a := m.block.Attr("source")
	if a == nil {
		return false // and that was reported
	}
	span := spanOf(a)
	v, ok := ev.compile(a.Expr, nil, view{base: ev.dir}, m.block.Subject()).value()
	if !ok {
		return false
	}
	v, _ = v.UnmarkDeep()
	if s, text := stringOf(v); text {
		return ev.localSource(m, s, span)
	}
	if !v.IsNull() && isObject(v.Type()) {
		return ev.gitSource(m, a, v)
	}
	ev.errorf(nil, "E-attribute-type", span, "The source of a module is a directory, as \"modules/prep\", or { project = \"https://…\", path = \"…\", rev = \"…\" }; this is %s.", kindOf(v))
	return false
}

// localSource takes a directory of the project.
func (ev *evaluator) localSource(m *module, s string, span diag.Span) bool {
	if git := gitSpelled(s); git != "" && !ev.isDir(s) {
		ev.errorf(nil, "E-module-source", span, "A pipeline in Git is named with the commit that is meant: %s.", git)
		return false
	}
	if code := outside(ev.dir, s); code != "" {
		ev.errorf(nil, code, span, "The source of a module is a directory of the project, and %s is outside of it, where others may not have it. Put the pipeline into the project, or name it in Git with the commit that is meant: source = { project = \"https://…/project.git\", path = \"pipelines/prep\", rev = \"…\" }.", quoteJSON(s))
		return false
	}
	p, _, ok := ev.path(nil, s, span, "The source of a module")
	if !ok {
		return false
	}
	m.dir, m.root = p, ev.space.Root()
	return ev.hasPipeline(m, span, quoteJSON(s))
}

// isDir reports whether the pipeline's directory has one of that name, which may be called like a host.
func (ev *evaluator) isDir(s string) bool {
	p, err := fs.CleanProjectPath(ev.dir, s)
	if err != nil {
		return false
	}
	info, err := ev.req.Read.Lstat(p)
	return err == nil && info.IsDir()
}

// outside returns the code of a directory that is none of the project's; "" if it may be one.
func outside(dir, s string) string {
	var wrong *fs.BadPath
	switch _, err := fs.CleanProjectPath(dir, s); {
	case strings.HasPrefix(s, "/"), strings.HasPrefix(s, "~/"):
		return "E-path-absolute"
	case errors.As(err, &wrong) && wrong.Problem == fs.PathEscapes:
		return "E-path-escape"
	}
	return ""
}

// hasPipeline looks whether there is a pipeline where the source says.
func (ev *evaluator) hasPipeline(m *module, span diag.Span, name string) bool {
	wrong := func(detail string) bool {
		ev.errorf(nil, "E-module-source", span, "%s", detail)
		return false
	}
	info, err := ev.req.Read.Lstat(m.dir)
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		return wrong("There is no directory " + name + "." + ev.besides(m.dir))
	case err != nil:
		return wrong("The directory " + name + " cannot be looked at: " + err.Error() + ".")
	case info.IsSymlink():
		return wrong(name + " is a link. The source of a module is the directory itself, so that its paths mean the same to everybody.")
	case !info.IsDir():
		return wrong(name + " is no directory. The source of a module is the directory of its pipeline.hcl.")
	}
	if _, err := ev.req.Read.Lstat(path.Join(m.dir, "pipeline.hcl")); err != nil {
		return wrong("The directory " + name + " has no pipeline.hcl, so it is no pipeline.")
	}
	return true
}

// besides offers the directory that was meant.
func (ev *evaluator) besides(dir string) string {
	entries, err := ev.req.Read.ReadDir(path.Dir(dir))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if e.Type.IsDir() && fs.Reserved(e.Name) == "" {
			names = append(names, e.Name)
		}
	}
	if best := nearest(path.Base(dir), names); best != "" {
		return " Did you mean " + quoteJSON(rel(ev.dir, path.Join(path.Dir(dir), best))) + "?"
	}
	return ""
}

// circle reports a module whose pipeline is one that it is part of.
func (ev *evaluator) circle(m *module) bool {
	words := []string{m.dir}
	var notes []diag.Note
	for at := ev; ; at = at.used.by {
		words = append([]string{at.dir}, words...)
		if at.dir == m.dir {
			break
		}
		if at.used == nil {
			return false
		}
		notes = append([]diag.Note{{Span: at.used.module.block.Span, Text: "module " + at.used.module.name + " is used here"}}, notes...)
	}
	ev.reports.add(diag.Diagnostic{
		Code: "E-module-circle", Span: spanOf(m.block.Attr("source")), Subject: m.block.Subject(), Notes: notes,
		Detail: "A pipeline would be a part of itself:\n  " + strings.Join(words, " -> ") + "\nRemove one of these modules.",
	}, nil)
	return true
}

// gitSource takes a directory of a commit.
func (ev *evaluator) gitSource(m *module, a *lang.Attr, v cty.Value) bool {
	git := GitModule{Base: ev.dir}
	dir := "."
	for _, n := range sortedNames(v.AsValueMap()) {
		e := v.AsValueMap()[n]
		at := entrySpan(a, n, spanOf(a))
		s, ok := stringOf(e)
		if names := []string{"project", "path", "rev"}; !slices.Contains(names, n) {
			ev.errorf(nil, "E-attribute-unknown", at, "A source has project, path and rev; there is no %q. %s", n, offer(n, names))
			return false
		} else if !ok {
			ev.errorf(nil, "E-attribute-type", at, "source.%s must be a text, not %s.", n, kindOf(e))
			return false
		}
		switch n {
		case "project":
			git.Project = s
		case "path":
			dir = strings.TrimSuffix(s, "/")
		case "rev":
			git.Rev = s
		}
	}
	if git.Project == "" || git.Rev == "" {
		ev.errorf(nil, "E-module-source", spanOf(a), "A source in Git says which project and which commit: source = { project = \"https://…/project.git\", path = \"pipelines/prep\", rev = \"…\" }. Without path it is the project's own directory.")
		return false
	}
	return ev.bring(m, git, dir, a)
}

// bring has the commit brought into the project.
func (ev *evaluator) bring(m *module, git GitModule, dir string, a *lang.Attr) bool {
	wrong := func(at diag.Span, format string, args ...any) bool {
		ev.errorf(nil, "E-module-source", at, format, args...)
		return false
	}
	modules := ev.req.Modules
	if modules == nil { // nobody who brings it, but it may be there
		if _, err := ev.req.Read.Lstat(path.Join(space.Kept, git.Rev)); err != nil || strings.Contains(git.Rev, "/") {
			return wrong(spanOf(a), "Commit %q of %s has not been brought here yet: dewar plan does it.", git.Rev, quoteJSON(git.Project))
		}
		modules = func(m GitModule) (string, error) { return path.Join(space.Kept, m.Rev), nil }
	}
	clean, err := fs.CleanProjectPath(".", dir)
	if at := entrySpan(a, "path", spanOf(a)); err != nil || fs.Reserved(clean) != "" {
		return wrong(at, "The path of a source is a directory of that project; %s is not.", quoteJSON(dir))
	}
	root, err := modules(git)
	var failure *diag.Failure
	if errors.As(err, &failure) {
		for _, d := range failure.List {
			if d.Span.IsZero() {
				d.Span = entrySpan(a, d.Subject, spanOf(a))
			}
			d.Subject = m.block.Subject()
			ev.reports.add(d, nil)
		}
		return false
	}
	if err != nil {
		return wrong(spanOf(a), "%s cannot be had: %v.", quoteJSON(git.Project), err)
	}
	m.root, m.dir = root, path.Join(root, clean)
	return ev.hasPipeline(m, entrySpan(a, "path", spanOf(a)), quoteJSON(clean)+" in that commit")
}

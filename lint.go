package dewar

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// LintOptions say which pipelines to look at.
type LintOptions struct {
	Dirs   []string    // directories of pipelines, project-relative
	Stages []string    // patterns of names: only what is found in these stages; none: everything
	Fix    bool        // make the edits of fixes
	Values EvalOptions // the pipeline that values are given for, and the values; the others have their own

	Writing func() // called before the first file is written; nil: nobody cares
}

// LintFinding is something found in a pipeline.
type LintFinding struct {
	Pipeline string // its directory
	lint.Finding
}

// LintFixed is a fix that was made, with the lines that it changed, alone or together with
// others.
type LintFixed struct {
	LintFinding
	Old, New []string
	Together bool // with the one before it: Old and New are of both
}

// LintRefused is a fix that was not made, because the pipeline would mean something
// else, or nothing.
type LintRefused struct {
	LintFinding
	Why string
}

// LintReport is what lints found.
type LintReport struct {
	Pipelines int           // that were looked at: broken ones cannot be
	Found     []LintFinding // what is there now, in order
	Fixed     []LintFixed
	Refused   []LintRefused
	Changed   []string  // files that were written, sorted
	Broken    diag.List // what is wrong with pipelines that cannot be looked at
	Sources   diag.Sources
}

// Lint looks for what is allowed and most likely not meant in pipelines, and mends
// what can be mended without a person.
func (p *Project) Lint(o LintOptions) (*LintReport, error) {
	r := &linting{p: p, o: o, read: map[string][]byte{}, loaded: map[string]*lang.Pipeline{}, report: &LintReport{}}
	all, err := p.Pipelines(".")
	if err != nil {
		return nil, err
	}
	r.all = all
	if o.Fix {
		if err := r.fix(); err != nil {
			return nil, err
		}
	}
	told := map[string]bool{}
	for _, dir := range o.Dirs {
		found, broken := r.look(dir)
		r.report.Broken = append(r.report.Broken, broken...)
		if len(broken) == 0 {
			r.report.Pipelines++
		}
		for _, f := range found {
			if id := fmt.Sprint(findingID(f), f.Span); !told[id] { // pipelines may share a params file
				told[id] = true
				r.report.Found = append(r.report.Found, LintFinding{dir, f})
			}
		}
	}
	r.report.Sources = firstSources{p.sources(nil), r.given}
	return r.report, nil
}

// Pipelines returns the directories of all pipelines in and below a directory of the
// project, sorted. What is ignored, or is another project, is not looked into.
func (p *Project) Pipelines(below string) ([]string, error) {
	ignore := fs.NewIgnore(p.view.ReadFile)
	var out []string
	var visit func(dir string) error
	visit = func(dir string) error {
		entries, err := p.view.ReadDir(dir)
		if err != nil {
			if dir != below && (isPermission(err) || isNotExist(err)) {
				return nil
			}
			return err
		}
		for _, e := range entries {
			if e.Name == Dir && dir != "." {
				return nil
			}
		}
		for _, e := range entries {
			at := path.Join(dir, e.Name)
			switch skip, err := ignore.Match(at, e.Type.IsDir()); {
			case err != nil || skip:
			case e.Name == "pipeline.hcl" && !e.Type.IsDir():
				out = append(out, dir)
			case e.Type.IsDir():
				if err := visit(at); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := visit(below); err != nil {
		return nil, err
	}
	slices.Sort(out)
	return out, nil
}

// linting is one call of Lint.
type linting struct {
	p       *Project
	o       LintOptions
	all     []string                  // all pipelines of the project
	read    map[string][]byte         // files as they were first read: places in them are to hold
	text    map[string][]byte         // files that were changed and not yet written
	loaded  map[string]*lang.Pipeline // with the changes, as far as it was asked
	decoded param.Files               // params files
	refused map[string]bool
	given   diag.Sources // has the text of -p
	report  *LintReport
}

// ReadFile, ReadDir and Lstat are the project with the changes.
func (r *linting) ReadFile(name string) ([]byte, error) {
	if b, ok := r.text[name]; ok {
		return b, nil
	}
	if b, ok := r.read[name]; ok {
		return b, nil
	}
	b, err := r.p.view.ReadFile(name)
	if err == nil {
		r.read[name] = b
	}
	return b, err
}

// change puts other changes in the place of those there are.
func (r *linting) change(text map[string][]byte) {
	r.text, r.loaded = text, map[string]*lang.Pipeline{}
}

// load returns what a pipeline declares, with the changes.
func (r *linting) load(dir string) *lang.Pipeline {
	p, known := r.loaded[dir]
	if !known {
		p, _ = lang.Load(r, dir)
		r.loaded[dir] = p
	}
	return p
}

// others returns the other pipelines of the project.
func (r *linting) others(dir string) []*lang.Pipeline {
	var out []*lang.Pipeline
	for _, other := range r.all {
		if other != dir {
			out = append(out, r.load(other))
		}
	}
	return out
}

func (r *linting) ReadDir(name string) ([]fs.Entry, error) { return r.p.view.ReadDir(name) }
func (r *linting) Lstat(name string) (fs.Info, error)      { return r.p.view.Lstat(name) }

// evaluate evaluates a pipeline with the changes. Without values for its params there
// is no graph, and no error.
func (r *linting) evaluate(dir string, set ...param.Setting) (*graph.Graph, diag.List) {
	o := EvalOptions{Dir: dir, Set: set}
	if v := r.o.Values; dir == v.Dir {
		o.Params, o.Set = v.Params, slices.Concat(v.Set, set)
	}
	req := r.p.request(o)
	req.Read, req.Decoded = r, &r.decoded
	res, ds := eval.Evaluate(req)
	if res != nil && dir == r.o.Values.Dir {
		r.given = res.Sources
	}
	if !ds.HasErrors() && res.Graph != nil {
		ds = append(ds, graph.Validate(res.Graph)...)
	}
	if !ds.HasErrors() {
		return res.Graph, ds
	}
	req.Validate = true
	if _, lacking := eval.Evaluate(req); !lacking.HasErrors() && onlyMissing(ds) {
		return nil, nil
	}
	return nil, ds
}

// onlyMissing reports whether nothing is wrong but that params have no values.
func onlyMissing(ds diag.List) bool {
	for _, d := range ds {
		if d.Severity == diag.Error && d.Code != "E-param-missing" && d.Code != "E-params-file" {
			return false
		}
	}
	return true
}

// look finds what there is to find in a pipeline as it is with the changes.
func (r *linting) look(dir string) (found []lint.Finding, broken diag.List) {
	g, ds := r.evaluate(dir)
	if ds.HasErrors() {
		return nil, ds
	}
	found = lint.Find(r.load(dir), lint.Options{
		Read: r.ReadFile, Decoded: &r.decoded, Graph: g, Root: strings.TrimSuffix(filepath.ToSlash(r.p.Root), "/"),
		Exists: func(name string) bool { _, err := r.p.view.Lstat(name); return err == nil },
		Others: func() []*lang.Pipeline { return r.others(dir) },
		Warned: slices.DeleteFunc(ds, func(d diag.Diagnostic) bool { return d.Code == "W-env-absent" }), // of the machine, not of the text
	})
	if len(r.o.Stages) > 0 {
		found = slices.DeleteFunc(found, func(f lint.Finding) bool { return !r.selected(f.Subject) })
	}
	return found, nil
}

// selected reports whether what a finding is about is one of the stages asked for.
func (r *linting) selected(subject string) bool {
	name, ok := strings.CutPrefix(subject, `stage "`)
	return ok && slices.ContainsFunc(r.o.Stages, func(pattern string) bool {
		yes, err := path.Match(pattern, strings.TrimSuffix(name, `"`))
		return yes && err == nil
	})
}

// StageNames returns the names of the stages that the text of a pipeline declares.
func (p *Project) StageNames(dir string) []string {
	pipe, _ := lang.Load(p.view, dir)
	out := make([]string, 0, len(pipe.Stages))
	for _, b := range pipe.Stages {
		out = append(out, b.Name)
	}
	return out
}

package dewar

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// Fix is what to add to a stage so that it can see what it reads.
type Fix struct {
	Stage  string     `json:"stage"`
	File   string     `json:"file"`             // where the stage is declared
	Inputs []FixInput `json:"inputs,omitempty"` // sorted by Path
	Params []string   `json:"params,omitempty"` // references: "param.base"
	Commit string     `json:"commit,omitempty"` // that the stage is of, in a module from Git: it is changed there
}

// FixInput is one line to add to the inputs.
type FixInput struct {
	Name string `json:"name"` // a name for it that the stage does not use yet
	Path string `json:"path"` // what it reads, relative to the pipeline
	Expr string `json:"expr"` // what to write: a quoted path or a reference
}

// Empty reports whether there is nothing to add.
func (f Fix) Empty() bool { return len(f.Inputs) == 0 && len(f.Params) == 0 }

// Advice lists what to add.
func (f Fix) Advice() string {
	var b strings.Builder
	if f.Commit == "" {
		fmt.Fprintf(&b, "it reads what stage %q does not declare. Add to the stage, or run `dewar fix` to do so:", f.Stage)
	} else {
		fmt.Fprintf(&b, "it reads what stage %q does not declare. %s Add to the stage there:", f.Stage, f.Elsewhere())
	}
	for _, in := range f.Inputs {
		fmt.Fprintf(&b, "\n    inputs: %s = %s", in.Name, in.Expr)
	}
	for _, p := range f.Params {
		fmt.Fprintf(&b, "\n    params: %s", p)
	}
	return b.String()
}

// Elsewhere says where the stage is changed, if that is another project; "" if it is here.
func (f Fix) Elsewhere() string {
	if f.Commit == "" {
		return ""
	}
	return fmt.Sprintf("The stage is declared in a project of Git, in %s of commit %s, and a new commit of that is the rev of the module.", strings.TrimPrefix(f.File, path.Join(modulesDir, f.Commit)+"/"), shortRev(f.Commit))
}

// fix turns what is read into lines to add.
func (f *finder) fix() Fix {
	fix := Fix{Stage: f.x.Stage, File: f.x.Span.File}
	if f.of != "." {
		fix.Commit = path.Base(f.of)
	}
	var reads []string
	for rel := range f.reads {
		reads = append(reads, rel)
	}
	sort.Strings(reads)
	names := map[string]bool{}
	for _, in := range f.x.Inputs {
		names[strings.TrimPrefix(in.Label, "inputs.")] = true
	}
	params := map[string]bool{}
	seen := map[string]bool{}
	for _, rel := range reads {
		if refs := f.s.paramsOf(rel); len(refs) > 0 {
			for _, r := range f.spokenOf(refs) {
				params[r] = true
			}
			continue
		}
		expr, place := f.s.spell(f.x, rel)
		if seen[expr] {
			continue
		}
		seen[expr] = true
		fix.Inputs = append(fix.Inputs, FixInput{Name: InputName(rel, names), Path: place, Expr: expr})
	}
	for _, sec := range f.x.Params {
		for _, key := range sec.Withheld {
			if f.complainsOf(key) {
				params["param."+key] = true
			}
		}
	}
	for p := range params {
		fix.Params = append(fix.Params, p)
	}
	sort.Strings(fix.Params)
	return fix
}

// spokenOf returns those of the params of one file that the scripts speak of
// by name, or all of them if they speak of none: who reads a whole file may
// use any part of it, and what is missing still is named when it fails.
func (f *finder) spokenOf(refs []string) []string {
	var out []string
	for _, r := range refs {
		name := r[strings.LastIndexByte(r, '.')+1:]
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
		if slices.ContainsFunc(f.scripts(), word.Match) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return refs
	}
	return out
}

// scriptMost is how large a file may be that is looked through for names.
const scriptMost = 256 << 10

// scripts are the texts among what the instance reads, apart from params files.
func (f *finder) scripts() [][]byte {
	if f.texts != nil {
		return f.texts
	}
	f.texts = [][]byte{[]byte(f.x.Script)}
	paths := make([]string, 0, len(f.reads)+len(f.x.Inputs))
	for rel := range f.reads {
		paths = append(paths, rel)
	}
	for _, in := range f.x.Inputs {
		if in.Kind == graph.Workspace {
			paths = append(paths, in.Path)
		}
	}
	for _, rel := range paths {
		info, err := f.s.p.host.FS.Stat(f.s.p.hostPath(rel))
		if err != nil || !info.IsRegular() || info.Size > scriptMost || len(f.s.paramsOf(rel)) > 0 {
			continue
		}
		if b, err := f.s.p.view.ReadFile(rel); err == nil && utf8.Valid(b) {
			f.texts = append(f.texts, b)
		}
	}
	return f.texts
}

// complainsOf reports whether the log names a params key as one that is missing.
func (f *finder) complainsOf(key string) bool {
	last := key[strings.LastIndexByte(key, '.')+1:]
	word := regexp.MustCompile(`(?i)(KeyError|AttributeError|no key|not found|missing|undefined|null)[^\n]*\b` + regexp.QuoteMeta(last) + `\b`)
	return word.MatchString(f.text)
}

// InputName makes a name for an input or output out of its path, one that is
// not taken yet, and takes it.
func InputName(rel string, taken map[string]bool) string {
	rel = strings.TrimSuffix(rel, "/")
	base := strings.TrimSuffix(path.Base(rel), path.Ext(rel))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, base)
	if name == "" || name[0] >= '0' && name[0] <= '9' || name[0] == '-' {
		name = "file_" + name
	}
	for n, try := 2, name; ; n++ {
		if !taken[try] {
			taken[try] = true
			return try
		}
		try = fmt.Sprintf("%s_%d", name, n)
	}
}

// spell says how to write a project path as an input of x: a reference if
// something makes it, else a path relative to the pipeline.
func (s *session) spell(x *graph.Instance, rel string) (expr, place string) {
	dir, module := s.g.Dir, ""
	if x != nil {
		if module = moduleOf(x.Stage); module != "" {
			dir = path.Dir(x.Span.File)
		}
	}
	for i := range s.g.Instances {
		y := &s.g.Instances[i]
		if moduleOf(y.Stage) != module {
			continue // it has no name here
		}
		for _, o := range y.Outputs {
			if o.Path == rel || o.Dir && strings.HasPrefix(rel, o.Path+"/") {
				ref := fmt.Sprintf("stage.%s.%s.%s", path.Base(y.Stage), o.Group, o.Name)
				if y.Key != "" {
					ref = fmt.Sprintf("stage.%s[*].%s.%s", path.Base(y.Stage), o.Group, o.Name)
				}
				return ref, relTo(dir, o.Path)
			}
		}
	}
	if y, o := s.madeInModule(module, rel); y != nil {
		if ref := s.moduleOutput(y, o); ref != "" {
			return ref, relTo(dir, o.Path)
		}
	}
	for _, d := range s.g.Data {
		if moduleOf(d.Name) == module && (d.Path == rel || strings.HasPrefix(rel, d.Path+"/")) {
			return "data." + path.Base(d.Name), relTo(dir, d.Path)
		}
	}
	place = relTo(dir, rel)
	return lang.Quote(place), place
}

// moduleOf is the module that a name is in; "" if it is that of the pipeline itself.
func moduleOf(name string) string {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)]
}

// InputEntries spells paths as inputs: references where a stage makes them.
func (p *Project) InputEntries(ev *Evaluation, dir string, paths []string) ([]lang.Entry, error) {
	s := &session{p: p, ev: ev, g: ev.Graph}
	if s.g == nil {
		s.g = &graph.Graph{Dir: dir}
	}
	taken := map[string]bool{}
	var out []lang.Entry
	for _, at := range paths {
		e := lang.Entry{Name: InputName(at, taken), Text: at}
		if expr, _ := s.spell(nil, join(dir, at)); expr[0] != '"' {
			e.Text, e.Expr = "", expr
		} else if y, o := s.madeInModule("", join(dir, at)); y != nil {
			return nil, failure(diag.Diagnostic{Code: "E-stage-add", Span: o.Span, Detail: fmt.Sprintf("%s is made by %s, in a module, and no output block of its pipeline has it for the value. Add one to %s: output \"%s\" { value = stage.%s.%s.%s }", at, y.Stage, y.Span.File, e.Name, path.Base(y.Stage), o.Group, o.Name)})
		}
		out = append(out, e)
	}
	return out, nil
}

// madeInModule returns what makes a path, if that is a stage of a module that the pipeline called module uses.
func (s *session) madeInModule(module, rel string) (*graph.Instance, *graph.Output) {
	for i := range s.g.Instances {
		y := &s.g.Instances[i]
		if in := moduleOf(y.Stage); in == module || moduleOf(in) != module {
			continue
		}
		for n := range y.Outputs {
			if o := &y.Outputs[n]; o.Path == rel || o.Dir && strings.HasPrefix(rel, o.Path+"/") {
				return y, o
			}
		}
	}
	return nil, nil
}

// moduleOutput is what a pipeline that uses a module calls an output of one of its stages; "" if it
// has no name there.
func (s *session) moduleOutput(y *graph.Instance, o *graph.Output) string {
	pipe, diags := lang.Load(s.p.view, path.Dir(y.Span.File))
	if diags.HasErrors() {
		return ""
	}
	name, _, grid := strings.Cut(path.Base(moduleOf(y.Stage)), "@")
	if grid {
		name += "[*]"
	}
	written := fmt.Sprintf("stage.%s.%s.%s", path.Base(y.Stage), o.Group, o.Name)
	for _, b := range pipe.Outputs {
		a := b.Attr("value")
		if a == nil || y.Key != "" {
			continue
		}
		for _, f := range pipe.Files {
			if r := a.Expr.Range(); f.Name == r.Filename && r.CanSliceBytes(f.Bytes) && string(r.SliceBytes(f.Bytes)) == written {
				return fmt.Sprintf("module.%s.outputs.%s", name, b.Name)
			}
		}
	}
	return ""
}

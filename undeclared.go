package dewar

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/run"
)

// When a stage that has never succeeded fails, the usual reason is an input
// that nobody declared. The command is run once more, thrown away afterwards,
// under trace and with the whole workspace shown read-only: then it gets
// further than the first missing file, and one message can list everything.

// Fix is what to add to a stage so that it can see what it reads.
type Fix struct {
	Stage  string     `json:"stage"`
	File   string     `json:"file"`             // where the stage is declared
	Inputs []FixInput `json:"inputs,omitempty"` // sorted by Path
	Params []string   `json:"params,omitempty"` // references: "param.base"
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
	fmt.Fprintf(&b, "it reads what stage %q does not declare. Add to the stage, or run `dewar fix` to do so:", f.Stage)
	for _, in := range f.Inputs {
		fmt.Fprintf(&b, "\n    inputs: %s = %s", in.Name, in.Expr)
	}
	for _, p := range f.Params {
		fmt.Fprintf(&b, "\n    params: %s", p)
	}
	return b.String()
}

// diagnoseWithin bounds the commands that are run again to learn what they read.
const diagnoseWithin = time.Minute

// undeclared finds out what the failed instance reads and does not declare. It
// is run again only after the last of its attempts.
func (s *session) undeclared(ctx context.Context, id graph.ID, e *run.Execution, out *run.Outcome, log *commandLog, last bool) Fix {
	x := &s.g.Instances[id]
	f := &finder{s: s, x: x, reads: map[string]bool{}, text: strings.Join(log.lastLines(200), "\n")}
	f.accesses(out.Accesses)
	if last && s.neverSucceeded(x) && out.Wall < diagnoseWithin && !out.TimedOut && x.Isolation != graph.IsolationOff {
		if again := s.diagnose(ctx, x, e, f); again != nil {
			f.accesses(again.Accesses)
		}
	}
	f.mentioned()
	return f.fix()
}

// neverSucceeded reports whether no instance of x's stage is in the lock.
func (s *session) neverSucceeded(x *graph.Instance) bool {
	for i := range s.lock.Entries {
		if name, _, _ := strings.Cut(s.lock.Entries[i].Instance, "@"); name == x.Stage {
			return false
		}
	}
	return true
}

// diagnose runs the command again with everything in sight. Nothing of it is kept.
func (s *session) diagnose(ctx context.Context, x *graph.Instance, e *run.Execution, f *finder) *run.Outcome {
	dir, remove, err := s.p.store.TempDir()
	if err != nil {
		return nil
	}
	defer func() { _ = remove() }()
	log := newLog(s.p.host.FS, filepath.Join(dir, "log"), nil)
	defer log.close()
	again := *e
	again.Dir, again.Stdout, again.Stderr, again.Trace = filepath.Join(dir, "x"), log, log, true
	again.Timeout, again.Action = diagnoseWithin, s.revealing(e.Action)
	if s.p.host.FS.Mkdir(again.Dir, 0o777) != nil {
		return nil
	}
	out, err := s.carryOut(ctx, x, &again)
	if err != nil {
		return nil
	}
	f.text += "\n" + strings.Join(log.lastLines(200), "\n")
	return out
}

// revealing returns a with the whole workspace among its inputs, bound
// read-only from where it is: directories that hold nothing declared as a whole,
// others entry by entry.
func (s *session) revealing(a *graph.Action) *graph.Action {
	declared := map[string]bool{} // what has its place already
	above := map[string]bool{}    // directories that hold some of it
	note := func(at string) {
		declared[at] = true
		for dir := path.Dir(at); !above[dir]; dir = path.Dir(dir) {
			above[dir] = true
		}
	}
	for _, l := range a.Inputs {
		note(l.At)
	}
	for _, o := range a.Outputs {
		note(o.At)
	}
	all := *a
	all.Inputs = append([]graph.Leaf{}, a.Inputs...)
	var reveal func(dir string)
	reveal = func(dir string) {
		entries, err := s.p.view.ReadDir(dir)
		if err != nil {
			return
		}
		for _, e := range entries {
			at := join(dir, e.Name)
			leaf := graph.Leaf{At: at, Host: s.p.hostPath(at)}
			switch {
			case declared[at] || at == Dir || at == ".git":
				continue
			case e.Type.IsDir() && above[at]:
				reveal(at)
				continue
			case e.Type.IsDir():
				leaf.Content.Kind = digest.Directory
			case e.Type.IsRegular():
				leaf.Content.Kind = digest.File
			default:
				continue
			}
			if ignored, err := s.scan.Ignore.Match(at, e.Type.IsDir()); err == nil && !ignored {
				all.Inputs = append(all.Inputs, leaf)
			}
		}
	}
	reveal(".")
	sort.Slice(all.Inputs, func(i, j int) bool { return all.Inputs[i].At < all.Inputs[j].At })
	return &all
}

// finder gathers what an instance reads and does not declare.
type finder struct {
	s     *session
	x     *graph.Instance
	reads map[string]bool // project paths that exist in the workspace and are not declared
	text  string          // what the command wrote
}

// accesses adds what a trace saw.
func (f *finder) accesses(list []run.Access) {
	for _, a := range list {
		rel, ok := strings.CutPrefix(a.Path, "/project/")
		if !ok {
			continue
		}
		if a.Listed {
			f.modules(rel)
			continue
		}
		f.add(rel)
	}
}

// missingModule is how python says that an import failed.
var missingModule = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`No module named '([A-Za-z_][A-Za-z0-9_.]*)'`)
})

// modules adds the python modules of a listed directory that an import did not
// find: an import lists directories and never looks for the file itself.
func (f *finder) modules(dir string) {
	for _, m := range missingModule().FindAllStringSubmatch(f.text, -1) {
		name, _, _ := strings.Cut(m[1], ".")
		f.add(path.Join(dir, name+".py"))
		f.add(path.Join(dir, name, "__init__.py"))
	}
}

// quoted finds the paths that error messages name.
var quoted = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`['"‘“]([^'"‘’“”\n]{1,300})['"’”]|(?:^|[\s:])([\w./-]+\.\w+):? `)
})

// mentioned adds files of the workspace that the log names: what is left where
// tracing is not to be had.
func (f *finder) mentioned() {
	for _, m := range quoted().FindAllStringSubmatch(f.text, -1) {
		name := m[1] + m[2]
		name = strings.TrimPrefix(name, "/project/")
		if name == "" || path.IsAbs(name) || !strings.ContainsAny(name, "./") {
			continue
		}
		f.add(path.Join(f.x.WorkingDir, name))
	}
	for _, in := range f.x.Inputs {
		if strings.HasSuffix(in.At, ".py") {
			f.modules(path.Dir(in.At))
		}
	}
}

// add notes a project path if it is a file of the workspace that x does not
// declare, and one that a person would declare.
func (f *finder) add(rel string) {
	rel = path.Clean(rel)
	if rel == "." || strings.HasPrefix(rel, "../") || f.reads[rel] || f.declared(rel) {
		return
	}
	info, err := f.s.p.host.FS.Stat(f.s.p.hostPath(rel))
	if err != nil || !info.IsRegular() {
		return
	}
	if ignored, err := f.s.scan.Ignore.Match(rel, false); err != nil || ignored {
		return
	}
	for _, b := range f.s.bindingsOf(f.x) {
		for _, m := range b.Mounts {
			if at := f.s.p.hostPath(rel); at == m || strings.HasPrefix(at, m+string(filepath.Separator)) {
				return
			}
		}
	}
	f.reads[rel] = true
}

// declared reports whether x has rel as an input, or makes it.
func (f *finder) declared(rel string) bool {
	for _, in := range f.x.Inputs {
		if in.At == rel || strings.HasPrefix(rel, in.At+"/") {
			return true
		}
	}
	for _, o := range f.x.Outputs {
		if o.At == rel || strings.HasPrefix(rel, o.At+"/") {
			return true
		}
	}
	return path.Base(rel) == "pipeline.lock"
}

// fix turns what is read into lines to add.
func (f *finder) fix() Fix {
	fix := Fix{Stage: f.x.Stage, File: f.x.Span.File}
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
			for _, r := range refs {
				params[r] = true
			}
			continue
		}
		expr, place := f.s.spell(f.x, rel)
		if seen[expr] {
			continue
		}
		seen[expr] = true
		fix.Inputs = append(fix.Inputs, FixInput{Name: inputName(rel, names), Path: place, Expr: expr})
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

// complainsOf reports whether the log names a params key as one that is missing.
func (f *finder) complainsOf(key string) bool {
	last := key[strings.LastIndexByte(key, '.')+1:]
	word := regexp.MustCompile(`(?i)(KeyError|AttributeError|no key|not found|missing|undefined|null)[^\n]*\b` + regexp.QuoteMeta(last) + `\b`)
	return word.MatchString(f.text)
}

// inputName makes a name for an input out of its path.
func inputName(rel string, taken map[string]bool) string {
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
	for i := range s.g.Instances {
		y := &s.g.Instances[i]
		for _, o := range y.Outputs {
			if o.Path == rel || o.Dir && strings.HasPrefix(rel, o.Path+"/") {
				ref := fmt.Sprintf("stage.%s.%s.%s", y.Stage, o.Group, o.Name)
				if y.Key != "" {
					ref = fmt.Sprintf("stage.%s[*].%s.%s", y.Stage, o.Group, o.Name)
				}
				return ref, relTo(s.g.Dir, o.Path)
			}
		}
	}
	for _, d := range s.g.Data {
		if d.Path == rel || strings.HasPrefix(rel, d.Path+"/") {
			return "data." + d.Name, relTo(s.g.Dir, d.Path)
		}
	}
	place = relTo(s.g.Dir, rel)
	return fmt.Sprintf("%q", place), place
}

// InputName makes a name for an input or output out of its path, one that is not taken yet.
func InputName(rel string, taken map[string]bool) string {
	return inputName(strings.TrimSuffix(rel, "/"), taken)
}

// InputEntries spells paths as inputs: references where a stage makes them.
func (p *Project) InputEntries(ev *Evaluation, dir string, paths []string) []lang.Entry {
	s := &session{p: p, ev: ev, g: ev.Graph}
	if s.g == nil {
		s.g = &graph.Graph{Dir: dir}
	}
	taken := map[string]bool{}
	var out []lang.Entry
	for _, at := range paths {
		e := lang.Entry{Name: inputName(strings.TrimSuffix(at, "/"), taken), Text: at}
		if expr, _ := s.spell(nil, join(dir, at)); expr[0] != '"' {
			e.Text, e.Expr = "", expr
		}
		out = append(out, e)
	}
	return out
}

package dewar

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// finder gathers what an instance reads and does not declare.
type finder struct {
	s     *session
	x     *graph.Instance
	of    string          // the directory of the project that x is of: "." or where a commit is kept
	reads map[string]bool // paths of the workspace that exist, in that project, and are not declared
	text  string          // what the command wrote
	texts [][]byte        // scripts; nil until they are asked for
}

func (s *session) finder(x *graph.Instance) *finder {
	return &finder{s: s, x: x, of: projectOf(x.Span.File), reads: map[string]bool{}}
}

// projectOf is the directory of the project that a file is of: "." is ours, others are those
// of modules from Git.
func projectOf(file string) string {
	if rest, is := strings.CutPrefix(file, modulesDir+"/"); is {
		commit, _, _ := strings.Cut(rest, "/")
		return path.Join(modulesDir, commit)
	}
	return "."
}

// accesses adds what a trace saw.
func (f *finder) accesses(list []run.Access) {
	for _, a := range list {
		rel, ok := strings.CutPrefix(a.Path, sandboxRoot)
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
		if rel, ok := strings.CutPrefix(name, sandboxRoot); ok {
			f.add(rel)
		} else if !path.IsAbs(name) && strings.ContainsAny(name, "./") {
			f.add(path.Join(f.x.WorkingDir, name))
		}
	}
	for _, in := range f.x.Inputs {
		if strings.HasSuffix(in.At, ".py") {
			f.modules(path.Dir(in.At))
		}
	}
}

// add notes a path of the input root if it is a file of the project that x does not
// declare, and one that a person would declare.
func (f *finder) add(rel string) {
	rel = path.Clean(rel)
	if rel == "." || strings.HasPrefix(rel, "../") || f.declared(rel) {
		return
	}
	if rel = path.Join(f.of, rel); f.reads[rel] {
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

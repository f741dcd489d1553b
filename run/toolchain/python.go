package toolchain

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// A python is a program that answers probe.py: a virtual environment, a conda
// environment, one of pyenv or uv, the system's. Whichever it is, the answer
// says where its parts are; nothing here knows how each tool lays them out.

//go:embed probe.py
var probe string

// answer is what probe.py prints.
type answer struct {
	Version        string   // sys.version: version, build, compiler
	Implementation string   // "cpython"
	Tag            string   // "cpython-311-x86_64-linux-gnu"
	Executable     string   // sys.executable
	RealExecutable string   // with symbolic links resolved
	Prefixes       []string // prefix, exec_prefix and both base prefixes
	Path           []string // the entries of sys.path that exist
	Distributions  []distribution
	Stdlib         []string // the directories of the standard library
	Outside        []string // directories that .pth files add from elsewhere
}

// distribution is an installed package; Record is the SHA-256 of the file that lists its
// files with their hashes.
type distribution struct{ Name, Version, Record string }

func (h *Host) python(ctx context.Context, t graph.Toolchain) (found, error) {
	var f found
	program, looked, err := h.findPython(t)
	if err != nil {
		return f, err
	}
	// -I: no user site-packages, no environment variables, no current directory.
	out, err := h.ask(ctx, Question{Args: []string{program, "-I", "-c", probe}, Max: 64 << 20})
	if err != nil {
		return f, err
	}
	var a answer
	if json.Unmarshal(out, &a) != nil || a.RealExecutable == "" {
		return f, babble(program, out)
	}
	sum, err := h.hash(a.RealExecutable)
	if err != nil {
		return f, err
	}
	f.Binding.Details = []graph.Field{
		{Label: "implementation", Value: a.Implementation},
		{Label: "version", Value: a.Version},
		{Label: "tag", Value: a.Tag},
		{Label: "interpreter", Value: sum.String()},
	}
	for _, d := range a.Distributions { // probe.py sorts them
		f.Binding.Details = append(f.Binding.Details, graph.Field{
			Label: "distribution " + d.Name, Value: strings.TrimSpace(d.Version + " " + d.Record),
		})
	}
	for i, dir := range a.Outside { // in the order of sys.path
		sum, modules, err := h.outside(dir, pythonCode())
		if err != nil {
			return f, err
		}
		f.Binding.Details = append(f.Binding.Details, graph.Field{Label: fmt.Sprintf("modules outside %d", i+1), Value: sum.String()})
		looked = append(looked, modules...)
	}
	f.Binding.Mounts = mounts(a)
	f.Binding.Path = []string{filepath.Dir(a.Executable)}
	f.Binding.Env = []graph.Var{ // what is written into a read-only or thrown-away place is written in vain
		{Name: "PYTHONDONTWRITEBYTECODE", Value: "1"},
		{Name: "PYTHONNOUSERSITE", Value: "1"},
	}
	f.Program, f.Version = a.Executable, firstWord(a.Version)
	f.Parts = pythonParts(a)
	f.Seen = h.lookAll(append(looked, watched(a)...))
	return f, nil
}

// findPython returns the interpreter that t names, and the paths that decided it.
func (h *Host) findPython(t graph.Toolchain) (program string, looked []string, err error) {
	s := sought{
		names: programNames("python3"), below: []string{"bin/python3", "bin/python"},
		get:   "Install it (`apt install python3`, `brew install python`), or write `path`: a virtual environment, or the interpreter",
		lacks: fmt.Sprintf("If it is a virtual environment, make it first: `python3 -m venv %s`", t.Path),
	}
	if runtime.GOOS == "windows" {
		s.names, s.below = []string{"python.exe"}, []string{"Scripts/python.exe", "python.exe"}
	}
	if program, looked, err = h.locate(t, s); err == nil && program == "" {
		err = fmt.Errorf("%s is a directory without %s: not a virtual or conda environment", t.Path, s.below[0])
	}
	if t.Path != "" {
		looked = append(looked, filepath.Join(h.abs(t.Path), "pyvenv.cfg"))
	}
	if filepath.Base(filepath.Dir(program)) == "shims" { // which python it starts is written elsewhere
		looked = append(looked, filepath.Join(h.Root, ".python-version"), filepath.Join(h.Root, ".tool-versions"), filepath.Join(filepath.Dir(filepath.Dir(program)), "version"))
	}
	return program, looked, err
}

// mounts returns the directories that the interpreter lives in, outermost
// only. The system's own directories are shown to every command anyway.
func mounts(a answer) []string {
	all := append([]string{}, a.Prefixes...)
	all = append(all, a.Path...)
	all = append(all, a.Outside...)
	all = append(all, filepath.Dir(filepath.Dir(a.RealExecutable)))
	return outermost(outsideSystem(all))
}

// pythonParts are the interpreter, the standard library, and where packages are. Of packages the
// fingerprint has every file; of the standard library it has the version.
func pythonParts(a answer) parts {
	p := parts{Programs: []string{a.Executable, a.RealExecutable}}
	for i, dir := range a.Stdlib {
		p.Trees = append(p.Trees, tree{Path: dir, As: fmt.Sprintf("stdlib %d", i+1), Without: []string{"site-packages", "dist-packages"}})
	}
	for _, at := range a.Path {
		p.Trees = append(p.Trees, tree{Path: at})
	}
	return p
}

// firstWord is what people call a version.
func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// watched returns what changes when packages come, go or change version, or
// another interpreter takes the place.
func watched(a answer) []string {
	out := []string{a.Executable, a.RealExecutable}
	for _, p := range a.Prefixes {
		out = append(out, filepath.Join(p, "pyvenv.cfg"))
	}
	out = append(out, a.Path...)
	return append(out, a.Outside...)
}

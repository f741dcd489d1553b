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
	out, err := h.Command(ctx, []string{program, "-I", "-c", probe})
	if err != nil {
		return f, fmt.Errorf("%s did not answer: %w", program, err)
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		return f, fmt.Errorf("%s answered something that is no JSON: %w", program, err)
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
		sum, modules, err := h.outside(dir)
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
	f.Seen = h.lookAll(append(looked, watched(a)...))
	return f, nil
}

// findPython returns the interpreter that t names, and the paths that decided it.
func (h *Host) findPython(t graph.Toolchain) (program string, looked []string, err error) {
	if t.Path == "" {
		return h.onPath()
	}
	at := h.abs(t.Path)
	info, err := h.FS.Stat(at)
	if err != nil {
		return "", nil, fmt.Errorf("there is no %s. If it is a virtual environment, make it first: python3 -m venv %s", t.Path, t.Path)
	}
	if !info.IsDir() {
		return at, []string{at}, nil
	}
	names := []string{"bin/python3", "bin/python"}
	if runtime.GOOS == "windows" {
		names = []string{"Scripts/python.exe", "python.exe"}
	}
	for _, name := range names {
		p := filepath.Join(at, filepath.FromSlash(name))
		if _, err := h.FS.Stat(p); err == nil {
			return p, []string{p, filepath.Join(at, "pyvenv.cfg")}, nil
		}
	}
	return "", nil, fmt.Errorf("%s is a directory without %s: not a virtual or conda environment", t.Path, names[0])
}

// onPath looks for python3 as a shell would.
func (h *Host) onPath() (string, []string, error) {
	name := "python3"
	if runtime.GOOS == "windows" {
		name = "python.exe"
	}
	var looked []string
	for _, dir := range filepath.SplitList(h.Getenv("PATH")) {
		if !filepath.IsAbs(dir) {
			continue // the current directory is no toolchain
		}
		p := filepath.Join(dir, name)
		looked = append(looked, p)
		if info, err := h.FS.Stat(p); err == nil && info.IsRegular() && info.Exec() {
			return p, looked, nil
		}
	}
	return "", nil, fmt.Errorf("there is no %s on PATH (%s)", name, strings.Join(filepath.SplitList(h.Getenv("PATH")), ", "))
}

// mounts returns the directories that the interpreter lives in, outermost
// only. The system's own directories are shown to every command anyway.
func mounts(a answer) []string {
	all := append([]string{}, a.Prefixes...)
	all = append(all, a.Path...)
	all = append(all, a.Outside...)
	all = append(all, filepath.Dir(filepath.Dir(a.RealExecutable)))
	var out []string
	for _, p := range all {
		if filepath.IsAbs(p) && !system(p) {
			out = append(out, filepath.Clean(p))
		}
	}
	return outermost(out)
}

// system reports whether p is a place that every sandbox shows.
func system(p string) bool {
	for _, dir := range []string{"/usr", "/bin", "/sbin", "/lib", "/lib64"} {
		if p == dir || within(p, dir) {
			return true
		}
	}
	return p == "/"
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

// Package toolchain finds what a stage declares that the host must provide,
// and gives it a fingerprint: a python with its installed distributions, or
// plain files of the host.
//
// The fingerprint enters the action key, so it is made of what decides results
// (versions, bytes) and never of where things are. Where they are enters the
// Binding: the paths that the sandbox shows read-only and puts on PATH.
//
// Finding a toolchain may start processes; what it found is kept together with
// the stat of everything that it looked at, and believed until one of those
// changes. Only package dewar imports this package.
package toolchain

import (
	"context"
	"fmt"
	"path/filepath"
	"sort"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// Host is what finding a toolchain needs of this machine.
type Host struct {
	FS      fs.FS
	Root    string                                                              // the project
	Cache   string                                                              // directory for what was found
	Getenv  func(string) string                                                 // PATH, for python3
	Command func(ctx context.Context, argv []string) (stdout []byte, err error) // starts a program of the host
}

// found is what is kept of a toolchain: its binding and what it was read from.
type found struct {
	Declared graph.Toolchain `json:"declared"`
	Path     string          `json:"path"` // the PATH it was looked for in
	Binding  run.Binding     `json:"binding"`
	Seen     []seen          `json:"seen"`
}

// Resolve finds the toolchain t.
func (h *Host) Resolve(ctx context.Context, t graph.Toolchain) (run.Binding, diag.List) {
	if kept, ok := h.load(t); ok {
		return kept, nil
	}
	var f found
	var err error
	switch t.Kind {
	case "python":
		f, err = h.python(ctx, t)
	case "files":
		f, err = h.files(t)
	default:
		err = fmt.Errorf("there is no kind %q; the kinds are python and files", t.Kind)
	}
	if err != nil {
		return run.Binding{}, diag.List{{
			Code:   "E-toolchain",
			Detail: fmt.Sprintf("Toolchain %q: %v", t.Name, err),
			Span:   t.Span, Subject: fmt.Sprintf("toolchain %q", t.Name),
		}}
	}
	f.Declared, f.Path = t, h.Getenv("PATH")
	f.Declared.Span = diag.Span{}
	f.Binding.Name, f.Binding.Kind = t.Name, t.Kind
	f.Binding.Fingerprint = fingerprint(f.Binding.Details)
	h.keep(f)
	return f.Binding, nil
}

// fingerprint is the digest of the details, one labelled line each.
func fingerprint(details []graph.Field) string {
	w := digest.NewWriter()
	for _, d := range details {
		fmt.Fprintf(w, "%s %q\n", d.Label, d.Value)
	}
	return w.Digest().Hex()
}

// abs returns the host path of a declared path.
func (h *Host) abs(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(h.Root, filepath.FromSlash(p))
}

// outermost returns the paths sorted, without those that lie inside another.
func outermost(paths []string) []string {
	sort.Strings(paths)
	var out []string
	for _, p := range paths {
		if n := len(out); n > 0 && (p == out[n-1] || within(p, out[n-1])) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// within reports whether p lies inside dir.
func within(p, dir string) bool {
	rel, err := filepath.Rel(dir, p)
	return err == nil && rel != "." && rel != ".." && !hasDotDot(rel)
}

func hasDotDot(rel string) bool {
	return len(rel) >= 3 && rel[:3] == ".."+string(filepath.Separator)
}

// Package toolchain finds what a stage declares that the host must provide,
// and gives it a fingerprint: a language with what is installed for it, plain
// files of the host, or whatever a command says. There is a file a kind.
//
// The fingerprint enters the action key, so it is made of what decides results
// (versions, bytes) and never of where things are. Where they are enters the
// Binding: the paths that the sandbox shows read-only and puts on PATH. Where
// a sandbox hides the system's own directories, what a toolchain needs of them is
// shown as well: base.go and what it calls find that.
//
// Finding a toolchain may start processes; what it found is kept together with
// the stat of everything that it looked at, and believed until one of those
// changes. Only package dewar imports this package.
package toolchain

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// Host is what finding a toolchain needs of this machine.
type Host struct {
	FS     fs.FS
	Root   string                                                // the project
	Cache  string                                                // directory for what was found
	Getenv func(string) string                                   // PATH and a few more
	Ask    func(ctx context.Context, q Question) (Answer, error) // starts a program of the host
	Memory *Memory                                               // of this process; nil: there is none
	Limit  time.Duration                                         // that a program may take to answer; 0: 30 s
}

// Found is what a toolchain is on this machine.
type Found struct {
	Binding run.Binding `json:"binding"`
	Program string      `json:"program,omitempty"` // the one that matters; "" if there is none
	Version string      `json:"version,omitempty"` // for people
	Lacking []string    `json:"lacking,omitempty"` // shared libraries and interpreters that Binding.Base needs and nothing provides
}

// found is what is kept of a toolchain: what it is and what that was read from.
type found struct {
	Found
	Declared graph.Toolchain   `json:"declared"`
	Env      map[string]string `json:"env"` // the variables that it was looked for with
	Parts    parts             `json:"parts"`
	Seen     []seen            `json:"seen"`
	Based    *based            `json:"based,omitempty"` // once somebody asked
	brief    bool              // it rests on what cannot be looked at: it is true of this process
}

// Resolve finds the toolchain t.
func (h *Host) Resolve(ctx context.Context, t graph.Toolchain) (run.Binding, diag.List) {
	f, diags := h.Find(ctx, t, false)
	return f.Binding, diags
}

// Find finds the toolchain t and, if base is set, what it needs of the system.
func (h *Host) Find(ctx context.Context, t graph.Toolchain, base bool) (Found, diag.List) {
	f, err := h.find(ctx, t)
	if err == nil && base {
		f, err = h.withBase(f)
	}
	if err != nil {
		return Found{}, diag.List{{
			Code:   "E-toolchain",
			Detail: sentence(fmt.Sprintf("Toolchain %q: %v", t.Name, err)),
			Span:   t.Span, Subject: fmt.Sprintf("toolchain %q", t.Name),
		}}
	}
	out := f.Found
	if base {
		f.Based.into(&out)
	}
	return out, nil
}

// Unchanged reports whether t is still what b says, also if something that b rests
// on was touched. It costs the stat of what b rests on, and more only if that changed.
func (h *Host) Unchanged(ctx context.Context, t graph.Toolchain, b run.Binding) bool {
	f, diags := h.Find(ctx, t, b.BaseDigest != "")
	return len(diags) == 0 && f.Binding.Fingerprint == b.Fingerprint && f.Binding.BaseDigest == b.BaseDigest
}

func (h *Host) find(ctx context.Context, t graph.Toolchain) (*found, error) {
	t.Span = diag.Span{}
	if f, err := h.known(t); f != nil || err != nil {
		return f, err
	}
	f, err := h.kind(ctx, t)
	if err != nil {
		if ctx.Err() == nil && t.Kind == "command" {
			h.Memory.fail(t, err) // it may have taken its half minute
		}
		return nil, err
	}
	f.Declared, f.Env = t, h.env()
	f.Binding.Name, f.Binding.Kind = t.Name, t.Kind
	f.Binding.Fingerprint = fingerprint(f.Binding.Details)
	h.keep(&f)
	return &f, nil
}

func (h *Host) kind(ctx context.Context, t graph.Toolchain) (found, error) {
	switch t.Kind {
	case "python":
		return h.python(ctx, t)
	case "r":
		return h.r(ctx, t)
	case "node":
		return h.node(ctx, t)
	case "java":
		return h.java(t)
	case "conda":
		return h.conda(t)
	case "files":
		return h.files(t)
	case "command":
		return h.command(ctx, t)
	}
	return found{}, errors.New("this dewar knows no kind " + t.Kind)
}

// fingerprint is the digest of the details, one labelled line each.
func fingerprint(details []graph.Field) string {
	w := digest.NewWriter()
	for _, d := range details {
		fmt.Fprintf(w, "%s %q\n", d.Label, d.Value)
	}
	return w.Digest().Hex()
}

// sentence ends what was said.
func sentence(s string) string {
	if s = strings.TrimRight(s, " \n"); strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}

// abs returns the host path of a declared path.
func (h *Host) abs(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(h.Root, filepath.FromSlash(p))
}

// hash returns the digest of a host file.
func (h *Host) hash(path string) (digest.Digest, error) {
	r, err := h.FS.Open(path)
	if err != nil {
		return digest.Digest{}, err
	}
	defer r.Close()
	size := int64(256 << 10)
	if info, err := r.Stat(); err == nil { // most files of a library are small, and there are thousands
		size = min(size, info.Size+512)
	}
	return digest.Read(r, make([]byte, size))
}

// outermost returns the paths sorted, without those that lie inside another.
func outermost(paths []string) []string {
	sort.Strings(paths)
	var out []string
	for _, p := range paths {
		if !inside(p, out) {
			out = append(out, p)
		}
	}
	return out
}

// inside reports whether p is one of dirs, or lies in one.
func inside(p string, dirs []string) bool {
	for _, dir := range dirs {
		if p == dir || within(p, dir) {
			return true
		}
	}
	return false
}

// within reports whether p lies inside dir.
func within(p, dir string) bool {
	rel, err := filepath.Rel(dir, p)
	return err == nil && rel != "." && rel != ".." && !hasDotDot(rel)
}

func hasDotDot(rel string) bool {
	return len(rel) >= 3 && rel[:3] == ".."+string(filepath.Separator)
}

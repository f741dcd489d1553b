package space

import (
	"iter"
	"path"
	"strings"
)

// Around yields the project path p and the directories around it, the innermost first.
func Around(p string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for p != "." && p != "/" && yield(p) {
			p = path.Dir(p)
		}
	}
}

// Within reports whether the project path p is dir or lies inside it, and where.
func Within(dir, p string) (sub string, ok bool) {
	switch {
	case p == dir:
		return "", true
	case dir == ".":
		return p, true
	}
	return strings.CutPrefix(p, dir+"/")
}

// Bare is a path of the pipeline as its commands see it: in the project that it is of.
func (s *Space) Bare(p string) string {
	sub, ok := Within(s.root, p)
	switch {
	case !ok:
		return p
	case sub == "":
		return "."
	}
	return sub
}

// Bares is Bare for each of some paths.
func (s *Space) Bares(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = s.Bare(p)
	}
	return out
}

// Unbare is the path of the pipeline that is p in the project that it is of.
func (s *Space) Unbare(p string) string { return path.Join(s.root, p) }

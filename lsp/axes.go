package lsp

import (
	"slices"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// axisDecl is where an axis of a stage is named.
type axisDecl struct {
	name string
	at   syntax.Span // empty: a function gives it its name
}

// axes lists the axes that for_each itself names, in the order of the text.
func axes(f *parsed, b *syntax.Block) []axisDecl {
	return kept(&f.axes, b, func() []axisDecl { return findAxes(f, b) })
}

// kept is what find finds of a block, which it is asked for once.
func kept[K *syntax.Block | *syntax.Attr, V any](m *map[K]V, b K, find func() V) V {
	if v, ok := (*m)[b]; ok {
		return v
	}
	if *m == nil {
		*m = map[K]V{}
	}
	v := find()
	(*m)[b] = v
	return v
}

func findAxes(f *parsed, b *syntax.Block) []axisDecl {
	a := b.Attr("for_each")
	if a == nil {
		return nil
	}
	var out []axisDecl
	add := func(d axisDecl) {
		if d.at.End > d.at.Start || !slices.ContainsFunc(out, func(x axisDecl) bool { return x.name == d.name }) {
			out = append(out, d)
		}
	}
	first := nextToken(f, a.First, a.Last)
	out = append(madeAxes(f, first, a.Last), writtenAxes(f, first, a.Last)...)
	for i := a.First; i+1 < a.Last; i++ {
		if !f.Sign(i+1, '(') {
			continue
		}
		switch f.Word(i) {
		case "grid", "zip":
			for _, e := range f.Entries(nextToken(f, i+2, a.Last), a.Last) {
				add(axisDecl{e.Name, e.At})
			}
		case "repeat":
			add(axisDecl{name: "seed"})
		case "shard":
			add(axisDecl{name: "shard"})
			add(axisDecl{name: "files"})
		case "files":
			for _, n := range []string{"path", "name", "stem", "ext", "dir"} {
				add(axisDecl{name: n})
			}
		case "distinct":
			out = append(out, madeAxes(f, nextToken(f, i+2, a.Last), a.Last)...)
		case "merge":
			if b.Kind == "local" && !f.Sign(first, '[') {
				continue // an object, not a list of points
			}
			for _, e := range f.Entries(lastArgument(f, i+1, a.Last), a.Last) {
				add(axisDecl{e.Name, e.At})
			}
		}
	}
	return out
}

// madeAxes are the axes of points that [for … : { … }] at token i makes.
func madeAxes(f *parsed, i, last int) []axisDecl {
	if !f.Sign(i, '[') || f.Word(nextToken(f, i+1, last)) != "for" {
		return nil
	}
	var out []axisDecl
	if i = f.Until(i+1, last, ":"); f.Sign(i, ':') {
		for _, e := range f.Entries(nextToken(f, i+1, last), last) {
			out = append(out, axisDecl{e.Name, e.At})
		}
	}
	return out
}

// writtenAxes are the axes of points that are written out: [{ … }, …], also as a list that a
// function makes another of.
func writtenAxes(f *parsed, i, last int) []axisDecl {
	var out []axisDecl
	switch {
	case f.Sign(i, '['):
		for _, at := range elementsAt(f, i+1, last) {
			for _, e := range f.Entries(at, last) {
				out = append(out, axisDecl{e.Name, e.At})
			}
		}
	case f.Sign(i+1, '(') && slices.Contains([]string{"concat", "distinct", "sample", "repeat"}, f.Word(i)):
		for _, at := range elementsAt(f, i+2, last) {
			out = append(out, writtenAxes(f, at, last)...)
		}
	}
	return out
}

// elementsAt are the first tokens of elements or arguments, of which the first begins at i.
func elementsAt(f *parsed, i, last int) []int {
	var out []int
	for i = nextToken(f, i, last); i < last && !f.Sign(i, ']') && !f.Sign(i, ')'); i = nextToken(f, i+1, last) {
		out = append(out, i)
		if i = f.Until(i, last, ","); !f.Sign(i, ',') {
			break
		}
	}
	return out
}

// nextToken is the first token from i on that is neither a line end nor a comment.
func nextToken(f *parsed, i, last int) int {
	for i < last && (f.Tokens[i].Kind == syntax.Newline || f.Tokens[i].Kind == syntax.Comment) {
		i++
	}
	return i
}

// lastArgument is the first token of the last argument of the call whose ( is at i.
func lastArgument(f *parsed, i, last int) int {
	at := i + 1
	for end := f.Until(at, last, ","); f.Sign(end, ','); end = f.Until(at, last, ",") {
		at = nextToken(f, end+1, last)
	}
	return at
}

// parent is the stage or module whose instances for_each stands for, or the local that is the
// list of its points, or "".
func parent(f *parsed, b *syntax.Block) string {
	return kept(&f.parent, b, func() string { return findParent(f, b) })
}

func findParent(f *parsed, b *syntax.Block) string {
	a := b.Attr("for_each")
	if a == nil {
		return ""
	}
	local := ""
	for _, r := range refsIn(f, a.Value) {
		switch root := r.Root(); {
		case len(r.Parts) != 2:
		case root == "local" && local == "":
			local = ofLocal + r.Name(1)
		case root == "stage":
			return r.Name(1)
		case root == "module":
			return ofModule + r.Name(1)
		}
	}
	return local
}

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
func kept[V any](m *map[*syntax.Block]V, b *syntax.Block, find func() V) V {
	if v, ok := (*m)[b]; ok {
		return v
	}
	if *m == nil {
		*m = map[*syntax.Block]V{}
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
	out = madeAxes(f, nextToken(f, a.First, a.Last), a.Last)
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

// parent is the stage or module whose instances for_each stands for, or "".
func parent(f *parsed, b *syntax.Block) string {
	return kept(&f.parent, b, func() string { return findParent(f, b) })
}

func findParent(f *parsed, b *syntax.Block) string {
	a := b.Attr("for_each")
	if a == nil {
		return ""
	}
	for _, r := range refsIn(f, a.Value) {
		switch root := r.Root(); {
		case len(r.Parts) != 2:
		case root == "stage":
			return r.Name(1)
		case root == "module":
			return ofModule + r.Name(1)
		}
	}
	return ""
}

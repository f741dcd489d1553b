package lsp

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// A part of a param is declared in the type of the param, if that is an object; of a map or
// any there are parts without a declaration. Besides references and params files it is named
// in defaults, and in what experiments try. As a symbol, its owner is what it is a part of:
// "train" or "train.solver".

// partSymbol is a part of a param, by its names from that of the param on.
func partSymbol(path []string) symbol {
	n := len(path) - 1
	return symbol{"part", strings.Join(path[:n], "."), path[n]}
}

// partPath are the names of a part from that of its param on.
func (o symbol) partPath() []string { return append(strings.Split(o.owner, "."), o.name) }

// parts visits the parts of a param in its type and default.
func (w *namer) parts(b *syntax.Block) {
	if a := b.Attr("type"); a != nil {
		w.partsOfType(b.Label, a.First, a.Last)
	}
	if a := b.Attr("default"); a != nil {
		w.partsOfValue(b.Label, a.First, a.Last)
	}
}

// partsOfType visits the entries of object({ … }) or optional(object({ … }), { … }).
func (w *namer) partsOfType(owner string, first, last int) {
	f := w.f
	first = nextToken(f, first, last)
	if !f.Sign(first+1, '(') {
		return
	}
	inner := nextToken(f, first+2, last)
	switch f.Word(first) {
	case "object":
		for _, e := range f.Entries(inner, last) {
			w.name("part", owner, e.Name, e.At, true)
			w.partsOfType(owner+"."+e.Name, e.First, e.Last)
		}
	case "optional":
		w.partsOfType(owner, inner, last)
		if end := f.Until(inner, last, ","); f.Sign(end, ',') {
			w.partsOfValue(owner, end+1, last)
		}
	}
}

// partsOfValue visits the names in a value that is written out.
func (w *namer) partsOfValue(owner string, first, last int) {
	for _, e := range w.f.Entries(nextToken(w.f, first, last), last) {
		w.name("part", owner, e.Name, e.At, false)
		w.partsOfValue(owner+"."+e.Name, e.First, e.Last)
	}
}

// partsOfRef visits the parts that a reference to a param names.
func (w *namer) partsOfRef(r *syntax.Ref) {
	owner := r.Name(1)
	for _, p := range r.Parts[2:] {
		w.name("part", owner, p.Name, p.At, false)
		owner += "." + p.Name
	}
}

// tried visits the names of params and parts of them that an experiment has values for.
func (w *namer) tried(e syntax.Entry) {
	names := strings.Split(e.Name, ".")
	if len(e.Name) != e.At.End-e.At.Start {
		return // spelled in another way
	}
	at := e.At.Start
	for i, name := range names {
		span := syntax.Span{Start: at, End: at + len(name)}
		if i == 0 {
			w.name("param", "", name, span, false)
		} else {
			w.name("part", strings.Join(names[:i], "."), name, span, false)
		}
		at = span.End + 1
	}
}

// partAt is the part of a param that is named at a place: its names from that of the param
// on; none if there is none.
func (sc *scope) partAt(at int) []string {
	if o, ok := sc.symbolAt(at); ok && o.kind == "part" {
		return o.partPath()
	}
	return nil
}

// partDeclared is where a param names a part: in its type, or else by its own name.
func partDeclared(f *parsed, b *syntax.Block, path []string) syntax.Span {
	at := b.Name
	o := partSymbol(append([]string{b.Label}, path...))
	w := &namer{f: f, visit: func(x occurrence) {
		if x.decl && x.symbol == o {
			at = x.at
		}
	}}
	if len(path) > 0 {
		w.parts(b)
	}
	return at
}

// inPart reports whether a symbol is a part of something with a name, at any depth.
func (o symbol) inPart(of string) bool {
	return o.kind == "part" && (o.owner == of || strings.HasPrefix(o.owner, of+"."))
}

// dotted is what a param or a part of one is called by -p, and in the graph.
func (o symbol) dotted() string {
	if o.kind == "part" {
		return o.owner + "." + o.name
	}
	return o.name
}

// partsRenamed is a symbol of the pipeline after a param or a part was renamed.
func (r *renaming) partsRenamed(o symbol) symbol {
	if was := r.old.dotted(); slices.Contains(ofParams, r.old.kind) && o.inPart(was) {
		o.owner = r.new.dotted() + o.owner[len(was):]
	}
	return o
}

package lint

import (
	"path"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// name is a declaration: kind and name.
type name struct{ kind, name string }

// uses are who needs whom. Stages, settings, outputs of the pipeline and whatever else
// does something by itself are needed by nobody and count as used.
type uses struct {
	used map[name]bool
	by   map[name][]name // what a local or a function refers to
	from map[name][]name // the other way
}

// unused finds declarations that nothing uses: params, locals, functions, toolchains,
// and data in a pipeline that has stages.
func (l *linter) unused() {
	u := l.collectUses()
	for _, b := range l.p.Params {
		if !u.used[name{"param", b.Name}] {
			advice := "Setting it does nothing: use it, or remove it."
			if file := l.params[b.Name].File; file != "" {
				advice = "Setting it does nothing. If a command reads " + path.Base(file) + " itself, name the param in the params of its stage: params = [param." + b.Name + "]."
			}
			l.unusedBlock("W-param-unused", b, u.whose(name{"param", b.Name}), nil, advice)
		}
	}
	l.unusedLocals(u)
	for _, b := range l.p.Functions {
		if !u.used[name{"function", b.Name}] {
			n := name{"function", b.Name}
			var fix *Fix
			if len(u.from[n]) == 0 {
				fix = l.removeBlock(b.Span, "remove it")
			}
			l.unusedBlock("W-function-unused", b, u.whose(n), fix, "Remove it.")
		}
	}
	for _, b := range l.p.Toolchains {
		if !u.used[name{"toolchain", b.Name}] {
			l.unusedBlock("W-toolchain-unused", b, u.whose(name{"toolchain", b.Name}), l.removeBlock(b.Span, "remove it"), "Name it in toolchains, of a stage or of the pipeline, or remove it.")
		}
	}
	if len(l.p.Stages)+len(l.p.Modules) == 0 {
		return // data that is only tracked is why such a pipeline exists
	}
	for _, b := range l.p.Data {
		if !u.used[name{"data", b.Name}] && !l.readAsPath(b) {
			l.unusedBlock("W-data-unused", b, u.whose(name{"data", b.Name}), nil, "If it is only to be tracked, say so to lints: # dewar:ignore W-data-unused above the block.")
		}
	}
}

func (l *linter) unusedBlock(code string, b *lang.Block, whose string, fix *Fix, advice string) {
	l.report(code, b.Span, b.Subject(), fix, "Nothing uses it%s. %s", whose, advice)
}

// unusedLocals finds locals that nothing uses. Where a block declares nothing else, the
// block goes. What another unused declaration refers to has to wait for that to go.
func (l *linter) unusedLocals(u *uses) {
	var idle []*lang.Attr
	free := map[diag.Span]bool{} // by where they are declared, those that can go now
	for _, a := range l.p.Locals {
		if n := (name{"local", a.Name}); !u.used[n] {
			idle = append(idle, a)
			free[a.NameSpan] = len(u.from[n]) == 0
		}
	}
	for _, a := range idle {
		l.report("W-local-unused", a.NameSpan, "local."+a.Name, l.removeLocal(a, free), "Nothing uses it%s. Remove it.", u.whose(name{"local", a.Name}))
	}
}

func (l *linter) removeLocal(a *lang.Attr, free map[diag.Span]bool) *Fix {
	b := l.blockAt(a.Span)
	if b == nil || !free[a.NameSpan] {
		return nil
	}
	all := true
	for _, x := range b.Body.Attributes {
		all = all && free[lang.Span(x.NameRange)]
	}
	what, from, to := "remove it", a.Span.Start.Byte, a.Span.End.Byte
	if all {
		what, from, to = "remove the block, of which nothing is used", b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte
	}
	e, ok := l.removal(a.Span.File, from, to)
	if !ok {
		return nil
	}
	return &Fix{Text: what, Same: true, Edit: e}
}

// whose says who refers to something and is not used either.
func (u *uses) whose(n name) string {
	by := u.from[n]
	if len(by) == 0 {
		return ""
	}
	words := make([]string, 0, len(by))
	for _, b := range by {
		words = append(words, b.kind+"."+b.name)
	}
	sort.Strings(words)
	return " but " + words[0] + ", which nothing uses"
}

func (l *linter) collectUses() *uses {
	u := &uses{used: map[name]bool{}, by: map[name][]name{}, from: map[name][]name{}}
	for i := range l.places {
		pl := &l.places[i]
		from := owner(pl)
		for _, n := range l.needs(pl) {
			switch {
			case n == from:
			case passive(from.kind):
				u.by[from] = append(u.by[from], n)
				u.from[n] = append(u.from[n], from)
			default:
				u.mark(n)
			}
		}
	}
	for n := range u.used {
		u.spread(n)
	}
	return u
}

// passive kinds do nothing unless somebody refers to them.
func passive(kind string) bool { return kind == "local" || kind == "function" }

func (u *uses) mark(n name) { u.used[n] = true }

// spread marks what a used declaration needs.
func (u *uses) spread(n name) {
	for _, to := range u.by[n] {
		if !u.used[to] {
			u.used[to] = true
			u.spread(to)
		}
	}
}

// owner is the declaration that a place belongs to. A validation is checked whether
// its param is used or not, so what else it reads is used; its own param it does not use.
func owner(pl *place) name {
	if pl.block == nil {
		return name{"local", pl.attr.Name}
	}
	return name{pl.block.Kind, pl.block.Name}
}

// needs are the declarations that an expression names.
func (l *linter) needs(pl *place) []name {
	var out []name
	for _, r := range pl.refs {
		switch r.Root {
		case "param", "local", "data", "toolchain":
			out = append(out, name{r.Root, r.Name})
		}
	}
	if len(l.p.Functions) > 0 {
		for _, c := range lang.Calls(pl.attr.Expr) {
			out = append(out, name{"function", c.Name})
		}
	}
	return out
}

// readAsPath reports whether data is read by its path: a stage's input may be a text
// that lies in it.
func (l *linter) readAsPath(b *lang.Block) bool {
	if l.o.Graph != nil {
		for i := range l.o.Graph.Instances {
			for j := range l.o.Graph.Instances[i].Inputs {
				if in := &l.o.Graph.Instances[i].Inputs[j]; in.Kind == graph.Workspace && in.Data == b.Name {
					return true
				}
			}
		}
	}
	a := b.Attr("path")
	if a == nil {
		return true
	}
	e, _ := a.Expr.(hclsyntax.Expression)
	at, ok := literalText(e)
	return !ok || l.speaksOf(b, path.Clean(at))
}

// speaksOf reports whether a text outside of a block is a path, or in it.
func (l *linter) speaksOf(b *lang.Block, at string) bool {
	found := false
	for i := range l.places {
		if pl := &l.places[i]; pl.block != b {
			walk(pl.root(), func(n hclsyntax.Node, _ []hclsyntax.Node) {
				if e, ok := n.(*hclsyntax.LiteralValueExpr); ok && !found && ctyType(e.Val) == stringType {
					found = strings.Contains(e.Val.AsString(), at)
				}
			})
		}
	}
	return found
}

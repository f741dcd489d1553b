package lsp

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// members lists what can follow the names before the place.
func (l *lister) members() {
	rest := l.chain[1:]
	switch root := l.chain[0]; root {
	case "param":
		l.paramMembers(rest)
	case "local":
		l.localMembers(rest)
	case "data", "toolchain":
		if len(rest) == 0 {
			l.declarations(root)
		}
	case "stage":
		if len(rest) == 0 {
			l.stages()
		} else {
			l.made(rest[0], rest[1:])
		}
	case "module":
		l.moduleMembers(rest)
	case "each":
		l.eachMembers(rest)
	case "inputs", "outputs", "metrics", "plots":
		if st := l.stage(); st != nil && len(rest) == 0 {
			l.entriesOf(l.sc.file, st, root)
		}
	default:
		l.loopMembers(root, rest)
	}
}

// namesOf lists what is declared of a kind, in the order of files and text.
func (sc *scope) namesOf(kind string) []string {
	var out []string
	sc.declared(kind, func(_ *parsed, _ *syntax.Block, name string) { out = append(out, name) })
	return out
}

func (l *lister) declarations(kind string) {
	l.sc.declared(kind, func(f *parsed, b *syntax.Block, name string) {
		l.add(item{label: name, kind: itemVariable, detail: l.sc.summary(f, b), doc: literal(f, b, "description")})
	})
}

func (l *lister) paramMembers(rest []string) {
	if len(rest) == 0 {
		l.declarations("param")
		return
	}
	_, t := l.sc.paramType(rest[0])
	for _, name := range rest[1:] {
		if t = fieldType(t, name); t == nil {
			return
		}
	}
	if t == nil {
		return
	}
	for _, f := range t.Fields {
		l.add(item{label: f.Name, kind: itemField, detail: f.Type.String()})
	}
}

func fieldType(t *param.Type, name string) *param.Type {
	if t == nil {
		return nil
	}
	if t.Kind == param.KindMap {
		return t.Elem
	}
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i].Type
		}
	}
	return nil
}

// localMembers lists locals, and the entries of one that is an object.
func (l *lister) localMembers(rest []string) {
	if len(rest) == 0 {
		l.sc.locals(func(f *parsed, a *syntax.Attr) {
			l.add(item{label: a.Name, kind: itemVariable, detail: oneLine(f.Of(a.Value))})
		})
		return
	}
	f, a := l.sc.local(rest[0])
	if a == nil {
		return
	}
	list := f.Entries(a.First, a.Last)
	for _, name := range rest[1:] {
		i := slices.IndexFunc(list, func(e syntax.Entry) bool { return e.Name == name })
		if i < 0 {
			return
		}
		list = f.Entries(list[i].First, list[i].Last)
	}
	for _, e := range list {
		l.add(item{label: e.Name, kind: itemField, detail: textOfTokens(f, e.First, e.Last)})
	}
}

// stages lists stages; of one with for_each most often all instances are meant.
func (l *lister) stages() {
	own := l.stage()
	l.sc.declared("stage", func(f *parsed, b *syntax.Block, name string) {
		if own != nil && own.Label == name {
			return
		}
		x := item{label: name, kind: itemVariable, detail: l.sc.summary(f, b), doc: literal(f, b, "description")}
		if b.Attr("for_each") != nil && l.attr.Name != "for_each" {
			x.rank = 'b'
			l.add(item{label: name + "[*]", kind: itemVariable, detail: "all instances, " + x.detail, doc: x.doc, rank: 'a'})
		}
		l.add(x)
	})
}

// made lists what an instance of a stage or module has.
func (l *lister) made(stage string, rest []string) {
	f, b := l.sc.maker(stage)
	if b == nil {
		return
	}
	if b.Kind == "module" && len(rest) > 0 && rest[0] == "outputs" {
		l.moduleMembers(append([]string{b.Label}, rest...))
		return
	}
	template := b.Attr("for_each") != nil
	switch {
	case len(rest) == 0:
		if template && !l.splat && l.chain[0] == "stage" {
			return // one of many: pick, where or [*]
		}
		l.groups(b)
		if template {
			l.axisItems(stage)
		}
	case group(rest[0]) && len(rest) == 1:
		l.entriesOf(f, b, rest[0])
	case rest[0] == "from":
		l.made(parent(f, b), rest[1:])
	}
}

// groups lists outputs, metrics and plots, those that the stage has. A module has outputs.
func (l *lister) groups(b *syntax.Block) {
	for _, g := range []string{"outputs", "metrics", "plots"} {
		if b.Attr(g) != nil || b.Kind == "module" && g == "outputs" {
			l.add(item{label: g, kind: itemField, detail: "of " + b.Label, rank: 'a'})
		}
	}
}

func (l *lister) entriesOf(f *parsed, b *syntax.Block, attr string) {
	for _, e := range entries(f, b, attr) {
		l.add(item{label: e.Name, kind: itemField, detail: textOfTokens(f, e.First, e.Last)})
	}
}

func (l *lister) axisItems(stage string) {
	for _, name := range l.sc.axisNames(stage) {
		l.add(item{label: name, kind: itemField, detail: l.sc.axisText(stage, name), rank: 'a'})
	}
	if !strings.HasPrefix(stage, ofLocal) {
		l.add(item{label: "key", kind: itemField, detail: "the point key", rank: 'b'})
	}
}

func (l *lister) eachMembers(rest []string) {
	st := l.stage()
	if st == nil {
		return
	}
	over := parent(l.sc.file, st)
	if len(rest) > 0 {
		if group(rest[0]) {
			l.made(over, rest)
		} else if rest[0] == "from" {
			if f, b := l.sc.maker(over); b != nil {
				l.made(parent(f, b), rest[1:])
			}
		}
		return
	}
	l.axisItems(st.Label)
	if f, b := l.sc.maker(over); b != nil {
		l.groups(b)
		if b.Kind != "local" && parent(f, b) != "" {
			l.add(item{label: "from", kind: itemField, detail: "each of " + over, rank: 'b'})
		}
	}
}

func (l *lister) moduleMembers(rest []string) {
	switch {
	case len(rest) == 0:
		l.declarations("module")
	case len(rest) == 1:
		l.add(item{label: "outputs", kind: itemField})
	case len(rest) == 2 && rest[1] == "outputs":
		m := l.sc.module(rest[0])
		if m == nil {
			return
		}
		m.declared("output", func(f *parsed, b *syntax.Block, name string) {
			l.add(item{label: name, kind: itemField, detail: m.summary(f, b), doc: literal(f, b, "description")})
		})
	}
}

// loopMembers lists what m has in [for m in stage.x : m.…] and p in [for p in grid(…) : p.…].
func (l *lister) loopMembers(name string, rest []string) {
	if l.block() == nil {
		return
	}
	for _, o := range loopsIn(l.sc.file, l.block(), l.attr) {
		if o.name == name {
			l.splat = true
			l.made(o.stage, rest)
			return
		}
	}
}

package lsp

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// scope is what a request is about: a file, and the files of its pipeline.
type scope struct {
	s     *server
	p     *pipeline
	file  *parsed
	files []*parsed
}

// decl returns the block that declares something, and its file; nil if there is none.
func (sc *scope) decl(kind, name string) (*parsed, *syntax.Block) {
	for _, f := range sc.files {
		if b := f.named(kind, name); b != nil {
			return f, b
		}
	}
	return nil, nil
}

// named returns the first block of a kind with a name.
func (f *parsed) named(kind, name string) *syntax.Block {
	if f.byName == nil {
		f.byName = make(map[[2]string]*syntax.Block, len(f.Blocks))
		for _, b := range f.Blocks {
			if id := [2]string{b.Kind, b.Label}; b.Label != "" && f.byName[id] == nil {
				f.byName[id] = b
			}
		}
	}
	return f.byName[[2]string{kind, name}]
}

// declared calls visit for every block of a kind, and of locals for every attribute.
func (sc *scope) declared(kind string, visit func(f *parsed, b *syntax.Block, name string)) {
	for _, f := range sc.files {
		for _, b := range f.Blocks {
			if b.Kind == kind && b.Label != "" {
				visit(f, b, b.Label)
			}
		}
	}
}

// locals calls visit for every local value.
func (sc *scope) locals(visit func(f *parsed, a *syntax.Attr)) {
	for _, f := range sc.files {
		for _, b := range f.Blocks {
			if b.Kind == "locals" {
				for i := range b.Attrs {
					visit(f, &b.Attrs[i])
				}
			}
		}
	}
}

// local returns a local value and its file; nil if there is none.
func (sc *scope) local(name string) (*parsed, *syntax.Attr) {
	for _, f := range sc.files {
		if a := f.local(name); a != nil {
			return f, a
		}
	}
	return nil, nil
}

// local returns the first local value with a name.
func (f *parsed) local(name string) *syntax.Attr {
	if f.locals == nil {
		f.locals = map[string]*syntax.Attr{}
		for _, b := range f.Blocks {
			for i := range b.Attrs {
				if a := &b.Attrs[i]; b.Kind == "locals" && f.locals[a.Name] == nil {
					f.locals[a.Name] = a
				}
			}
		}
	}
	return f.locals[name]
}

// entries are those of the object that an attribute is; none if it is no object.
func entries(f *parsed, b *syntax.Block, attr string) []syntax.Entry {
	a := b.Attr(attr)
	if a == nil {
		return nil
	}
	return f.Entries(a.First, a.Last)
}

// literal is the text of an attribute that is a plain string.
func literal(f *parsed, b *syntax.Block, attr string) string {
	a := b.Attr(attr)
	if a == nil {
		return ""
	}
	text, _, _ := f.Literal(a.First)
	return text
}

// refsIn are the references in a range.
func refsIn(f *parsed, at syntax.Span) []syntax.Ref {
	from, _ := slices.BinarySearchFunc(f.Refs, at.Start, func(r syntax.Ref, at int) int { return r.Parts[0].At.Start - at })
	to, _ := slices.BinarySearchFunc(f.Refs, at.End, func(r syntax.Ref, at int) int { return r.Parts[0].At.Start - at })
	return f.Refs[from:max(from, to)]
}

// maxChain bounds how far for_each = stage.x is followed.
const maxChain = 100

// chain calls visit for a stage or module, for the one that its for_each stands for, and so on,
// until visit returns false.
func (sc *scope) chain(stage string, visit func(f *parsed, b *syntax.Block) bool) {
	seen := map[string]bool{}
	for n := 0; n < maxChain && stage != "" && !seen[stage]; n++ {
		seen[stage] = true
		f, b := sc.maker(stage)
		if b == nil || !visit(f, b) {
			return
		}
		stage = parent(f, b)
	}
}

// axisOwner is the stage or module that names an axis which a stage has; "" if it is not found.
func (sc *scope) axisOwner(stage, name string) (owner string) {
	sc.chain(stage, func(f *parsed, b *syntax.Block) bool {
		if slices.ContainsFunc(axes(f, b), func(d axisDecl) bool { return d.name == name }) {
			owner = makerOf(b)
		}
		return owner == ""
	})
	return owner
}

// axisNames lists the axes of a stage: what the text says, and what the last evaluation
// found besides.
func (sc *scope) axisNames(stage string) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	sc.chain(stage, func(f *parsed, b *syntax.Block) bool {
		for _, d := range axes(f, b) {
			add(d.name)
		}
		return true
	})
	if p := sc.points(stage); p != nil {
		for _, x := range p.axes {
			add(x.name)
		}
	}
	slices.Sort(out)
	return out
}

// points are those of a stage in the last evaluation; nil if there are none.
func (sc *scope) points(stage string) *points {
	if sc.p.values == nil {
		return nil
	}
	return sc.p.values.stages[stage]
}

// spec is what the schema says of a block: the last of a list of blocks from the outside in.
func spec(blocks []*syntax.Block) *lang.BlockSpec {
	list := lang.Schema()
	var out *lang.BlockSpec
	for _, b := range blocks {
		i := slices.IndexFunc(list, func(x lang.BlockSpec) bool { return x.Kind == b.Kind })
		if i < 0 {
			return nil
		}
		out = &list[i]
		list = out.Blocks
	}
	return out
}

// attrSpec is what the schema says of an attribute; nil if there is none.
func attrSpec(s *lang.BlockSpec, name string) *lang.AttrSpec {
	if s == nil {
		return nil
	}
	return attrOf(s.Attrs, name)
}

// attrOf returns the one with a name, or nil.
func attrOf(list []lang.AttrSpec, name string) *lang.AttrSpec {
	if i := slices.IndexFunc(list, func(x lang.AttrSpec) bool { return x.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// module is the scope of the pipeline that a module block stands for; nil if it is not
// in this project.
func (sc *scope) module(name string) *scope {
	f, b := sc.decl("module", name)
	if b == nil {
		return nil
	}
	dir, _ := sourceOf(f, b)
	if dir == "" {
		return nil
	}
	return sc.s.scopeIn(dir)
}

// group reports whether a name is one of the attributes that name what a stage makes.
func group(name string) bool { return name == "outputs" || name == "metrics" || name == "plots" }

// oneLine is the text of a span as one line, shortened.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	const most = 120
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + " …"
	}
	return text
}

package lsp

import (
	"path"
	"path/filepath"
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

func (sc *scope) local(name string) (file *parsed, attr *syntax.Attr) {
	sc.locals(func(f *parsed, a *syntax.Attr) {
		if attr == nil && a.Name == name {
			file, attr = f, a
		}
	})
	return file, attr
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
		if !isCall(f, i) {
			continue
		}
		switch f.Text[f.Tokens[i].Start:f.Tokens[i].End] {
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
	if !f.sign(i, '[') || f.word(nextToken(f, i+1, last)) != "for" {
		return nil
	}
	for depth := 0; i < last; i++ {
		if f.Tokens[i].Kind != syntax.Sign {
			continue
		}
		switch f.Tokens[i].Char {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ':':
			if depth != 1 {
				continue
			}
			var out []axisDecl
			for _, e := range f.Entries(nextToken(f, i+1, last), last) {
				out = append(out, axisDecl{e.Name, e.At})
			}
			return out
		}
	}
	return nil
}

func isCall(f *parsed, i int) bool {
	next := f.Tokens[i+1]
	return f.Tokens[i].Kind == syntax.Ident && next.Kind == syntax.Sign && next.Char == '('
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
	depth, at := 0, i+1
	for ; i < last; i++ {
		t := f.Tokens[i]
		if t.Kind != syntax.Sign {
			continue
		}
		switch t.Char {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return at
			}
		case ',':
			if depth == 1 {
				at = nextToken(f, i+1, last)
			}
		}
	}
	return at
}

// parent is the stage whose instances for_each stands for, or "".
func parent(f *parsed, b *syntax.Block) string {
	return kept(&f.parent, b, func() string { return findParent(f, b) })
}

func findParent(f *parsed, b *syntax.Block) string {
	a := b.Attr("for_each")
	if a == nil {
		return ""
	}
	for i := range refsIn(f, a.Value) {
		r := &refsIn(f, a.Value)[i]
		if r.Root() == "stage" && len(r.Parts) == 2 {
			return r.Name(1)
		}
	}
	return ""
}

// refsIn are the references in a range.
func refsIn(f *parsed, at syntax.Span) []syntax.Ref {
	from, _ := slices.BinarySearchFunc(f.Refs, at.Start, func(r syntax.Ref, at int) int { return r.Parts[0].At.Start - at })
	to, _ := slices.BinarySearchFunc(f.Refs, at.End, func(r syntax.Ref, at int) int { return r.Parts[0].At.Start - at })
	return f.Refs[from:max(from, to)]
}

// maxChain bounds how far for_each = stage.x is followed.
const maxChain = 100

// chain calls visit for a stage, for the one that its for_each stands for, and so on,
// until visit returns false.
func (sc *scope) chain(stage string, visit func(f *parsed, b *syntax.Block) bool) {
	seen := map[string]bool{}
	for n := 0; n < maxChain && stage != "" && !seen[stage]; n++ {
		seen[stage] = true
		f, b := sc.decl("stage", stage)
		if b == nil || !visit(f, b) {
			return
		}
		stage = parent(f, b)
	}
}

// axisOwner is the stage that names an axis which a stage has; "" if it is not found.
func (sc *scope) axisOwner(stage, name string) (owner string) {
	sc.chain(stage, func(f *parsed, b *syntax.Block) bool {
		if slices.ContainsFunc(axes(f, b), func(d axisDecl) bool { return d.name == name }) {
			owner = b.Label
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
	if i := slices.IndexFunc(s.Attrs, func(x lang.AttrSpec) bool { return x.Name == name }); i >= 0 {
		return &s.Attrs[i]
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
	source := literal(f, b, "source")
	if source == "" {
		return nil
	}
	dir := filepath.Join(filepath.Dir(f.path), filepath.FromSlash(path.Clean(source)))
	files := sc.s.filesOf(dir)
	if len(files) == 0 {
		return nil
	}
	return &scope{s: sc.s, p: sc.p, file: files[0], files: files}
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

package lsp

import (
	"strings"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// Instances of a stage or module are reached in other ways than by stage.x: as the names of for
// expressions, and by pick and where. The functions here find what is named of them.

// ofModule is before the name of a module where stages are meant too: their names have no
// spaces.
const ofModule = "module "

// ofLocal is before the name of a local that is a list of points.
const ofLocal = "local "

// makerOf is what a stage or module is called where both are meant, and a list of points.
func makerOf(b *syntax.Block) string {
	switch b.Kind {
	case "module":
		return ofModule + b.Label
	case "local":
		return ofLocal + b.Label
	}
	return b.Label
}

// pointsOf is a local as what has points: a block with them as its for_each.
func pointsOf(f *parsed, a *syntax.Attr) *syntax.Block {
	return kept(&f.lists, a, func() *syntax.Block {
		points := *a
		points.Name = "for_each"
		return &syntax.Block{Kind: "local", Label: a.Name, At: a.At, Name: a.At, Attrs: []syntax.Attr{points}}
	})
}

// maker returns the block of a stage, module or list of points; nil if there is none.
func (sc *scope) maker(name string) (*parsed, *syntax.Block) {
	if module, ok := strings.CutPrefix(name, ofModule); ok {
		return sc.decl("module", module)
	}
	if local, ok := strings.CutPrefix(name, ofLocal); ok {
		if f, a := sc.local(local); a != nil {
			return f, pointsOf(f, a)
		}
		return nil, nil
	}
	return sc.decl("stage", name)
}

// makerAt is the stage, module or list of points that stage.x, module.x or local.x at token i
// names; "" if it is something else.
func makerAt(f *parsed, i int) string {
	name := f.Word(i + 2)
	switch root := f.Word(i); {
	case !f.Sign(i+1, '.') || name == "":
	case root == "stage":
		return name
	case root == "module":
		return ofModule + name
	case root == "local" && !f.Sign(i+3, '.') && !f.Sign(i+3, '['):
		return ofLocal + name
	}
	return ""
}

// over is a name of a for expression that stands for instances, or points, of a stage or
// module.
type over struct{ name, stage string }

// loopOver reads for …, v in stage.x at token i: v and x. A for over something else
// has points if it stands in a for_each, those of the stage itself.
func loopOver(f *parsed, i int, own string) (over, bool) {
	name := f.Word(i + 1)
	if i += 2; f.Sign(i, ',') {
		name = f.Word(i + 1)
		i += 2
	}
	if name == "" || f.Word(i) != "in" {
		return over{}, false
	}
	if f.Word(i+1) == "where" && f.Sign(i+2, '(') {
		i += 2
	}
	if stage := makerAt(f, i+1); stage != "" {
		return over{name, stage}, true
	}
	return over{name, own}, own != ""
}

// loopsIn lists the names of for expressions in the value of an attribute.
func loopsIn(f *parsed, b *syntax.Block, a *syntax.Attr) []over {
	own := ""
	switch {
	case b.Kind == "locals":
		own = ofLocal + a.Name
	case a.Name == "for_each":
		own = makerOf(b)
	}
	var out []over
	for i := a.First; i < a.Last; i++ {
		if f.Word(i) == "for" {
			if o, ok := loopOver(f, i, own); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// chosen is the stage or module of pick(stage.x, …) or where(stage.x, …) whose name is token
// i, and the token after its closing bracket; "" if it is none.
func chosen(f *parsed, i, last int) (stage string, end int) {
	if call := f.Word(i); call != "pick" && call != "where" || !f.Sign(i+1, '(') {
		return "", 0
	}
	if end = f.Until(i+2, last, ""); !f.Sign(end, ')') {
		return "", 0
	}
	return makerAt(f, i+2), end + 1
}

// lookInside visits what is named of instances in the attributes of a block.
func (w *namer) lookInside(b *syntax.Block, stage string) {
	for i := range b.Attrs {
		w.instances(b, &b.Attrs[i])
	}
	for _, in := range b.Blocks {
		w.lookInside(in, stage)
	}
}

func (w *namer) instances(b *syntax.Block, a *syntax.Attr) {
	f := w.f
	loops := map[string]string{} // the stages of names of for
	for _, o := range loopsIn(f, b, a) {
		if _, ok := loops[o.name]; !ok {
			loops[o.name] = o.stage
		}
	}
	for i := a.First; i+2 < a.Last; i++ {
		name := f.Word(i)
		if name == "" || f.Sign(i-1, '.') {
			continue
		}
		if stage, ok := loops[name]; ok && f.Sign(i+1, '.') {
			w.made(stage, w.path(i+1), 1)
			continue
		}
		stage, end := chosen(f, i, a.Last)
		if stage == "" {
			continue
		}
		if f.Sign(i+5, ',') {
			for _, e := range f.Entries(nextToken(f, i+6, a.Last), a.Last) {
				if owner := w.sc.axisOwner(stage, e.Name); owner != "" {
					w.name("axis", owner, e.Name, e.At, false)
				}
			}
		}
		if f.Sign(end, '[') && f.Sign(end+1, '*') && f.Sign(end+2, ']') {
			end += 3
		}
		w.made(stage, w.path(end), 1)
	}
}

// path reads the names with dots before them from token i on, as a reference whose root
// is something else.
func (w *namer) path(i int) *syntax.Ref {
	r := &syntax.Ref{Parts: make([]syntax.Part, 1)}
	for w.f.Sign(i, '.') && w.f.Word(i+1) != "" {
		r.Parts = append(r.Parts, syntax.Part{Name: w.f.Word(i + 1), At: w.f.Tokens[i+1].Span})
		i += 2
	}
	return r
}

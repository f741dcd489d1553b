package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// hover says what stands at a place.
func (s *server) hover(_ context.Context, p placeParams) (any, error) {
	if x := s.inParams(p); x != nil {
		return x.hover(), nil
	}
	sc, at, err := s.at(p)
	if err != nil {
		return nil, err
	}
	text, span := sc.describe(at)
	if text == "" {
		return nil, nil
	}
	return hoverResult{markup{"markdown", text}, sc.file.span(span.Start, span.End)}, nil
}

// describe returns the documentation of what stands at a place.
func (sc *scope) describe(at int) (string, syntax.Span) {
	if r, n := sc.refAt(at); r != nil {
		return sc.describeRef(r, n, at), r.Parts[n].At
	}
	for _, c := range sc.file.Calls {
		if c.At.Has(at) {
			return sc.describeCall(c.Name), c.At
		}
	}
	blocks := sc.file.Around(at)
	if n := len(blocks); n > 0 {
		for i := range blocks[n-1].Attrs {
			if a := &blocks[n-1].Attrs[i]; a.At.Has(at) {
				if blocks[0].Kind == "locals" {
					return sc.describeLocal(sc.file, a), a.At
				}
				return describeAttr(blocks, a), a.At
			}
		}
		for _, b := range blocks[n-1].Blocks {
			if b.At.Has(at) {
				return describeBlock(spec(append(slices.Clip(blocks), b))), b.At
			}
		}
	}
	for _, b := range sc.file.Blocks {
		switch {
		case b.At.Has(at):
			return describeBlock(spec([]*syntax.Block{b})), b.At
		case b.Name.End > b.Name.Start && b.Name.Has(at):
			return sc.describeDecl(sc.file, b), b.Name
		}
	}
	if o, ok := sc.symbolAt(at); ok {
		return sc.describeSymbol(o.symbol), o.at
	}
	return "", syntax.Span{}
}

func describeBlock(b *lang.BlockSpec) string {
	if b == nil {
		return ""
	}
	return fmt.Sprintf("**%s** block\n\n%s", b.Kind, b.Doc)
}

func describeAttr(blocks []*syntax.Block, a *syntax.Attr) string {
	s := spec(blocks)
	if x := attrSpec(s, a.Name); x != nil {
		return fmt.Sprintf("**%s**: %s\n\n%s", x.Name, x.Type, attrDoc(x))
	}
	return ""
}

func (sc *scope) describeCall(name string) string {
	if f := sc.s.function(name); f != nil {
		return fenced(signatureOf(f).label) + "\n\n" + functionDoc(f)
	}
	if f, b := sc.decl("function", name); b != nil {
		return sc.describeDecl(f, b)
	}
	return ""
}

// shownCode is how many bytes of the text of something are shown.
const shownCode = 1200

// fenced is a piece of a pipeline, of a long one what it begins with.
func fenced(code string) string {
	if len(code) > shownCode {
		code = strings.ToValidUTF8(code[:shownCode], "")
		if at := strings.LastIndexByte(code, '\n'); at > 0 {
			code = code[:at]
		}
		code += "\n…"
	}
	return "```hcl\n" + code + "\n```"
}

// describeRef describes the name at n of a reference.
func (sc *scope) describeRef(r *syntax.Ref, n, at int) string {
	if n == 0 {
		if o, ok := sc.symbolAt(at); ok {
			return sc.describeSymbol(o.symbol)
		}
		return rootDocs[r.Root()]
	}
	switch root := r.Root(); {
	case root == "param" && n > 1:
		var path []string
		for _, p := range r.Parts[2 : n+1] {
			path = append(path, p.Name)
		}
		return sc.describeParam(r.Name(1), path)
	case root == "each" && r.Name(1) == "key" && n == 1:
		return "**each.key**\n\nThe point key of the instance."
	}
	if o, ok := sc.symbolAt(at); ok {
		return sc.describeSymbol(o.symbol)
	}
	if b := sc.blockAt(at); b != nil && r.Root() == "each" && n == 1 {
		return fmt.Sprintf("**each.%s**\n\n%s", r.Name(1), sc.axisText(b.Label, r.Name(1)))
	}
	return ""
}

// blockAt is the outermost block around a place, or nil.
func (sc *scope) blockAt(at int) *syntax.Block {
	if blocks := sc.file.Around(at); len(blocks) > 0 {
		return blocks[0]
	}
	return nil
}

func (sc *scope) describeSymbol(o symbol) string {
	switch o.kind {
	case "param":
		return sc.describeParam(o.name, nil)
	case "part":
		path := o.partPath()
		return sc.describeParam(path[0], path[1:])
	case "local":
		if f, a := sc.local(o.name); a != nil {
			return sc.describeLocal(f, a)
		}
	case "axis":
		owner := o.owner
		if !strings.HasPrefix(owner, ofModule) && !strings.HasPrefix(owner, ofLocal) {
			owner = "stage " + owner
		}
		return fmt.Sprintf("**%s**, an axis of %s\n\n%s", o.name, owner, sc.axisText(o.owner, o.name))
	case "inputs", "outputs", "metrics", "plots":
		return sc.describeEntry(o)
	case "parameter":
		return fmt.Sprintf("**%s**, a parameter of function %s", o.name, o.owner)
	case "module param", "module output":
		if m, own := sc.home(o); m != nil {
			if f, b := m.decl(own.kind, o.name); b != nil {
				return m.describeDecl(f, b)
			}
		}
	case "function":
		return sc.describeCall(o.name)
	default:
		if f, b := sc.decl(o.kind, o.name); b != nil {
			return sc.describeDecl(f, b)
		}
	}
	return ""
}

// describeDecl describes what a block declares.
func (sc *scope) describeDecl(f *parsed, b *syntax.Block) string {
	switch b.Kind {
	case "param":
		return sc.describeParam(b.Label, nil)
	case "function":
		text := fenced(ownSignature(f, b).label)
		if a := b.Attr("result"); a != nil {
			text += "\n\nis\n\n" + fenced(strings.TrimSpace(f.Of(a.Value)))
		}
		return withDescription(text, literal(f, b, "description"))
	}
	text := fmt.Sprintf("**%s %s**", b.Kind, b.Label)
	if line := sc.summary(f, b); line != "" && line != b.Kind {
		text += "\n\n" + line
	}
	switch b.Kind {
	case "stage":
		text += sc.describeStage(f, b)
	case "module":
		text += sc.describeModule(b)
	}
	return withDescription(text, literal(f, b, "description"))
}

func withDescription(text, description string) string {
	if description != "" {
		text += "\n\n" + description
	}
	return text
}

// describeParam describes a param, or a part of one: type, value and where that is from.
func (sc *scope) describeParam(name string, path []string) string {
	text, t := sc.paramType(name)
	for _, n := range path {
		if t = fieldType(t, n); t == nil {
			break
		}
		text = t.String()
	}
	full := strings.Join(append([]string{"param", name}, path...), ".")
	out := "**" + full + "**"
	if text != "" && (len(path) == 0 || t != nil) {
		out += ": " + text
	}
	if sc.p.values != nil {
		if b := sc.p.values.params[name]; b != nil {
			out += leavesText(b, path, "param."+name)
		}
	}
	if f, b := sc.decl("param", name); b != nil {
		out = withDescription(out, literal(f, b, "description"))
	}
	return out
}

// shownLeaves is how many parts of a param are listed.
const shownLeaves = 12

func leavesText(b *param.Bound, path []string, name string) string {
	text := "\n"
	leaves := b.Under(path)
	for i, l := range leaves {
		if i == shownLeaves {
			text += fmt.Sprintf("\n- … (%d values)", len(leaves))
			break
		}
		value := coded(oneLine(l.Text))
		if !l.Value.IsKnown() {
			value = "no value yet"
		} else if l.Value.IsNull() {
			value = "absent"
		}
		full := strings.Join(append([]string{name}, l.Path...), ".")
		text += fmt.Sprintf("\n- `%s` = %s", full, value)
		if l.Origin != "" && l.Value.IsKnown() {
			text += " (" + l.Origin + ")"
		}
	}
	return text
}

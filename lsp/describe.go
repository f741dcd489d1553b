package lsp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// summary says in a line what a block declares.
func (sc *scope) summary(f *parsed, b *syntax.Block) string {
	switch b.Kind {
	case "param":
		if a := b.Attr("type"); a != nil {
			return oneLine(f.Of(a.Value))
		}
	case "data":
		return literal(f, b, "path")
	case "toolchain":
		return literal(f, b, "kind")
	case "module":
		return literal(f, b, "source")
	case "output":
		if a := b.Attr("value"); a != nil {
			return oneLine(f.Of(a.Value))
		}
	case "stage":
		if b.Attr("for_each") == nil {
			return "stage"
		}
		text := "stage over " + strings.Join(sc.axisNames(b.Label), ", ")
		if p := sc.points(b.Label); p != nil {
			text += ": " + countOf(p.count, "instance")
		}
		return text
	}
	return b.Kind
}

// paramType is the type of a param: as it is written now if that can be read, else as it
// was when the text was sound last.
func (sc *scope) paramType(name string) (string, *param.Type) {
	f, b := sc.decl("param", name)
	if b != nil && b.Attr("type") != nil {
		text := strings.TrimSpace(f.Of(b.Attr("type").Value))
		if expr, ds := lang.ParseExpression("", []byte(strings.ReplaceAll(text, "\r\n", "\n"))); !ds.HasErrors() {
			if t, ds := param.ParseType(expr); !ds.HasErrors() {
				return t.String(), &t
			}
		}
	}
	if sc.p.values != nil {
		if x := sc.p.values.params[name]; x != nil {
			return x.Type.String(), &x.Type
		}
	}
	return "", nil
}

// axisText says what values an axis has.
func (sc *scope) axisText(owner, name string) string {
	for _, x := range sc.axesOf(owner) {
		if x.name == name {
			return valuesText(&x)
		}
	}
	return "axis"
}

// axesOf are the axes of a stage, or of a list of points, in the last evaluation.
func (sc *scope) axesOf(owner string) []axis {
	if local, ok := strings.CutPrefix(owner, ofLocal); ok {
		return sc.localAxes(local)
	}
	if p := sc.points(owner); p != nil {
		return p.axes
	}
	return nil
}

func valuesText(x *axis) string {
	text := strings.Join(x.values, ", ")
	if n := x.count - len(x.values); n > 0 {
		text += fmt.Sprintf(", … (%d values)", x.count)
	}
	return oneLine(text)
}

// signature is how a function is called.
type signature struct {
	label      string
	parameters [][2]int // bytes of label
	more       bool     // the last may be given any number of times
}

func (s *signature) add(text string) {
	if len(s.parameters) > 0 {
		s.label += ", "
	}
	s.parameters = append(s.parameters, [2]int{len(s.label), len(s.label) + len(text)})
	s.label += text
}

// function returns the function of the language with a name, or nil.
func (s *server) function(name string) *eval.FunctionDoc {
	if i := slices.IndexFunc(s.functions, func(f eval.FunctionDoc) bool { return f.Name == name }); i >= 0 {
		return &s.functions[i]
	}
	return nil
}

// signatureOf is that of a function of the language.
func signatureOf(f *eval.FunctionDoc) signature {
	s := signature{label: f.Name + "("}
	for _, p := range f.Params {
		text := p.Name + " " + p.Type
		if p.More {
			text += "…"
			s.more = true
		}
		s.add(text)
	}
	s.label += ")"
	return s
}

// ownSignature is that of a function block.
func ownSignature(f *parsed, b *syntax.Block) signature {
	s := signature{label: b.Label + "("}
	for _, e := range entries(f, b, "params") {
		s.add(e.Name + " " + textOfTokens(f, e.First, e.Last))
	}
	s.label += ")"
	if a := b.Attr("type"); a != nil {
		s.label += " " + oneLine(f.Of(a.Value))
	}
	return s
}

// functionDoc is the documentation of a function of the language.
func functionDoc(f *eval.FunctionDoc) string {
	doc := f.Doc + "\n\n```hcl\n" + f.Example + "\n```"
	if f.Equal != "" {
		doc += "\n\nis\n\n```hcl\n" + f.Equal + "\n```"
	}
	return doc
}

package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Editor changes the text of a file, as little as possible: comments, order
// and form of what it is not asked about stay. A text that was in canonical
// form is so afterwards.
type Editor struct {
	name  string
	src   []byte
	crlf  bool
	neat  bool
	fault error
}

// NewEditor edits the text of a file of that name. It is a *diag.Failure if the text
// does not parse.
func NewEditor(name string, src []byte) (*Editor, error) {
	e := &Editor{name: name, src: src}
	if e.crlf = bytes.Contains(src, []byte("\r\n")); e.crlf {
		e.src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	if _, ds := lang.ParseBody(name, e.src); ds.HasErrors() {
		return nil, &diag.Failure{List: ds}
	}
	formatted, err := lang.Format(e.src)
	e.neat = err == nil && bytes.Equal(formatted, e.src)
	return e, nil
}

// Bytes returns the text with all changes.
func (e *Editor) Bytes() ([]byte, error) {
	if e.fault != nil {
		return nil, e.fault
	}
	out := e.src
	if e.neat {
		formatted, err := lang.Format(out)
		if err != nil {
			return nil, fmt.Errorf("edit %s: what was to be written would not be valid", e.name)
		}
		out = formatted
	}
	if e.crlf {
		out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	}
	return out, nil
}

// Text is the expression of a text.
func Text(s string) string { return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes()) }

// Has reports whether there is such a block.
func (e *Editor) Has(kind, label string) bool { return e.block(kind, label) != nil }

// Labels returns the labels of all blocks of a kind, in the order of the text.
func (e *Editor) Labels(kind string) []string {
	var out []string
	for _, b := range e.body().Blocks {
		if b.Type == kind && len(b.Labels) == 1 {
			out = append(out, b.Labels[0])
		}
	}
	return out
}

// body parses the text as it is now. A change that broke it is our mistake, and Bytes says so.
func (e *Editor) body() *hclsyntax.Body {
	body, ds := lang.ParseBody(e.name, e.src)
	if ds.HasErrors() {
		e.fault = fmt.Errorf("edit %s: what was to be written would not be valid", e.name)
		return &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	}
	return body
}

func (e *Editor) block(kind, label string) *hclsyntax.Block {
	for _, b := range e.body().Blocks {
		if b.Type == kind && (label == "" && len(b.Labels) == 0 || len(b.Labels) == 1 && b.Labels[0] == label) {
			return b
		}
	}
	return nil
}

func (e *Editor) replace(start, end int, by string) {
	e.src = slices.Concat(e.src[:start], []byte(by), e.src[end:])
}

// lines widens a range to whole lines.
func (e *Editor) lines(start, end int) (int, int) {
	start = bytes.LastIndexByte(e.src[:start], '\n') + 1
	if end > start && e.src[end-1] == '\n' {
		return start, end // a heredoc
	}
	if n := bytes.IndexByte(e.src[end:], '\n'); n >= 0 {
		return start, end + n + 1
	}
	return start, len(e.src)
}

// Set gives an attribute of a block an expression. The block is made if need be.
func (e *Editor) Set(kind, label, name, expr string) {
	b := e.block(kind, label)
	if b == nil {
		e.add(kind, label, name, expr)
		return
	}
	if a := b.Body.Attributes[name]; a != nil {
		r := a.Expr.Range()
		e.replace(r.Start.Byte, r.End.Byte, expr)
		return
	}
	start, closing := b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte
	if b.OpenBraceRange.Start.Line == b.CloseBraceRange.Start.Line {
		inside := strings.TrimSpace(string(e.src[start:closing]))
		if inside != "" {
			inside = "\n  " + inside
		}
		e.replace(start, closing, inside+"\n  "+name+" = "+expr+"\n")
		return
	}
	at := bytes.LastIndexByte(e.src[:closing], '\n') + 1
	if strings.TrimSpace(string(e.src[at:closing])) != "" {
		e.replace(closing, closing, "\n") // the brace stands behind something
		at = closing + 1
	}
	e.replace(at, at, "  "+name+" = "+expr+"\n")
}

// add makes a block at the end.
func (e *Editor) add(kind, label, name, expr string) {
	header := kind
	if label != "" {
		header += " " + Text(label)
	}
	if n := len(e.src); n > 0 {
		if e.src[n-1] != '\n' {
			e.src = append(e.src, '\n')
		}
		e.src = append(e.src, '\n')
	}
	e.src = fmt.Appendf(slices.Clip(e.src), "%s {\n  %s = %s\n}\n", header, name, expr)
}

// Unset takes an attribute away, with the lines it has for itself.
func (e *Editor) Unset(kind, label, name string) {
	b := e.block(kind, label)
	if b == nil || b.Body.Attributes[name] == nil {
		return
	}
	r := b.Body.Attributes[name].SrcRange
	if b.OpenBraceRange.Start.Line == b.CloseBraceRange.Start.Line {
		e.replace(b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte, "")
		return
	}
	if r.Start.Line == b.OpenBraceRange.Start.Line || r.End.Line == b.CloseBraceRange.Start.Line {
		e.replace(r.Start.Byte, r.End.Byte, "")
		return
	}
	start, end := e.lines(r.Start.Byte, r.End.Byte)
	e.replace(start, end, "")
}

// Rename gives a block another label.
func (e *Editor) Rename(kind, label, to string) {
	if b := e.block(kind, label); b != nil && len(b.LabelRanges) == 1 {
		e.replace(b.LabelRanges[0].Start.Byte, b.LabelRanges[0].End.Byte, Text(to))
	}
}

// Remove takes a block away, and the empty line behind or before it.
func (e *Editor) Remove(kind, label string) {
	b := e.block(kind, label)
	if b == nil {
		return
	}
	start, end := e.lines(b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
	switch {
	case bytes.HasPrefix(e.src[end:], []byte("\n")):
		end++
	case end == len(e.src) && bytes.HasSuffix(e.src[:start], []byte("\n\n")):
		start--
	}
	e.replace(start, end, "")
}

// RemoveEmpty takes a block away if nothing is left in it.
func (e *Editor) RemoveEmpty(kind, label string) {
	b := e.block(kind, label)
	if b != nil && strings.TrimSpace(string(e.src[b.OpenBraceRange.End.Byte:b.CloseBraceRange.Start.Byte])) == "" {
		e.Remove(kind, label)
	}
}

// SetEntry sets one entry of an attribute that is an object.
func (e *Editor) SetEntry(kind, label, attr, name, value string) {
	o, item := e.entry(kind, label, attr, name)
	switch {
	case o == nil:
		e.Set(kind, label, attr, "{ "+entryName(name)+" = "+Text(value)+" }")
		return
	case item != nil:
		r := item.ValueExpr.Range()
		e.replace(r.Start.Byte, r.End.Byte, Text(value))
		return
	case len(o.Items) == 0:
		e.replace(o.SrcRange.Start.Byte, o.SrcRange.End.Byte, "{ "+entryName(name)+" = "+Text(value)+" }")
		return
	}
	last := o.Items[len(o.Items)-1].ValueExpr.Range().End.Byte
	closing := o.SrcRange.End.Byte - 1
	text := entryName(name) + " = " + Text(value)
	at := bytes.LastIndexByte(e.src[:closing], '\n') + 1
	if at <= last { // the brace stands behind the last entry
		e.replace(last, last, ", "+text)
		return
	}
	indent := string(e.src[at:closing])
	if strings.TrimSpace(indent) != "" {
		indent = "    "
	} else {
		indent += "  "
	}
	e.replace(at, at, indent+text+"\n")
}

// UnsetEntry takes one entry of an object away, and the object with its last.
func (e *Editor) UnsetEntry(kind, label, attr, name string) {
	o, item := e.entry(kind, label, attr, name)
	if item == nil {
		return
	}
	if len(o.Items) == 1 {
		e.Unset(kind, label, attr)
		return
	}
	r := hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range())
	i := slices.IndexFunc(o.Items, func(x hclsyntax.ObjectConsItem) bool { return x.ValueExpr == item.ValueExpr })
	start, end := e.lines(r.Start.Byte, r.End.Byte)
	alone := strings.TrimSpace(string(e.src[start:r.Start.Byte])) == "" && !otherOnLine(o, i, r)
	switch {
	case alone:
		e.replace(start, end, "")
	case i+1 < len(o.Items):
		e.replace(r.Start.Byte, o.Items[i+1].KeyExpr.Range().Start.Byte, "")
	default:
		e.replace(o.Items[i-1].ValueExpr.Range().End.Byte, r.End.Byte, "")
	}
}

// otherOnLine reports whether something of the object stands behind its item i on
// the same line.
func otherOnLine(o *hclsyntax.ObjectConsExpr, i int, r hcl.Range) bool {
	if i+1 < len(o.Items) && o.Items[i+1].KeyExpr.Range().Start.Line == r.End.Line {
		return true
	}
	return o.SrcRange.End.Line == r.End.Line
}

// entry returns the object of an attribute and its entry of a name; each may be nil.
func (e *Editor) entry(kind, label, attr, name string) (*hclsyntax.ObjectConsExpr, *hclsyntax.ObjectConsItem) {
	b := e.block(kind, label)
	if b == nil || b.Body.Attributes[attr] == nil {
		return nil, nil
	}
	o, ok := b.Body.Attributes[attr].Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil, nil
	}
	for i, item := range o.Items {
		if v, hds := item.KeyExpr.Value(nil); !hds.HasErrors() && v.Type() == cty.String && !v.IsNull() && v.AsString() == name {
			return o, &o.Items[i]
		}
	}
	return o, nil
}

// entryName is how a name is written in an object.
func entryName(name string) string {
	if hclsyntax.ValidIdentifier(name) {
		return name
	}
	return Text(name)
}

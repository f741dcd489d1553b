package eval

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// argfileAt is where files of arguments stand in the input root.
const argfileAt = ".dewar/args"

// argfile is a file of arguments. The text of its path carries it, so that
// whoever uses the path gets the file, and what its lines depend on.
type argfile struct {
	at    string // in the input root
	bytes []byte
	marks cty.ValueMarks // of its lines
}

// argfileExpr is a call of argfile. It is no plain function, for what it returns depends on
// the directory that paths are relative to.
type argfileExpr struct {
	hclsyntax.Expression
	of   hclsyntax.Expression
	view view
	name string // "": after its content
	root string // directory of the project that the pipeline is of
}

// argfileName names the file by the place of the call in the stage, so that
// another content is another content of the same file, and dewar why can show
// the lines. Where one call makes several files there is no such name.
func (c *compiler) argfileName(e *hclsyntax.FunctionCallExpr) string {
	if c.fr == nil || len(c.loops) > 0 || len(c.anon) > 0 {
		return ""
	}
	var calls []diag.Span
	for _, a := range c.fr.st.block.Attrs {
		for _, call := range lang.Calls(a.Expr) {
			if call.Name == e.Name {
				calls = append(calls, call.Span)
			}
		}
	}
	slices.SortFunc(calls, func(a, b diag.Span) int { return cmp.Compare(a.Start.Byte, b.Start.Byte) })
	i := slices.Index(calls, lang.Span(e.NameRange))
	if i < 0 {
		return ""
	}
	return strconv.Itoa(i)
}

func (e *argfileExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.view.points {
		return cty.DynamicVal, outOfPlace(e.Range(), "argfile")
	}
	v, ds := e.of.Value(ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	bare, marks := v.Unmark()
	switch {
	case !bare.IsKnown():
		return cty.UnknownVal(cty.String).WithMarks(marks), ds
	case bare.IsNull() || !isList(bare.Type()) && e.membersOf(v) == nil:
		return cty.DynamicVal, fault("E-argfile", e.of.Range(), nil, "argfile takes a list of texts, or a directory of collect, as inputs.NAME; this is %s.", kindOf(bare))
	}
	f := &argfile{marks: cty.ValueMarks{}}
	known, more := f.lines(e, v)
	switch {
	case more.HasErrors():
		return cty.DynamicVal, append(ds, more...)
	case !known:
		return cty.UnknownVal(cty.String), ds
	}
	name := e.name
	if name == "" {
		sum := sha256.Sum256(f.bytes)
		name = hex.EncodeToString(sum[:6])
	}
	f.at = path.Join(e.root, argfileAt, name)
	return cty.StringVal(rel(e.view.base, f.at)).Mark(argfileMark{f}), ds
}

// lines writes a value, one line for each text in it. known is false if one is not.
func (f *argfile) lines(e *argfileExpr, v cty.Value) (known bool, ds hcl.Diagnostics) {
	known = true
	for _, w := range flattened(nil, v) {
		if isFile(w) {
			w = w.GetAttr("path")
		}
		if m := e.membersOf(w); m != nil {
			for _, at := range m.members {
				if ds := f.line(e, cty.StringVal(rel(e.view.base, at))); ds.HasErrors() {
					return known, ds
				}
			}
			continue
		}
		bare, marks := w.Unmark()
		if !bare.IsKnown() {
			known = false
			continue
		}
		for m := range marks {
			f.marks[m] = struct{}{}
		}
		if ds := f.line(e, bare); ds.HasErrors() {
			return known, ds
		}
	}
	if len(secrecy(f.marks)) > 0 {
		return known, fault("E-sensitive", e.of.Range(), nil, "A sensitive value is among these, and a file of arguments is kept. Secrets may not go there.")
	}
	return known, nil
}

func (f *argfile) line(e *argfileExpr, v cty.Value) hcl.Diagnostics {
	bad := func(format string, args ...any) hcl.Diagnostics {
		return fault("E-argfile", e.of.Range(), nil, format, args...)
	}
	if v.IsNull() {
		return bad("One of the arguments is null. Leave it out with a conditional: concat([…], c ? [\"--flag\"] : []).")
	}
	s, err := text(v)
	switch {
	case wholeInstance(v):
		return bad("One of the arguments is an instance of a stage. Say what of it, as argfile(stage.map[*].outputs.part).")
	case err != nil:
		return bad("One of the arguments is %s.", err)
	case strings.ContainsAny(s, "\n\x00"):
		return bad("The argument %s has a line feed or a NUL byte in it, and the file has one argument a line.", quoteJSON(shorten(s)))
	case len(f.bytes)+len(s) > builtins.LongestText:
		return bad("The file would be larger than 64 MiB.")
	}
	f.bytes = append(append(f.bytes, s...), '\n')
	return nil
}

// membersOf returns the collected directory that a value is the path of, or nil.
func (e *argfileExpr) membersOf(v cty.Value) *collected {
	if !v.IsMarked() {
		return nil
	}
	bare, marks := v.Unmark()
	for m := range marks {
		if m, ok := m.(collectedMark); ok && bare.IsKnown() && !bare.IsNull() && bare.Type() == cty.String && bare.AsString() == rel(e.view.base, m.at) {
			return m.collected
		}
	}
	return nil
}

// input is the file in the input root.
func (f *argfile) input(label string, span diag.Span) graph.Input {
	return graph.Input{Label: label, At: f.at, Kind: graph.Literal, Bytes: f.bytes, Span: span}
}

// argfileIn returns the file that a text of inputs is the path of, or nil.
func argfileIn(marks cty.ValueMarks, s, base string) *argfile {
	for m := range marks {
		if m, ok := m.(argfileMark); ok && s == rel(base, m.at) {
			return m.argfile
		}
	}
	return nil
}

// argfileInput makes a file of arguments an entry of inputs.
func (ev *evaluator) argfileInput(in *instance, s *slot, fr *frame, f *argfile, label string, span diag.Span) bool {
	if a := in.st.block.Attr("working_dir"); a != nil {
		ev.errorf(fr, "E-argfile", span, "The paths in a file of arguments are relative to where the command starts, and working_dir is not known to the inputs. Write argfile(inputs.NAME) in the command.")
		return false
	}
	in.depend(f.input(label, span))
	s.paths = append(s.paths, f.at)
	var o origins
	o.add(f.marks)
	ev.dependOn(in, &o, label, span)
	return true
}

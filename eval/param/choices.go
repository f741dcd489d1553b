package param

import (
	"path"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A param with choices takes its value from one of several files. A text in any of its
// layers chooses the file by name, and the highest layer that has one decides. What
// the file holds is at the bottom; what other layers say of parts is merged over
// it, whatever is chosen. An object chooses by the entry "choice", so that one layer can do
// both. Only the chosen file is read: what the others hold can change nothing.

// chooser is the name in an object that chooses.
const chooser = "choice"

// choice is one entry of the attribute choices.
type choice struct {
	name string
	file string // project-relative
	span diag.Span
}

// Choice is what was chosen for a param.
type Choice struct {
	Leaf           // the name, and where it was chosen; Path is empty
	Names []string // of all choices, in the order of the declaration
	File  string   // the file chosen, project-relative
	At    []string // where in the param's own file a choice is written, from the top; nil without a file
	Span  diag.Span
}

// readChoices reads the attributes choices and default of a param that has the former.
func (d *decl) readChoices(b *lang.Block, dir string) (diags diag.List) {
	a := b.Attr("choices")
	obj, ok := bare(a.Expr).(*hclsyntax.ObjectConsExpr)
	if !ok || len(obj.Items) == 0 {
		return diag.List{report("E-param-choices", a.Span, "choices is an object, written out, with a params file for each name: choices = { svm = \"conf/svm.yaml\" }.")}
	}
	for _, item := range obj.Items {
		c, dd := d.choiceOf(item, dir)
		diags = append(diags, dd...)
		if dd.HasErrors() {
			c.file = "" // it is not looked at: what is wrong with it is said
		}
		d.choices = append(d.choices, c)
	}
	unfit := len(diags)
	switch d.ty.Kind {
	case KindAny, KindMap:
	case KindObject:
		if f := d.ty.field(chooser); f != nil {
			diags = append(diags, report("E-param-choices", f.Span, "A param with choices has no part that is called choice: that is the word which chooses. Rename the part."))
		}
	default:
		diags = append(diags, report("E-param-choices", d.typeSpan, "A file gives param.%s its value, and a file is an object, a map or any; this is %s.", d.name, d.ty.article()))
	}
	if len(diags) > unfit { // no file can be right
		for i := range d.choices {
			d.choices[i].file = ""
		}
	}
	if a := b.Attr("default"); a != nil && !diags.HasErrors() {
		diags = append(diags, d.readDefaultChoice(a)...)
	}
	return diags
}

// choiceOf reads one entry of choices.
func (d *decl) choiceOf(item hclsyntax.ObjectConsItem, dir string) (choice, diag.List) {
	at := lang.Span(item.KeyExpr.Range())
	name, ok := fieldName(item.KeyExpr)
	c := choice{name: name, span: lang.Span(item.ValueExpr.Range())}
	switch {
	case !ok || !isChoice(name):
		return c, diag.List{report("E-param-choices", at, "The name of a choice is made of letters, digits and _ . + -, so that -p %s=NAME can choose it.", d.name)}
	case d.choice(name) != nil:
		return c, diag.List{report("E-param-choices", at, "The choice %s is there twice.", name)}
	}
	v, ok := stringOf(item.ValueExpr)
	if !ok || v == "" {
		return c, diag.List{report("E-param-choices", c.span, "The choice %s is the path of a params file, as a string: %s = \"conf/%s.yaml\".", name, name, name)}
	}
	c.file = path.Join(dir, v)
	if path.IsAbs(v) || c.file == ".." || strings.HasPrefix(c.file, "../") {
		return c, diag.List{report("E-param-choices", c.span, "A params file must lie inside the project; this path leads out of it.")}
	}
	if _, ok := formatOf(c.file); !ok {
		return c, diag.List{report("E-params-format", c.span, "%s is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml).%s", c.file, pythonAdvice(c.file))}
	}
	return c, nil
}

// readDefaultChoice reads the default, which is the name of a choice.
func (d *decl) readDefaultChoice(a *lang.Attr) diag.List {
	t, diags := literal(a.Expr, d.sensitive)
	switch {
	case t == nil || diags.HasErrors() || t.Shape == Null:
		return diags
	case t.Shape != String:
		return diag.List{report("E-param-choices", t.Span, "The default of a param with choices is the name of one: default = %q. Values that all of them share are defaults in the type: optional(int, 10).", d.choices[0].name)}
	}
	d.picks = []*Tree{t}
	return d.known(t)
}

// known reports a choice that there is not.
func (d *decl) known(t *Tree) diag.List {
	if d.choice(t.Text) != nil {
		return nil
	}
	what := "param." + d.name + " has no choice " + strconv.Quote(shorten(t.Text)) + "."
	if d.sensitive {
		what = "param." + d.name + " has no such choice."
	}
	dg := report("E-param-choice", t.Span, "%s%s", what, nearestOrAll(t.Text, d.choiceNames()))
	dg.Notes = []diag.Note{{Span: d.choicesSpan, Text: "the choices are here"}}
	return diag.List{dg}
}

// pick is what chooses in the end; nil if nothing does.
func (d *decl) pick() *Tree {
	if len(d.picks) == 0 {
		return nil
	}
	return d.picks[len(d.picks)-1]
}

func (d *decl) choice(name string) *choice {
	for i := range d.choices {
		if d.choices[i].name == name {
			return &d.choices[i]
		}
	}
	return nil
}

func (d *decl) choiceNames() []string {
	out := make([]string, len(d.choices))
	for i := range d.choices {
		out[i] = d.choices[i].name
	}
	return out
}

// chooses reports whether the part at path below d is chosen by a name.
func (d *decl) chooses(path []string) bool { return len(d.choices) > 0 && len(path) == 0 }

// isChoice reports whether a name can stand after -p, among others with commas between.
func isChoice(name string) bool {
	for _, r := range name {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_.+-", r) || r >= 0x80) {
			return false
		}
	}
	return name != ""
}

// choose takes out of a layer what it chooses. What is left, if anything, is merged
// over what the chosen file holds.
func (b *binding) choose(d *decl, t *Tree) (pick, rest *Tree) {
	if len(d.choices) == 0 || t.Shape == Null {
		return nil, t
	}
	pick = t
	if t.Shape == Mapping {
		e := t.entry(chooser)
		if e == nil {
			return nil, t
		}
		pick, rest = e.Value, without(t, e)
	}
	if pick.Shape == Null {
		return nil, rest
	}
	if pick.Shape != String {
		b.diags = append(b.diags, d.noName(pick))
		d.broken = true
		return nil, nil
	}
	diags := d.known(pick)
	b.diags = append(b.diags, diags...)
	d.broken = d.broken || diags.HasErrors()
	return pick, rest
}

// noName says how a choice is made.
func (d *decl) noName(t *Tree) diag.Diagnostic {
	c := checker{sensitive: d.sensitive}
	advice := textAdvice(t)
	if d.sensitive {
		advice = ""
	}
	return report("E-param-choice", t.Span, "param.%s has choices: here stands the name of one, or an object with values to be merged over it, not %s.%s%s", d.name, c.describe(t), advice, nearestOrAll("", d.choiceNames()))
}

func without(t *Tree, e *Entry) *Tree {
	out := *t
	out.Entries = nil
	for i := range t.Entries {
		if &t.Entries[i] != e {
			out.Entries = append(out.Entries, t.Entries[i])
		}
	}
	return &out
}

// base returns what the chosen file holds, or nil; d is broken then, or nothing is known.
func (b *binding) base(d *decl) *Tree {
	if b.opts.AllowMissing {
		b.everyChoice(d)
	}
	d.picks = append(d.picks, b.picks[d.name]...)
	if d.broken {
		return nil
	}
	if d.pick() == nil {
		if !b.opts.AllowMissing {
			b.report("E-param-missing", d.span, "Nothing chooses param.%s. Give it a default, or choose with -p %s=%s.%s", d.name, d.name, d.choices[0].name, nearestOrAll("", d.choiceNames()))
			d.broken = true
		}
		return nil
	}
	return b.held(d, d.choice(d.pick().Text))
}

// held reads and checks the file of a choice.
func (b *binding) held(d *decl, c *choice) *Tree {
	f := b.read(c.file, c.span, false)
	if f == nil {
		d.broken = true
		return nil
	}
	if e := f.Root.entry(chooser); e != nil {
		b.report("E-param-choices", e.Span, "A file that is chosen chooses nothing itself. Rename the entry, or remove it.")
		d.broken = true
		return nil
	}
	if !b.check(d, f.Root) {
		return nil
	}
	return relabel(f.Root, Chosen, "")
}

// everyChoice looks at all files of d: what may be chosen one day is checked where
// nothing is going to be made of it.
func (b *binding) everyChoice(d *decl) {
	for i := range d.choices {
		if d.choices[i].file != "" {
			b.held(d, &d.choices[i])
		}
	}
}

// chosenOf describes the choice of a bound param.
func (d *decl) chosenOf(own *Tree) *Choice {
	t := d.pick()
	out := &Choice{Names: d.choiceNames(), File: d.choice(t.Text).file, Span: d.choicesSpan}
	out.Leaf = Leaf{Layer: t.Layer, Origin: t.origin(), Span: t.Span, Text: t.Text, Value: scalarValue(t), Type: Type{Kind: KindString}}
	if d.file != "" {
		out.At = clone(d.key)
		if len(out.At) == 0 || own != nil && own.Shape == Mapping {
			out.At = append(out.At, chooser)
		}
	}
	if d.sensitive {
		out.Text, out.Leaf.Span.Masked = "(sensitive)", true
	}
	return out
}

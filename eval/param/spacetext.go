package param

import (
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Setting reads a -p that may hold several values. Numbers and bools stand between
// commas, each of them perhaps a call or a list; texts, lists and objects are
// several only as a list, because a comma may be part of a text.
func (s *Space) Setting(set Setting) (Tries, diag.List) {
	d, path := s.b.named(set)
	if d == nil {
		return Tries{}, s.taken()
	}
	p := spot{d: d, path: path, at: set.span()}
	if !s.open(&p) {
		return Tries{}, s.taken()
	}
	if p.ty = (Type{Kind: KindString}); !d.chooses(path) || strings.HasPrefix(set.Text, "{") {
		var diags diag.List
		if p.ty, diags = settingType(d.ty, set, path); diags.HasErrors() {
			return Tries{}, diags
		}
	}
	r := &textReader{s: s, p: &p, set: set, places: newPlaces(Source{Path: set.source(), Bytes: []byte(set.Text)})}
	trees, ok := r.read()
	if !ok {
		return Tries{}, s.taken()
	}
	return s.tries(&p, trees), s.taken()
}

// textReader is the reading of one setting.
type textReader struct {
	s      *Space
	p      *spot
	set    Setting
	places *places
}

func (r *textReader) read() ([]*Tree, bool) {
	text := r.set.Text
	switch r.p.ty.Kind {
	case KindNumber, KindInt, KindFloat, KindBool:
		return r.between(pieces(text))
	case KindString, KindPath:
		if !bracketed(text) && r.p.chooses() {
			return r.names(pieces(text)), true
		}
		if !bracketed(text) {
			return r.plain(), true
		}
	case KindAny:
		return r.any(pieces(text))
	}
	t := r.expression(piece{0, text})
	if t == nil {
		return nil, false
	}
	return spread(r.p.ty, t), true
}

// any reads a value whose type is not declared: several numbers and bools between
// commas, an expression, or one text.
func (r *textReader) any(list []piece) ([]*Tree, bool) {
	text := r.set.Text
	values := true
	for _, x := range list {
		values = values && (r.scalar(x).Shape != String || call(x.text) || bracketed(x.text))
	}
	switch {
	case values && len(list) > 1, len(list) == 1 && (call(text) || bracketed(text)):
		return r.between(list)
	case len(list) == 1 && r.scalar(list[0]).Shape != String:
		return []*Tree{r.scalar(list[0])}, true
	case text != "" && strings.ContainsRune(`[{"`, rune(text[0])):
		t := r.expression(piece{0, text})
		return []*Tree{t}, t != nil
	}
	return r.plain(), true
}

// names are choices between commas.
func (r *textReader) names(list []piece) []*Tree {
	out := make([]*Tree, len(list))
	for i, x := range list {
		out[i] = r.leaf(String, x)
	}
	return out
}

// plain is one text as it stands.
func (r *textReader) plain() []*Tree {
	text := r.set.Text
	if strings.Contains(text, ",") {
		quoted := make([]string, 0, 4)
		for _, x := range strings.Split(text, ",") {
			quoted = append(quoted, hclQuote(strings.TrimSpace(x)))
		}
		r.s.b.report("W-sweep-text", r.p.at, "This is one text, with a comma in it. Several are a list: -p '%s=[%s]'.", r.set.Name, shorten(strings.Join(quoted, ", ")))
	}
	return []*Tree{r.leaf(String, piece{0, text})}
}

func (r *textReader) leaf(shape Shape, x piece) *Tree {
	return &Tree{Shape: shape, Text: x.text, Span: r.places.span(x.at, x.at+len(x.text)), Layer: Flag, Origin: r.set.origin()}
}

// between reads what stands between commas.
func (r *textReader) between(list []piece) ([]*Tree, bool) {
	var out []*Tree
	for _, x := range list {
		switch {
		case x.text == "" && len(list) > 1:
			r.s.b.report("E-param-set", r.leaf(String, x).Span, "A value is missing before or after a comma.")
			return nil, false
		case call(x.text), bracketed(x.text):
			t := r.expression(x)
			if t == nil {
				return nil, false
			}
			out = append(out, spread(r.p.ty, t)...)
		default:
			out = append(out, r.scalar(x))
		}
	}
	return out, true
}

// scalar reads a number or a bool; anything else is a text, whose type is wrong
// where one of those is wanted.
func (r *textReader) scalar(x piece) *Tree {
	switch {
	case x.text == "true" || x.text == "false":
		return r.leaf(Boolean, x)
	case (Setting{Text: x.text}).numeral():
		return r.leaf(Numeral, x)
	}
	return r.leaf(String, x)
}

// expression evaluates a part of the text. It returns nil if it reported something.
func (r *textReader) expression(x piece) *Tree {
	at := r.places.pos(x.at)
	expr, diags := hclsyntax.ParseExpression([]byte(x.text), r.set.source(), hcl.Pos{Line: at.Line, Column: at.Column, Byte: at.Byte})
	reader := r.s.reader(r.p, Flag)
	if diags.HasErrors() {
		r.s.b.report("E-param-set", r.leaf(String, x).Span, "This is not an expression. %s", reader.advice)
		return nil
	}
	t := reader.read(expr)
	r.s.b.diags = append(r.s.b.diags, reader.diags[:min(1, len(reader.diags))]...) // one setting, one message
	if reader.diags.HasErrors() {
		return nil
	}
	return t
}

// piece is a part of a text, and where it begins.
type piece struct {
	at   int
	text string
}

// pieces cuts a text at the commas that stand in no brackets and no quotes, and
// removes blanks around what is left.
func pieces(s string) []piece {
	var out []piece
	depth, quoted, from := 0, false, 0
	add := func(to int) {
		x := piece{from, s[from:to]}
		trimmed := strings.TrimLeft(x.text, " \t")
		x.at += len(x.text) - len(trimmed)
		x.text = strings.TrimRight(trimmed, " \t")
		out = append(out, x)
		from = to + 1
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case c == ',' && depth <= 0:
			add(i)
		}
	}
	add(len(s))
	return out
}

// bracketed reports whether s is a list as the language writes them, by its ends.
func bracketed(s string) bool {
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]")
}

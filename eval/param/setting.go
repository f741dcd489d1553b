package param

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"
)

// Setting is one -p: "train.C" and "10".
type Setting struct{ Name, Text string }

// source is the name of the synthetic source of a setting.
func (s Setting) source() string { return "<-p " + s.Name + ">" }

// span is the whole text of the setting, or the place in front of it if it is empty.
func (s Setting) span() diag.Span {
	return newPlaces(Source{Path: s.source(), Bytes: []byte(s.Text)}).span(0, len(s.Text))
}

// indexed returns the part of a name before a number in brackets, as in m.layers[0].width.
func indexed(name string) (string, bool) {
	before, rest, ok := strings.Cut(name, "[")
	digits, _, closed := strings.Cut(rest, "]")
	return before, ok && closed && before != "" && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// splitName takes "train.C" or `m["a.b"].c` apart; false if it is neither.
func splitName(name string) ([]string, bool) {
	var path []string
	for rest := name; rest != ""; {
		part := ""
		if strings.HasPrefix(rest, "[") {
			quoted, err := strconv.QuotedPrefix(rest[1:])
			if err != nil || !strings.HasPrefix(rest[1+len(quoted):], "]") || path == nil {
				return nil, false
			}
			part, _ = strconv.Unquote(quoted)
			rest = rest[len(quoted)+2:]
		} else {
			n := strings.IndexAny(rest, ".[")
			if n < 0 {
				n = len(rest)
			}
			part, rest = rest[:n], rest[n:]
			if part == "" {
				return nil, false
			}
		}
		path = append(path, norm.NFC.String(part))
		if strings.HasPrefix(rest, ".") {
			if rest = rest[1:]; rest == "" {
				return nil, false
			}
		}
	}
	return path, path != nil
}

// settingTree reads the setting of a part of d.
func (d *decl) settingTree(s Setting, path []string) (*Tree, diag.List) {
	if !d.chooses(path) || strings.HasPrefix(s.Text, "{") {
		return settingTree(d.ty, s, path)
	}
	if strings.Contains(s.Text, ",") {
		return nil, diag.List{report("E-param-sweep", s.span(), "param.%s is chosen by one name, this gives several. To try each of them, use: dewar exp run -p %s=%s.", d.name, s.Name, s.Text)}
	}
	return &Tree{Shape: String, Text: s.Text, Span: s.span(), Layer: Flag, Origin: s.origin()}, nil
}

// settingTree reads the setting of a param of type ty; path is below the
// param. The type at the path decides how the text is read.
func settingTree(ty Type, s Setting, path []string) (*Tree, diag.List) {
	at, diags := settingType(ty, s, path)
	if diags != nil {
		return nil, diags
	}
	t, diags := settingValue(at, s)
	if diags.HasErrors() {
		return nil, diags
	}
	for i := len(path) - 1; i >= 0; i-- {
		t = &Tree{Shape: Mapping, Entries: []Entry{{Name: path[i], Span: s.span(), Value: t}}, Span: s.span(), Layer: Flag, Origin: s.origin()}
	}
	return t, nil
}

func (s Setting) origin() string { return "-p " + s.Name }

// settingType follows path down the type and says where it leaves it.
func settingType(ty Type, s Setting, path []string) (Type, diag.List) {
	whole := s.Name[:len(s.Name)-len(dottedTail(s.Name, path))]
	for i, name := range path {
		here := "param." + whole + dottedPath(path[:i])
		switch ty.Kind {
		case KindAny:
			return ty, nil
		case KindMap:
			ty = *ty.Elem
		case KindObject:
			f := ty.field(name)
			if f == nil {
				names := make([]string, len(ty.Fields))
				for j, f := range ty.Fields {
					names[j] = f.Name
				}
				return ty, diag.List{report("E-param-unknown-key", s.span(), "%s has no %s.%s", here, name, nearestOrAll(name, names))}
			}
			ty = f.Type
		case KindList, KindTuple, KindSet:
			return ty, diag.List{report("E-param-set", s.span(), "%s is a %s, which is replaced whole: -p '%s=[…]'.", here, ty.Kind, whole+dottedPath(path[:i]))}
		default:
			return ty, diag.List{report("E-param-set", s.span(), "%s is %s and has no parts.", here, ty.article())}
		}
	}
	return ty, nil
}

// Below writes a name as what follows that of its whole: .C or ["1"].
func Below(name string) string { return dottedPath([]string{name}) }

// dottedPath is dotted for a path that follows a name.
func dottedPath(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return strings.TrimPrefix(dotted(append([]string{"x"}, path...)), "x")
}

// dottedTail is the part of the setting's name that path was read from.
func dottedTail(name string, path []string) string {
	if i := strings.IndexAny(name, ".["); i >= 0 && len(path) > 0 {
		return name[i:]
	}
	return ""
}

func settingValue(ty Type, s Setting) (*Tree, diag.List) {
	t := &Tree{Shape: String, Text: s.Text, Span: s.span(), Layer: Flag, Origin: s.origin()}
	switch ty.Kind {
	case KindString, KindPath:
		return t, nil
	case KindBool:
		if s.Text == "true" || s.Text == "false" {
			t.Shape = Boolean
			return t, nil
		}
		return t, s.sweep(ty)
	case KindNumber, KindInt, KindFloat:
		if s.numeral() {
			t.Shape = Numeral
			return t, nil
		}
		return t, s.sweep(ty)
	case KindAny:
		return settingAny(t, s)
	default:
		return settingExpr(ty, s)
	}
}

// numeral reports whether the text is a number, if perhaps one out of range.
func (s Setting) numeral() bool { return number.Decimal(s.Text) }

// call reports whether s looks like logspace(-3, 1, 5).
func call(s string) bool {
	name, rest, ok := strings.Cut(s, "(")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == "" && strings.HasSuffix(rest, ")")
}

// sweep refuses several values for one: an experiment has them.
func (s Setting) sweep(ty Type) diag.List {
	if !strings.Contains(s.Text, ",") && !call(s.Text) {
		return nil
	}
	if call(s.Text) {
		return diag.List{report("E-param-sweep", s.span(), "param.%s is %s, and no function is called here: write the value. The values that a function gives are tried by: dewar exp run -p '%s=%s'.", s.Name, ty.article(), s.Name, s.Text)}
	}
	return diag.List{report("E-param-sweep", s.span(), "param.%s is %s, this gives several. To try each of them, use: dewar exp run -p '%s=%s'.", s.Name, ty.article(), s.Name, s.Text)}
}

func settingAny(t *Tree, s Setting) (*Tree, diag.List) {
	switch {
	case s.Text == "null":
		t.Shape, t.Text = Null, ""
	case s.Text == "true" || s.Text == "false":
		t.Shape = Boolean
	case s.numeral():
		t.Shape = Numeral
	case s.Text != "" && strings.ContainsRune(`[{"`, rune(s.Text[0])):
		return settingExpr(Type{}, s)
	}
	return t, nil
}

// settingExpr reads lists and objects: an expression of the language that
// refers to nothing.
func settingExpr(ty Type, s Setting) (*Tree, diag.List) {
	advice := fmt.Sprintf("param.%s is %s; write it as in the pipeline: -p '%s=%s'. Strings in it are quoted.", s.Name, ty.article(), s.Name, ty.example())
	expr, diags := hclsyntax.ParseExpression([]byte(s.Text), s.source(), hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diag.List{report("E-param-set", s.span(), "%s", advice)}
	}
	r := literalReader{layer: Flag, origin: s.origin(), code: "E-param-set", advice: advice}
	t := r.read(expr)
	return t, r.diags[:min(1, len(r.diags))] // one setting, one message
}

// example is a value that -p could give to t.
func (t Type) example() string {
	elem := `"a"`
	if t.Elem != nil {
		switch t.Elem.Kind {
		case KindNumber, KindInt, KindFloat:
			elem = "1"
		case KindBool:
			elem = "true"
		}
	}
	switch t.Kind {
	case KindList, KindSet:
		return "[" + elem + ", …]"
	case KindMap, KindObject:
		return "{ name = " + elem + " }"
	default:
		return "[1, …]"
	}
}

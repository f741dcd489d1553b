package lint

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// quoted finds "${x}", which is x: a template that is nothing but one interpolation
// gives its value as it is. Only a command that is written so is another thing, a script.
func (l *linter) quoted(pl *place, e *hclsyntax.TemplateWrapExpr, above []hclsyntax.Node) {
	if isCommand(pl, above) || pl.kind() == "param" && pl.inner == nil {
		return
	}
	if _, name := parent(above).(*hclsyntax.ObjectConsKeyExpr); name {
		return // { "${x}" = … } is how a computed name is written
	}
	whole, inner := l.text(e.SrcRange), l.text(e.Wrapped.Range())
	if !strings.HasPrefix(whole, `"${`) || !strings.HasSuffix(whole, `}"`) {
		return // a branch of a directive
	}
	fix := replace("write "+short(inner)+" without quotes", e.SrcRange, bare(e.Wrapped, inner, above), true)
	if len(strings.TrimSpace(trimMarks(whole))) != len(strings.TrimSpace(inner)) {
		fix = nil // a comment stands in it, or brackets that the range leaves out
	}
	l.report("W-quoted-reference", spanOf(e.SrcRange), pl.subject, fix, "%s is the value of %s itself, of whatever type it is: the quotes do not make it a text. Write %s.", short(whole), short(inner), short(inner))
}

// trimMarks returns what stands between "${ and }".
func trimMarks(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, `"${`), `}"`)
	return strings.TrimSuffix(strings.TrimPrefix(s, "~"), "~")
}

// bare is how an expression is written in the place of a string: in brackets where an
// operator is near, or it goes over lines.
func bare(e hclsyntax.Expression, text string, above []hclsyntax.Node) string {
	if strings.Contains(text, "\n") {
		return "(" + text + ")"
	}
	switch e.(type) {
	case *hclsyntax.ConditionalExpr, *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr:
	default:
		return text
	}
	switch parent(above).(type) {
	case nil, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr, *hclsyntax.FunctionCallExpr, *hclsyntax.ParenthesesExpr:
		return text
	}
	return "(" + text + ")"
}

// starWithDot finds list.*.name, of which the newer spelling list[*].name can be
// followed by an index.
func (l *linter) starWithDot(pl *place, e *hclsyntax.SplatExpr) {
	if l.text(e.MarkerRange) != ".*" {
		return
	}
	l.report("W-legacy-syntax", spanOf(e.MarkerRange), pl.subject, replace("write [*]", e.MarkerRange, "[*]", true),
		"A splat is written [*]. The old spelling .* applies only to the names right behind it.")
}

// numberWithDot finds list.0.
func (l *linter) numberWithDot(pl *place, t hcl.Traversal) {
	for _, s := range t {
		x, ok := s.(hcl.TraverseIndex)
		if !ok {
			continue
		}
		at := l.text(x.SrcRange)
		if rest, dot := strings.CutPrefix(at, "."); dot && strings.Trim(rest, "0123456789") == "" {
			l.report("W-legacy-syntax", spanOf(x.SrcRange), pl.subject, replace("write ["+rest+"]", x.SrcRange, "["+rest+"]", true),
				"An element of a list is written [%s], not .%s.", rest, rest)
		}
	}
}

// short is a text of the source for a sentence.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

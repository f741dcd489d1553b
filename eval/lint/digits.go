package lint

import (
	"math/big"
	"regexp"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// plainNumber matches a number as it is written.
var plainNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`) })

// digits finds a number in the text of which more digits stand than it keeps.
func (l *linter) digits(pl *place, e *hclsyntax.LiteralValueExpr) {
	if !constantNumber(e) || pl.kind() == "param" && l.params[pl.block.Name].Sensitive {
		return
	}
	text := l.text(e.SrcRange)
	kept, lost := losesDigits(text)
	if !lost {
		return
	}
	l.report("W-number-digits", spanOf(e.SrcRange), pl.subject, replace("write "+kept, e.SrcRange, kept, true),
		"%s has more digits than a number keeps: it is %s, here and in every command. Write that; digits that must all be there are a text.", short(text), kept)
}

// losesDigits returns the text that a number has in the end, and whether it is another
// number than the one that is written.
func losesDigits(text string) (kept string, lost bool) {
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	if len(strings.TrimLeft(strings.ReplaceAll(mantissa, ".", ""), "-+0")) <= 15 || len(text) > 1000 || !plainNumber().MatchString(text) {
		return "", false // 15 digits are always kept
	}
	v, err := number.Parse(text)
	if err != nil {
		return "", false
	}
	if kept, err = number.Text(v); err != nil {
		return "", false
	}
	written, ok := new(big.Rat).SetString(text)
	known, same := new(big.Rat).SetString(kept)
	return kept, ok && same && written.Cmp(known) != 0
}

// digitsIn finds such numbers in a part of a params file. The file itself is the
// person's: other programs read it.
func (l *linter) digitsIn(subject string, t *param.Tree) {
	switch t.Shape {
	case param.Numeral:
		if kept, lost := losesDigits(t.Text); lost {
			l.report("W-number-digits", t.Span, subject, nil,
				"%s has more digits than a number keeps: expressions see %s. Write that; digits that must all be there are a text, in quotes.", short(t.Text), kept)
		}
	case param.Sequence:
		for _, item := range t.Items {
			l.digitsIn(subject, item)
		}
	case param.Mapping:
		for _, e := range t.Entries {
			l.digitsIn(subject, e.Value)
		}
	}
}

// secrets finds sensitive params whose value stands in the pipeline.
func (l *linter) secrets() {
	for _, b := range l.p.Params {
		a := b.Attr("default")
		if a == nil || !l.params[b.Name].Sensitive {
			continue
		}
		e, _ := a.Expr.(hclsyntax.Expression)
		text, ok := literalText(e)
		if ok && text != "" {
			l.report("W-sensitive-default", masked(a.NameSpan), b.Subject(), nil,
				"The param is sensitive, and its default stands here for all to read. Leave the default out and give the value with --params, from a file that Git ignores, or take it from the environment with the stage's secrets.")
		}
	}
}

// masked hides a span whose text must not be shown.
func masked(s diag.Span) diag.Span {
	s.Masked = true
	return s
}

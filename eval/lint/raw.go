package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// plainWord matches what a shell reads as it stands, with quotes or without.
var plainWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_./+:,@-]+$`) })

// shellWords are words that a shell takes for its own when they are not quoted.
var shellWords = []string{"if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in", "function", "select", "time", "coproc"}

// rawIn finds ${raw(x)} in a script where ${x} is the same: raw is a door that values
// can break out of, so it is open only where it must be.
func (l *linter) rawIn(pl *place, around, part hclsyntax.Expression, above []hclsyntax.Node) {
	call, ok := part.(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "raw" || len(call.Args) != 1 || call.ExpandFinal {
		return
	}
	arg := unparen(call.Args[0])
	why := ""
	switch value := l.resolved(arg); {
	case l.typeOf(pl, arg, 0) == numberType || l.typeOf(pl, arg, 0) == boolType:
		why = "A number or a bool needs no quotes in any place of a script"
	case isPlain(value):
		why = "The shell reads this text alike with quotes and without"
	default:
		return
	}
	src, _ := l.source(call.Range().Filename)
	from, to, found := interpolation(src, around.Range(), call.Range())
	text := l.text(call.Args[0].Range())
	f := l.report("W-raw-needless", spanOf(call.NameRange), pl.subject, nil, "%s, so raw does nothing here, and would let a later value run as code. Write ${%s}.", why, short(text))
	if constant, ok := literalText(arg); found && ok {
		f.Detail = fmt.Sprintf("This is a constant text, which needs neither raw nor an interpolation. Write %s.", constant)
		f.Fix = &Fix{Text: "write " + constant, Same: true, Edit: Edit{Span: l.span(call.Range().Filename, from, to), Text: constant}}
	} else if found && isEdge(src, around.Range(), from-1) && isEdge(src, around.Range(), to) {
		f.Fix = replace("leave out raw", call.Range(), text, true)
	}
}

// isPlain reports whether an expression is a constant text that quoting does not change.
func isPlain(e hclsyntax.Expression) bool {
	text, ok := literalText(e)
	return ok && plainWord().MatchString(text) && !slices.Contains(shellWords, text)
}

// interpolation returns where the ${ and } around a call begin and end.
func interpolation(src []byte, around, call hcl.Range) (from, to int, ok bool) {
	before := strings.TrimRight(string(src[around.Start.Byte:call.Start.Byte]), " \t")
	after := string(src[call.End.Byte:around.End.Byte])
	closing := len(after) - len(strings.TrimLeft(after, " \t"))
	if !strings.HasSuffix(before, "${") || closing >= len(after) || after[closing] != '}' {
		return 0, 0, false
	}
	return around.Start.Byte + len(before) - 2, call.End.Byte + closing + 1, true
}

// isEdge reports whether a word of a script ends at a byte: at white space, or where
// the script does. A value that is part of a word is quoted whatever it is, which
// changes the script's text though not its meaning.
func isEdge(src []byte, script hcl.Range, at int) bool {
	if at < script.Start.Byte || at >= script.End.Byte {
		return true
	}
	outermost := at == script.Start.Byte || at == script.End.Byte-1
	return strings.IndexByte(" \t\n", src[at]) >= 0 || outermost && src[at] == '"'
}

// constantNumber reports whether a literal is a number.
func constantNumber(e *hclsyntax.LiteralValueExpr) bool {
	return e.Val.Type() == cty.Number && !e.Val.IsNull() && e.Val.IsKnown()
}

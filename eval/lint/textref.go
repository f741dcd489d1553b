package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// spanOf is the place of a range.
func spanOf(r hcl.Range) diag.Span { return lang.Span(r) }

// referenceForm matches a text that reads as a reference.
var referenceForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:param|local|data|stage|module|each|inputs|outputs|metrics|plots)(?:\.[A-Za-z_][\w-]*|\[\*\])+$`)
})

// textReference finds "stage.x.outputs.y" as a text where the value is meant: where
// a stage says what it reads or is given, and the name is declared.
func (l *linter) textReference(pl *place, e *hclsyntax.TemplateExpr, above []hclsyntax.Node) {
	text, ok := literalText(e)
	if !ok || !strings.Contains(text, ".") || pl.kind() != "stage" || pl.inner != nil || isCommand(pl, above) || !plainPlace(above) {
		return
	}
	if !slices.Contains([]string{"for_each", "inputs", "command", "env", "native"}, pl.attr.Name) || !l.meant(pl, text) {
		return
	}
	l.report("W-text-reference", spanOf(e.SrcRange), pl.subject, replace("write "+text+" without quotes", e.SrcRange, text, false),
		"%q is a text of %d letters here, not what %s is. Write it without quotes.", text, len([]rune(text)), text)
}

// plainPlace reports whether a value that stands below above is used as it is: alone,
// or in a list, an object, a conditional or what joins those.
func plainPlace(above []hclsyntax.Node) bool {
	for i, n := range above {
		switch n := n.(type) {
		case *hclsyntax.TupleConsExpr, *hclsyntax.ParenthesesExpr:
		case *hclsyntax.ObjectConsExpr:
			if i+1 < len(above) {
				if _, name := above[i+1].(*hclsyntax.ObjectConsKeyExpr); name {
					return false
				}
			}
		case *hclsyntax.FunctionCallExpr:
			if !slices.Contains([]string{"concat", "merge", "flatten"}, n.Name) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// meant reports whether a text is certainly meant as a reference: it names what is
// declared, and no file.
func (l *linter) meant(pl *place, text string) bool {
	if !referenceForm().MatchString(text) || l.isFile(text) {
		return false
	}
	names := strings.Split(strings.ReplaceAll(text, "[*]", ""), ".")
	if len(names) < 2 {
		return false
	}
	switch root, name := names[0], names[1]; root {
	case "param":
		return find(l.p.Params, name) != nil
	case "local":
		return l.locals[name] != nil
	case "data":
		return len(names) == 2 && find(l.p.Data, name) != nil
	case "stage":
		st := find(l.p.Stages, name)
		return len(names) > 3 && st != nil && gives(st, names[2], names[3])
	case "module":
		return len(names) > 3 && find(l.p.Modules, name) != nil && names[2] == "outputs"
	case "each":
		return pl.block.Attr("for_each") != nil && (name == "key" || slices.Contains(l.axisNames(pl.block), name))
	default:
		return len(names) == 2 && gives(pl.block, root, name)
	}
}

// gives reports whether a group of a stage is an object with a name.
func gives(b *lang.Block, group, name string) bool {
	a := b.Attr(group)
	if a == nil {
		return false
	}
	o, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	return ok && entry(o, name) != nil
}

// isFile reports whether a text is, or may become, the name of a file.
func (l *linter) isFile(text string) bool {
	if l.o.Exists != nil && l.o.Exists(path.Join(l.p.Dir, text)) {
		return true
	}
	if l.paths == nil {
		l.paths = l.pathTexts()
	}
	return l.paths[text]
}

// pathTexts are the texts in attributes that say where something is made or tracked.
func (l *linter) pathTexts() map[string]bool {
	out := map[string]bool{}
	for i := range l.places {
		pl := &l.places[i]
		if !slices.Contains([]string{"path", "outputs", "metrics", "plots"}, pl.attr.Name) {
			continue
		}
		walk(pl.root(), func(n hclsyntax.Node, _ []hclsyntax.Node) {
			if t, ok := n.(*hclsyntax.TemplateExpr); ok {
				if s, ok := literalText(t); ok {
					out[s] = true
				}
			}
		})
	}
	return out
}

// scriptWord matches a word of a script that may be meant as a reference.
var scriptWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[ \t])((?:inputs|outputs|metrics|plots)\.[A-Za-z_][\w-]*|stage\.[A-Za-z_][\w-]*\.(?:outputs|metrics|plots)\.[A-Za-z_][\w-]*)(?:[ \t\n;]|$)`)
})

// scriptReferences finds inputs.x in a script without ${ }: the shell would pass on
// the name. Where quotes or here-documents are about, it may be another program's text.
func (l *linter) scriptReferences(pl *place, e *hclsyntax.TemplateExpr, above []hclsyntax.Node) {
	if !isCommand(pl, above) {
		return
	}
	src, ok := l.source(e.SrcRange.Filename)
	if !ok {
		return
	}
	for _, part := range e.Parts {
		lit, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || ctyType(lit.Val) != stringType {
			continue
		}
		text := string(src[lit.SrcRange.Start.Byte:lit.SrcRange.End.Byte])
		if strings.ContainsAny(text, `'"\`) || strings.Contains(text, "<<") {
			return // from here on it is not known what the shell reads
		}
		l.scriptWords(pl, e, lit, text)
	}
}

func (l *linter) scriptWords(pl *place, e *hclsyntax.TemplateExpr, lit *hclsyntax.LiteralValueExpr, text string) {
	from := lit.SrcRange.Start.Byte
	for at := 0; ; {
		m := scriptWord().FindStringSubmatchIndex(text[at:])
		if m == nil {
			return
		}
		begin, end := at+m[2], at+m[3]
		at = end // the space behind may be the one before the next
		whole := (begin > 0 || lit == e.Parts[0]) && (end < len(text) || lit == e.Parts[len(e.Parts)-1])
		word := text[begin:end]
		if !whole || !l.meant(pl, word) {
			continue
		}
		span := l.span(e.SrcRange.Filename, from+begin, from+end)
		fix := &Fix{Text: "write ${" + word + "}", Edit: Edit{Span: span, Text: "${" + word + "}"}}
		l.report("W-text-reference", span, pl.subject, fix, "In a script, this is the word %s and nothing else. Write ${%s} for what it stands for.", word, word)
	}
}

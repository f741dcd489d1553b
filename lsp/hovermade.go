package lsp

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// What a stage or module makes is shown with where it is: in the words of the text, and as
// the last evaluation found it.

// describeStage lists the axes of a stage, and what it makes.
func (sc *scope) describeStage(f *parsed, b *syntax.Block) string {
	p := sc.points(b.Label)
	lines := axisLines(sc.axesOf(b.Label))
	for _, group := range []string{"outputs", "metrics", "plots"} {
		for _, e := range entries(f, b, group) {
			name := group + "." + e.Name
			text := p.place(name).text()
			if text == "" {
				text = coded(textOfTokens(f, e.First, e.Last))
			}
			lines = append(lines, "- `"+name+"`: "+text)
		}
	}
	return listed(lines)
}

// describeEntry describes an entry of inputs, or of what a stage makes.
func (sc *scope) describeEntry(o symbol) string {
	f, b := sc.decl("stage", o.owner)
	if b == nil {
		return ""
	}
	name := o.kind + "." + o.name
	for _, e := range entries(f, b, o.kind) {
		if e.Name != o.name {
			continue
		}
		text := fmt.Sprintf("**%s** of stage %s\n\n%s", name, o.owner, fenced(textOfTokens(f, e.First, e.Last)))
		if at := sc.points(o.owner).place(name).text(); at != "" {
			text += listed([]string{"- `" + name + "`: " + at})
		}
		return text
	}
	return ""
}

// describeModule counts what a module has here, and lists what it gives.
func (sc *scope) describeModule(b *syntax.Block) string {
	var text string
	if v := sc.p.values; v != nil && v.modules[b.Label] != nil {
		p := v.modules[b.Label]
		text = ": " + countOf(p.inside, "instance")
		if b.Attr("for_each") != nil {
			text = ": " + countOf(p.count, "point") + ", " + countOf(p.inside, "instance")
		}
	}
	m := sc.module(b.Label)
	if m == nil {
		return text
	}
	var lines []string
	m.declared("output", func(f *parsed, out *syntax.Block, name string) {
		line := "- `outputs." + name + "`"
		if a := out.Attr("value"); a != nil {
			line += ": " + coded(oneLine(f.Of(a.Value)))
		}
		if d := literal(f, out, "description"); d != "" {
			line += " – " + oneLine(d)
		}
		lines = append(lines, line)
	})
	return text + listed(lines)
}

// text says where an entry is; "" if that is not known.
func (p *place) text() string {
	if p == nil {
		return ""
	}
	text := coded(p.path)
	if p.more {
		text += ", …"
	}
	return text
}

// shownLines is how many lines of a list are shown.
const shownLines = 24

// listed is a list behind a line of text.
func listed(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	if n := len(lines); n > shownLines {
		lines = append(lines[:shownLines:shownLines], fmt.Sprintf("- … (%d)", n))
	}
	return "\n\n" + strings.Join(lines, "\n")
}

// coded is a text as code, which has no backquotes.
func coded(text string) string { return "`" + strings.ReplaceAll(text, "`", "'") + "`" }

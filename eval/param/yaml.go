package param

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dewar-build/dewar/diag"
	"go.yaml.in/yaml/v3"
)

// YAML is read as the node tree of yaml/v3; what a scalar means is decided here,
// by the core schema of YAML 1.2, because the library mixes both versions.

// yaml decodes the source as YAML; nil if it holds no document.
func (d *decoder) yaml() *Tree {
	dec := yaml.NewDecoder(asking{strings.NewReader(d.source), &d.pulse})
	var doc, more yaml.Node
	if err := d.safely(func() error { return dec.Decode(&doc) }); err != nil {
		d.yamlError(err)
		return nil
	}
	if doc.Kind == 0 {
		return nil
	}
	y := &yamlDecoder{decoder: d, lines: yamlLines(d.text), done: map[*yaml.Node]*Tree{}}
	if err := d.safely(func() error { return dec.Decode(&more) }); err == nil {
		off := y.offset(&more)
		d.fail("E-params-syntax", d.span(off, off), "The file holds more than one document. Params are in one.")
		return nil
	} else if err.Error() != "EOF" {
		d.yamlError(err)
		return nil
	}
	if len(doc.Content) == 0 {
		return nil
	}
	t := y.convert(doc.Content[0], 0)
	switch {
	case t == nil:
	case t.parts(maxParts+1) > maxParts:
		d.fail("E-params-syntax", t.Span, "With its aliases expanded the file has more than %d parts.", maxParts)
	case len(y.done) > 0 && t.deeper(maxDepth): // without anchors it is as deep as its nodes
		d.fail("E-params-syntax", t.Span, "With its aliases expanded the file is nested more than %d levels deep.", maxDepth)
	}
	return t
}

// safely runs f, which is the library; its panics are errors of the file. That of whoever was
// asked, and does not want it to go on, is not the library's.
func (p *pulse) safely(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if p.asked {
				panic(r)
			}
			err = &yamlPanic{r}
		}
	}()
	return f()
}

type yamlPanic struct{ value any }

func (*yamlPanic) Error() string { return "yaml: the file cannot be read as YAML" }

// yamlWhere finds the line in the messages of the library.
var yamlWhere = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^yaml: (?:unmarshal errors:\s*)?(?:line (\d+): )?`)
})

func (d *decoder) yamlError(err error) {
	if err.Error() == "EOF" {
		return
	}
	msg, span := err.Error(), diag.Span{File: d.file}
	if m := yamlWhere().FindStringSubmatch(msg); m != nil {
		msg = msg[len(m[0]):]
		if m[1] == "" && inFirstLine(msg) {
			m[1] = "1"
		}
		if line, err := strconv.Atoi(m[1]); err == nil {
			at := d.lineStart(line)
			span = d.span(at, at)
			if bytes.HasPrefix(bytes.TrimLeft(d.text[at:], " "), []byte{'\t'}) {
				msg = "a line is indented with a tab; YAML takes spaces"
			}
		}
	}
	d.fail("E-params-syntax", span, "This is not YAML: %s.", strings.TrimSuffix(strings.ReplaceAll(msg, "node content", "value"), "."))
}

// inFirstLine reports whether a message is one that has a line, unless that is the first.
func inFirstLine(msg string) bool {
	return strings.HasPrefix(msg, "mapping values are not allowed") || strings.HasPrefix(msg, "found ") || strings.HasPrefix(msg, "could not find ")
}

// yamlLines returns the offsets of the lines as YAML 1.1 and the library count
// them: a carriage return and three separators of Unicode end a line too.
func yamlLines(b []byte) []int {
	start := 0
	if strings.HasPrefix(string(b[:min(3, len(b))]), "\ufeff") {
		start = 3
	}
	lines := []int{start}
	for i := start; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		i += n
		switch r {
		case '\r':
			if i < len(b) && b[i] == '\n' {
				i++
			}
			lines = append(lines, i)
		case '\n', '\u0085', '\u2028', '\u2029':
			lines = append(lines, i)
		}
	}
	return lines
}

// yamlDecoder turns nodes into trees.
type yamlDecoder struct {
	*decoder
	lines []int
	all   bool                               // done has all nodes, not only those that aliases may name
	done  map[*yaml.Node]*Tree               // nil while one is being converted
	last  struct{ line, column, offset int } // the node found last
}

// offset returns the byte at which a node starts, its anchor and tag included.
func (y *yamlDecoder) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(y.lines) {
		return len(y.text)
	}
	off, col := y.lines[n.Line-1], 1
	if y.last.line == n.Line && y.last.column <= n.Column {
		off, col = y.last.offset, y.last.column
	}
	for ; col < n.Column && off < len(y.text); col++ {
		_, w := utf8.DecodeRune(y.text[off:])
		off += w
	}
	y.last.line, y.last.column, y.last.offset = n.Line, col, off
	return off
}

// convert returns the tree of a node; nil if it reported something.
func (y *yamlDecoder) convert(n *yaml.Node, depth int) *Tree {
	if depth > maxDepth {
		off := y.offset(n)
		y.fail("E-params-syntax", y.span(off, off), nestedTooDeep, maxDepth)
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return y.alias(n)
	}
	kept := y.all || n.Anchor != ""
	if kept {
		y.done[n] = nil
	}
	var t *Tree
	switch n.Kind {
	case yaml.ScalarNode:
		t = y.scalar(n)
	case yaml.SequenceNode:
		t = y.sequence(n, depth)
	case yaml.MappingNode:
		t = y.mapping(n, depth)
	}
	if t != nil && kept {
		y.done[n] = t
	}
	return t
}

// parts counts t and what is in it, with aliases expanded, up to most.
func (t *Tree) parts(most int) int {
	n := 1
	for i := 0; i < len(t.Items) && n < most; i++ {
		n += t.Items[i].parts(most - n)
	}
	for i := 0; i < len(t.Entries) && n < most; i++ {
		n += 1 + t.Entries[i].Value.parts(most-n)
	}
	return n
}

// deeper reports whether t is nested more than levels deep, with aliases expanded.
func (t *Tree) deeper(levels int) bool {
	return levels < 0 ||
		slices.ContainsFunc(t.Items, func(item *Tree) bool { return item.deeper(levels - 1) }) ||
		slices.ContainsFunc(t.Entries, func(e Entry) bool { return e.Value.deeper(levels - 1) })
}

func (y *yamlDecoder) alias(n *yaml.Node) *Tree {
	t, known := y.done[n.Alias]
	if t == nil && !y.diags.HasErrors() {
		off := y.offset(n)
		what := "stands inside what it names"
		if !known {
			what = "names something that is not read"
		}
		y.fail("E-params-syntax", y.span(off, off+1+len(n.Value)), "The alias *%s %s.", n.Value, what)
	}
	return t
}

func (y *yamlDecoder) sequence(n *yaml.Node, depth int) *Tree {
	off := y.offset(n)
	t := y.part(Sequence, "", off, off)
	t.Items = make([]*Tree, 0, len(n.Content))
	for _, c := range n.Content {
		if item := y.convert(c, depth+1); item != nil {
			t.Items = append(t.Items, item)
		}
	}
	return y.tagged(n, t, "!!seq")
}

// tagged replaces a collection with a tag of its own by something foreign.
func (y *yamlDecoder) tagged(n *yaml.Node, t *Tree, usual string) *Tree {
	if tag := n.ShortTag(); tag != usual {
		t.Shape, t.Text, t.Items, t.Entries = Foreign, "a value with the tag "+tag, nil, nil
	}
	return t
}

func (y *yamlDecoder) scalar(n *yaml.Node) *Tree {
	start, end, specific := y.scalarText(n)
	raw := y.source[start:end]
	t := y.part(String, orPartOf(raw, n.Value), start, end)
	if !brokenLine(raw) && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0 && !specific {
		t.raw = raw
	}
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	switch {
	case n.Style&yaml.TaggedStyle != 0:
		y.tag(n, t)
	case !quoted && !specific:
		t.Shape, t.Text = coreSchema(t.Text)
	}
	return t
}

// orPartOf returns s, as the part of the source that it is taken from if it stands there as it
// is: then the copy need not be kept.
func orPartOf(raw, s string) string {
	if raw == s {
		return raw
	}
	return s
}

// brokenLine reports whether one of the ends of lines of YAML is in s.
func brokenLine(s string) bool {
	if isASCII(s) {
		return strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\r') >= 0
	}
	return strings.ContainsAny(s, "\r\n\u0085\u2028\u2029")
}

// tag reads a scalar by its explicit tag.
func (y *yamlDecoder) tag(n *yaml.Node, t *Tree) {
	shape, text := coreSchema(n.Value)
	switch n.ShortTag() {
	case "!!str":
		return
	case "!!int":
		if shape == Numeral && !isFloat(text) {
			t.Shape, t.Text = shape, text
			return
		}
	case "!!float":
		if shape == Numeral {
			if !isFloat(text) {
				text += ".0"
			}
			t.Shape, t.Text = shape, text
			return
		}
	case "!!bool":
		if shape == Boolean {
			t.Shape, t.Text = shape, text
			return
		}
	case "!!null":
		if shape == Null {
			t.Shape, t.Text = shape, text
			return
		}
	}
	t.Shape, t.Text = Foreign, "a value with the tag "+n.ShortTag()
}

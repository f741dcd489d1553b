package param

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The library says where nodes start. Where they end is found here, from the nodes
// inside them: a text between two nodes has only white space, comments, commas,
// colons and brackets.

const (
	quotedStyles = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle
	blockStyles  = yaml.LiteralStyle | yaml.FoldedStyle
)

func isFlow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }

// isBlock reports whether n is a collection that is laid out by indentation.
func isBlock(n *yaml.Node) bool {
	return (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && !isFlow(n)
}

// isNothing reports whether n is a null that is not written at all.
func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&(quotedStyles|blockStyles) == 0
}

// property is an anchor or a tag.
type property struct{ start, end int }

// properties returns the anchor and tag of a node, at most one of each. Those that
// a block mapping seems to begin with may be its first name's.
func (y *yamlEditor) properties(n *yaml.Node) []property {
	var out []property
	anchor, tag := n.Anchor != "", n.Style&yaml.TaggedStyle != 0 || n.Kind == yaml.ScalarNode
	for off := y.offset(n); off < len(y.text); {
		switch c := y.text[off]; {
		case c == '&' && anchor:
			anchor = false
		case c == '!' && tag:
			tag = false
		default:
			return out
		}
		end := off
		for end < len(y.text) && strings.IndexByte(" \t\r\n,[]{}", y.text[end]) < 0 {
			end++
		}
		out = append(out, property{off, end})
		off = y.skipSpace(end)
	}
	return out
}

// start returns where a node starts, after its properties.
func (y *yamlEditor) start(n *yaml.Node) int {
	props := y.properties(n)
	switch {
	case len(props) == 0:
		return y.offset(n)
	case isNothing(n):
		return props[len(props)-1].end
	default:
		return y.skipSpace(props[len(props)-1].end)
	}
}

// column is how many characters stand before a node on its line; of a block
// mapping, before its names.
func (y *yamlEditor) column(n *yaml.Node) int {
	off := y.start(n)
	if n.Kind == yaml.MappingNode && isBlock(n) && len(n.Content) > 0 {
		off = y.offset(n.Content[0])
		if before := bytes.TrimRight(y.text[y.lineStart(off):off], " "); bytes.HasSuffix(before, []byte("?")) {
			off = y.lineStart(off) + len(before) - 1
		}
	}
	line := bytes.TrimPrefix(y.text[y.lineStart(off):off], []byte("\ufeff"))
	return utf8.RuneCount(line)
}

// end returns where the text of a node ends.
func (y *yamlEditor) end(n *yaml.Node) int {
	switch {
	case n.Kind == yaml.AliasNode:
		return y.offset(n) + 1 + len(n.Value)
	case isNothing(n):
		return y.start(n)
	case n.Kind == yaml.ScalarNode && n.Style&blockStyles != 0:
		return y.blockEnd(y.start(n))
	case n.Kind == yaml.ScalarNode:
		_, end, _ := y.scalarText(n)
		return end
	case isFlow(n):
		return y.flowEnd(n)
	default:
		return y.lastEnd(n)
	}
}

// lastEnd returns where the last part of a collection ends.
func (y *yamlEditor) lastEnd(n *yaml.Node) int {
	last := len(n.Content) - 1
	switch {
	case last < 0:
		return y.start(n)
	case n.Kind == yaml.MappingNode && last > 0:
		return y.entryEnd(n.Content[last-1], n.Content[last])
	default:
		return y.end(n.Content[last])
	}
}

// entryEnd returns where a name with its value ends.
func (y *yamlEditor) entryEnd(k, v *yaml.Node) int {
	if !isNothing(v) {
		return y.end(v)
	}
	colon, _ := y.colon(k)
	if props := y.properties(v); len(props) > 0 {
		return props[len(props)-1].end
	}
	return colon
}

// colon returns where the colon after a name ends; false if there is none, as in {a}.
func (y *yamlEditor) colon(k *yaml.Node) (int, bool) {
	end := y.end(k)
	off := y.skipSpace(end)
	if off < len(y.text) && y.text[off] == ':' {
		return off + 1, true
	}
	return end, false
}

// flowEnd returns where the brackets of a flow collection end.
func (y *yamlEditor) flowEnd(n *yaml.Node) int {
	start := y.start(n)
	if start >= len(y.text) || strings.IndexByte("[{", y.text[start]) < 0 {
		return y.lastEnd(n) // the one entry in [a: 1]
	}
	off := start + 1
	if len(n.Content) > 0 {
		off = max(off, y.lastEnd(n))
	}
	for off = y.skipSpace(off); off < len(y.text) && strings.IndexByte(",:?", y.text[off]) >= 0; {
		off = y.skipSpace(off + 1)
	}
	return min(off+1, len(y.text))
}

// blockEnd returns where a block scalar ends whose header is at off: with its last
// line of text, or if it keeps them, with the empty ones after that.
func (y *yamlEditor) blockEnd(off int) int {
	header, _, _ := strings.Cut(string(y.text[off:y.lineEnd(off)]), "#")
	outer, _ := y.indent(off)
	inner := 0 // indentation of the text; 0 until a line has told
	if i := strings.IndexAny(header, "123456789"); i >= 0 {
		inner = len(outer) + int(header[i]-'0')
	}
	end, kept := y.lineEnd(off), y.lineEnd(off)
	for next := y.nextLine(end); next < len(y.text); next = y.nextLine(next) {
		line := string(y.text[next:y.lineEnd(next)])
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if depth == len(line) {
			kept = y.lineEnd(next)
			continue
		}
		if inner == 0 {
			inner = max(depth, len(outer)+1)
		}
		if depth < inner {
			break
		}
		end, kept = y.lineEnd(next), y.lineEnd(next)
	}
	if strings.Contains(header, "+") {
		return kept
	}
	return end
}

// nextLine returns where the line after that of off begins.
func (y *yamlEditor) nextLine(off int) int {
	if i := bytes.IndexByte(y.text[off:], '\n'); i >= 0 {
		return off + i + 1
	}
	return len(y.text)
}

// kept returns the properties that go on to be right with a new value, as they are
// to be written, and whether those are all.
func (y *yamlEditor) kept(n *yaml.Node, t *Tree) (text string, all bool) {
	var words []string
	props := y.properties(n)
	for _, p := range props {
		word := string(y.text[p.start:p.end])
		if word[0] == '&' || slices.Contains(rightTags(t), word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, " "), len(words) == len(props)
}

// rightTags returns the tags that say what t is without them.
func rightTags(t *Tree) []string {
	switch t.Shape {
	case Null:
		return []string{"!!null"}
	case Boolean:
		return []string{"!!bool"}
	case Numeral:
		if isFloat(t.Text) {
			return []string{"!!float"}
		}
		return []string{"!!int", "!!float"}
	case String:
		return []string{"!!str", "!"}
	case Sequence:
		return []string{"!!seq"}
	default:
		return []string{"!!map"}
	}
}

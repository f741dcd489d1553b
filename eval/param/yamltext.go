package param

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// The library says where a node starts, not where it ends, and counts its
// anchor and tag as part of it. These functions find the text of a scalar.

// scalarText returns the range of a scalar's own text, quotes included.
// unspecific says that it has the tag "!", which makes any scalar a string.
func (y *yamlDecoder) scalarText(n *yaml.Node) (start, end int, unspecific bool) {
	off, unspecific := y.skipProperties(y.offset(n))
	rest := y.text[off:]
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return off, off + quotedEnd(rest, '"'), unspecific
	case n.Style&yaml.SingleQuotedStyle != 0:
		return off, off + quotedEnd(rest, '\''), unspecific
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return off, off + lineEnd(rest), unspecific // the header stands for it
	default:
		return off, off + plainEnd(y.source[off:], n.Value), unspecific
	}
}

// skipProperties skips "&anchor" and "!tag" with the space and comments after them.
func (y *yamlDecoder) skipProperties(off int) (after int, unspecific bool) {
	for off < len(y.text) && (y.text[off] == '&' || y.text[off] == '!') {
		word := off
		for off < len(y.text) && !strings.ContainsRune(" \t\r\n,[]{}", rune(y.text[off])) {
			off++
		}
		unspecific = unspecific || string(y.text[word:off]) == "!"
		off = y.skipSpace(off)
	}
	return off, unspecific
}

func (y *yamlDecoder) skipSpace(off int) int {
	for off < len(y.text) {
		switch y.text[off] {
		case ' ', '\t', '\r', '\n':
			off++
		case '#':
			off += lineEnd(y.text[off:])
		default:
			return off
		}
	}
	return off
}

// quotedEnd returns the length of the quoted scalar that b begins with.
func quotedEnd(b []byte, quote byte) int {
	if len(b) == 0 || b[0] != quote {
		return 0
	}
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '\\' && quote == '"':
			i++
		case b[i] != quote:
		case quote == '\'' && i+1 < len(b) && b[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(b)
}

func lineEnd(b []byte) int {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			return i
		}
	}
	return len(b)
}

// plainEnd returns the length of the plain scalar with the given value that b
// begins with. One that is folded has other white space between its words.
func plainEnd(b, value string) int {
	if strings.HasPrefix(b, value) && strings.IndexByte(value, '\n') < 0 {
		return len(value)
	}
	end := 0
	for _, word := range strings.Fields(value) {
		for end < len(b) && strings.IndexByte(" \t\r\n", b[end]) >= 0 {
			end++
		}
		if !strings.HasPrefix(b[end:], word) {
			return end
		}
		end += len(word)
	}
	return end
}

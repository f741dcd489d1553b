package lang

import "bytes"

// The parser and everything after it walk expressions by recursion, and Go
// cannot recover from a stack that is exhausted. So before parsing, nesting is
// measured by scan, which keeps a stack of a bounded size itself. It follows
// the lexical grammar of HCL (strings, heredocs, templates, comments) closely
// enough that a difference to the real lexer is a matter of broken text.

const (
	maxNesting   = 200  // brackets, blocks and templates inside each other
	maxDigits    = 5000 // of a number: to read one takes the square of the time
	maxOperators = 5000 // operators, indexes and template directives in one expression: each may be a level of the tree
)

// measure returns the offset at which src nests too deeply, or -1, and offsets
// at which it can be cut: beginnings of lines outside of everything, at least
// part bytes apart.
func measure(src []byte, part int) (tooDeep int, cuts []int) {
	s := scan{src: src, frames: make([]frame, 1, 16)}
	next := part
	for s.at < len(src) {
		if s.at >= next && len(s.frames) == 1 && src[s.at-1] == '\n' {
			cuts = append(cuts, s.at)
			next = s.at + part
		}
		s.advance()
		if len(s.frames) > maxNesting || s.digits > maxDigits || s.frames[len(s.frames)-1].operators > maxOperators {
			return min(s.at, len(src)-1), nil
		}
	}
	return -1, cuts
}

// scan is a position in the text and what is open there.
type scan struct {
	src    []byte
	at     int
	frames []frame
	digits int // just before at, of one number
}

// frame is something open: a bracket, a template sequence, a string, a heredoc.
type frame struct {
	kind      byte   // 0, '(', '[', '{', '"', or '$' for the inside of ${ and %{
	marker    []byte // of a heredoc
	operators int    // seen in the expression that is being written
}

// advance moves on by at least one byte.
func (s *scan) advance() {
	top := &s.frames[len(s.frames)-1]
	switch {
	case top.marker != nil:
		s.heredoc(top)
	case top.kind == '"':
		s.quoted(top)
	default:
		s.code(top)
	}
}

func (s *scan) push(f frame)           { s.frames = append(s.frames, f) }
func (s *scan) pop()                   { s.frames = s.frames[:len(s.frames)-1] }
func (s *scan) looking(at string) bool { return s.has(0, at) }
func (s *scan) has(n int, x string) bool {
	i := s.at + n
	return i+len(x) <= len(s.src) && string(s.src[i:i+len(x)]) == x
}

// code moves over one token, or part of one, outside of strings.
func (s *scan) code(top *frame) {
	c := s.src[s.at]
	switch {
	case c == '#' || s.looking("//"):
		s.skipTo("\n", 0)
		return
	case s.looking("/*"):
		s.skipTo("*/", 2)
		return
	case s.looking("<<"):
		if s.beginHeredoc() {
			return
		}
	}
	s.at++
	if s.digits++; c < '0' || c > '9' {
		s.digits = 0
	}
	switch c {
	case '"':
		s.push(frame{kind: '"'})
	case '(', '[', '{':
		top.operators++ // a[0][0] nests without brackets inside each other
		s.push(frame{kind: c})
	case ')', ']', '}':
		if closes(top.kind, c) {
			s.pop()
		}
	case ',':
		top.operators = 0
	case '\n':
		if top.kind == 0 || top.kind == '{' {
			top.operators = 0
		}
	case '-', '!', '+', '*', '/', '%', '?', '<', '>', '=', '&', '|', '.':
		top.operators++
	}
}

func closes(open, c byte) bool {
	switch open {
	case '(':
		return c == ')'
	case '[':
		return c == ']'
	default:
		return (open == '{' || open == '$') && c == '}'
	}
}

// quoted moves over a piece of a quoted string.
func (s *scan) quoted(top *frame) {
	switch s.src[s.at] {
	case '\\':
		s.at += 2
	case '"':
		s.at++
		s.pop()
	case '$', '%':
		s.sequence(top)
	default:
		s.at++
	}
}

// sequence moves over $ or %, which may begin a template sequence.
func (s *scan) sequence(top *frame) {
	c := s.src[s.at]
	switch {
	case s.has(1, string(c)+"{"):
		s.at += 3
	case s.has(1, "{"):
		s.at += 2
		if c == '%' {
			top.operators++ // %{if}%{if}… nest without brackets inside each other
		}
		s.push(frame{kind: '$'})
	default:
		s.at++
	}
}

// heredoc moves over a piece of a heredoc: a line, or up to a sequence in it.
func (s *scan) heredoc(top *frame) {
	if s.at == 0 || s.src[s.at-1] == '\n' {
		end := s.lineEnd()
		if string(trimSpace(s.src[s.at:end])) == string(top.marker) {
			s.at = end
			s.pop()
			return
		}
	}
	for s.at < len(s.src) {
		switch s.src[s.at] {
		case '$', '%':
			s.sequence(top)
			return
		case '\n':
			s.at++
			return
		}
		s.at++
	}
}

// beginHeredoc moves over <<MARKER and its line end, if that is what is here.
func (s *scan) beginHeredoc() bool {
	i := s.at + 2
	if i < len(s.src) && s.src[i] == '-' {
		i++
	}
	end := i
	for end < len(s.src) && s.src[end] != '\n' {
		if c := s.src[end]; c != '\r' && !wordByte(c) {
			return false
		}
		end++
	}
	marker := trimSpace(s.src[i:end])
	if len(marker) == 0 || end == len(s.src) {
		return false
	}
	s.at = end + 1
	s.push(frame{marker: marker})
	return true
}

func (s *scan) lineEnd() int {
	for i := s.at; i < len(s.src); i++ {
		if s.src[i] == '\n' {
			return i
		}
	}
	return len(s.src)
}

// skipTo moves to the next mark, or past it by the given number of bytes.
func (s *scan) skipTo(mark string, past int) {
	for s.at++; s.at < len(s.src); s.at++ {
		if s.looking(mark) {
			s.at += past
			return
		}
	}
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// tooManyDigits reports whether src ends with a number that is too long.
func tooManyDigits(src []byte) bool {
	return len(src)-len(bytes.TrimRight(src, "0123456789")) > maxDigits
}

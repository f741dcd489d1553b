package script

import "strings"

// scanner reads the script's symbols and writes the quoted script. A symbol is
// a byte of the script's text or, negative, the hole that a part fills.
type scanner struct {
	parts  []Part
	src    []int32
	pos    int
	out    strings.Builder
	lost   string // why the reading cannot be trusted from pos on; "" while it can
	opened int    // here-documents announced, in every level, whose bodies are still to come
	inBody bool   // inside the body of a here-document
	levels int    // nesting, bounded so that hostile text cannot exhaust the stack
}

const (
	eof       = int32(1 << 20)
	maxLevels = 200
)

func newScanner(parts []Part) *scanner {
	s := &scanner{parts: parts}
	for i, p := range parts {
		if p.Kind == Word || p.Kind == List {
			s.src = append(s.src, -int32(i)-1)
			continue
		}
		for j := 0; j < len(p.Text); j++ {
			s.src = append(s.src, int32(p.Text[j]))
		}
	}
	return s
}

// at returns the symbol k after the current one.
func (s *scanner) at(k int) int32 {
	if s.pos+k >= len(s.src) {
		return eof
	}
	return s.src[s.pos+k]
}

// open reports whether there is text to read and the reading can be trusted.
func (s *scanner) open() bool { return s.pos < len(s.src) && s.lost == "" }

// isHole reports whether a symbol is an interpolation.
func isHole(c int32) bool { return c < 0 }

// part returns the part that fills a hole.
func part(hole int32) int { return int(-hole) - 1 }

// take copies n symbols of text. Only commands and bodies copy newlines that
// may begin a here-document's body; any other newline goes through here.
func (s *scanner) take(n int) {
	for ; n > 0 && s.pos < len(s.src); n-- {
		c := s.src[s.pos]
		if isHole(c) {
			panic("script.take: an interpolation is not text")
		}
		if c == '\n' && (s.opened > 0 || s.inBody) {
			s.lose("a line ends inside a quotation or expansion while a here-document is open")
		}
		s.out.WriteByte(byte(c))
		s.pos++
	}
}

// lose records that the place of what follows cannot be known.
func (s *scanner) lose(why string) {
	if s.lost == "" {
		s.lost = why
	}
}

// fill writes a hole's quoted text.
func (s *scanner) fill(text string) {
	s.out.WriteString(text)
	s.pos++
}

// finish copies what remains after the reading was lost.
func (s *scanner) finish() (string, error) {
	for ; s.pos < len(s.src); s.pos++ {
		c := s.src[s.pos]
		if isHole(c) {
			return "", s.refuse(c, CodePlace, "Where this interpolation stands cannot be known for certain: "+s.lost+
				". Rewrite that, or pass the value in env and use it as \"$NAME\".")
		}
		s.out.WriteByte(byte(c))
	}
	return s.out.String(), nil
}

func (s *scanner) refuse(hole int32, code, detail string) error {
	return &Error{Part: part(hole), Code: code, Detail: detail}
}

// word returns the one word of a hole in a place where a list cannot stand.
func (s *scanner) word(hole int32, place string) (string, error) {
	p := s.parts[part(hole)]
	if p.Kind == List {
		return "", s.refuse(hole, CodeList, "A list becomes several words, but "+place+
			" there is only one. Put the interpolation between blanks, outside quotes, or make one string of it with join.")
	}
	return p.Words[0], nil
}

// checkValues refuses what no shell can carry.
func (s *scanner) checkValues() error {
	for i, p := range s.parts {
		for _, w := range p.Words {
			if strings.ContainsRune(w, 0) {
				return &Error{i, CodeValue, "The value contains a NUL byte, which no command can be given. Write it to a file instead."}
			}
		}
	}
	return nil
}

// deeper enters a nested construct; leave it with s.levels--.
func (s *scanner) deeper() bool {
	s.levels++
	if s.levels > maxLevels {
		s.lose("the script nests too deeply")
	}
	return s.lost == ""
}

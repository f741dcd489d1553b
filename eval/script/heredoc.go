package script

import "strings"

// heredoc is an announced here-document.
type heredoc struct {
	delimiter string
	quoted    bool // no expansion in the body
	tabs      bool // <<-: leading tabs are removed
}

// announce reads << or <<- and the delimiter.
func (s *scanner) announce(l *level) error {
	h := heredoc{tabs: s.at(2) == '-'}
	s.take(2 + btoi(h.tabs))
	for s.at(0) == ' ' || s.at(0) == '\t' {
		s.take(1)
	}
	if err := s.delimiter(&h); err != nil {
		return err
	}
	if h.delimiter == "" && !h.quoted {
		s.lose("a here-document has no delimiter")
	}
	l.pending = append(l.pending, h)
	s.opened++
	return nil
}

// plainDelimiter is what a backslash in a delimiter may stand before.
const plainDelimiter = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// delimiter reads the delimiter's word and removes its quotes.
func (s *scanner) delimiter(h *heredoc) error {
	var quote int32
	for s.open() {
		c := s.at(0)
		switch {
		case isHole(c):
			return s.refuse(c, CodePlace, "The delimiter of a here-document cannot be interpolated. Write it out.")
		case quote == 0 && endsWord(c):
			return nil
		case quote == 0 && (c == '\'' || c == '"'):
			quote, h.quoted = c, true
		case c == quote:
			quote = 0
		case quote == 0 && c == '\\' && isOneOf(s.at(1), plainDelimiter):
			h.quoted = true
		case isOneOf(c, "\\$`\n"):
			s.lose("the delimiter of a here-document is not a plain word")
		default:
			h.delimiter += string([]byte{byte(c)})
		}
		s.take(1)
	}
	return nil
}

// bodies reads the bodies of the here-documents that l announced.
func (s *scanner) bodies(l *level) error {
	pending := l.pending
	l.pending = nil
	s.opened -= len(pending)
	s.inBody = true
	defer func() { s.inBody = false }()
	for _, h := range pending {
		if err := s.body(h, l.sub); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) body(h heredoc, sub bool) error {
	joined := false // by a backslash at the end of the line before
	for s.open() {
		line, plain := s.peekLine()
		if h.tabs {
			line = strings.TrimLeft(line, "\t")
		}
		switch {
		case plain && line == h.delimiter && !joined:
			s.copyLine()
			return nil
		case plain && line == h.delimiter, sub && strings.HasPrefix(line, h.delimiter+")"):
			s.lose("shells disagree about where a here-document ends")
			return nil
		}
		var err error
		if joined, err = s.bodyLine(h); err != nil {
			return err
		}
	}
	return nil
}

// peekLine returns the text up to the next newline or hole, and whether it is
// the whole line.
func (s *scanner) peekLine() (text string, whole bool) {
	var b []byte
	for k := 0; ; k++ {
		c := s.at(k)
		if c == eof || c == '\n' {
			return string(b), true
		}
		if isHole(c) {
			return string(b), false
		}
		b = append(b, byte(c))
	}
}

// copyLine copies up to and with the next newline.
func (s *scanner) copyLine() {
	for s.open() && s.at(0) != '\n' {
		s.take(1)
	}
	s.copyNewline()
}

func (s *scanner) copyNewline() {
	if s.at(0) == '\n' {
		s.out.WriteByte('\n')
		s.pos++
	}
}

// bodyLine writes a line of a body up to and with its newline, and reports
// whether a backslash joins it to the next.
func (s *scanner) bodyLine(h heredoc) (joined bool, err error) {
	start, last := s.out.Len(), int32(0)
	for s.open() && s.at(0) != '\n' {
		c := s.at(0)
		if isHole(c) {
			last = c
		}
		if !h.quoted && s.continued() {
			s.out.WriteByte('\\')
			s.pos++
			joined = true
			break
		}
		if err := s.bodySymbol(h, c, start); err != nil {
			return false, err
		}
	}
	if isHole(last) {
		if err := s.checkBody(h, last, s.out.String()[start:]); err != nil {
			return false, err
		}
	}
	s.copyNewline()
	return joined, nil
}

func (s *scanner) bodySymbol(h heredoc, c int32, start int) error {
	switch {
	case isHole(c):
		return s.bodyHole(h, c, start)
	case h.quoted:
		s.take(1)
		return nil
	}
	return s.expanding(c, inHere)
}

func (s *scanner) bodyHole(h heredoc, hole int32, start int) error {
	w, err := s.word(hole, "in a here-document")
	if err != nil {
		return err
	}
	atStart := strings.Trim(s.out.String()[start:], "\t") == ""
	if h.tabs && (strings.Contains(w, "\n\t") || atStart && strings.HasPrefix(w, "\t")) {
		return s.refuse(hole, CodeValue, "A line of the value begins with a tab, which <<- would remove. Use << instead.")
	}
	if !h.quoted {
		w = escape(w, "\\$`")
	}
	s.fill(w)
	return nil
}

// checkBody refuses a value that makes a line equal to the delimiter.
func (s *scanner) checkBody(h heredoc, hole int32, text string) error {
	for _, line := range strings.Split(text, "\n") {
		if h.tabs {
			line = strings.TrimLeft(line, "\t")
		}
		if line == h.delimiter {
			return s.refuse(hole, CodeValue, "With this value a line is "+h.delimiter+", which ends the here-document. Choose another delimiter.")
		}
		// dash looks for the delimiter byte by byte, and loses the byte that it
		// finds instead of a newline if that is no ASCII.
		if rest, ok := strings.CutPrefix(line, h.delimiter); ok && rest[0] >= 0x80 {
			return s.refuse(hole, CodeValue, "With this value a line begins with "+h.delimiter+" and goes on with a character that some shells lose there. Choose another delimiter.")
		}
	}
	return nil
}

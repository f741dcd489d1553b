package script

import "strings"

// level is the state of one list of commands: the script itself or the inside
// of a $(…).
type level struct {
	sub      bool      // inside $(…): an unmatched ) ends it
	depth    int       // open (
	inWord   bool      // a word has begun
	redirect bool      // an operator < or > awaits its word
	word     []byte    // the unquoted text of the current word
	quoted   bool      // the current word has quotes or expansions
	sawCase  bool      // the word case was seen: a ) may belong to a pattern
	pending  []heredoc // announced, bodies begin after the next newline
}

// commands reads to the end of l: the end of the script, or the ) of a $(…),
// which is taken.
func (s *scanner) commands(l *level) error {
	for s.open() {
		c := s.at(0)
		if l.sub && c == ')' && l.depth == 0 {
			s.closeSub(l)
			return nil
		}
		if err := s.command(l, c); err != nil {
			return err
		}
	}
	return nil
}

// closeSub takes the ) of a $(…), unless it may be something else.
func (s *scanner) closeSub(l *level) {
	l.endWord()
	switch {
	case l.sawCase:
		s.lose("a case inside $(…) has patterns whose parenthesis looks like the end of the $(…)")
	case len(l.pending) > 0:
		s.lose("a here-document begins inside $(…) and its text lies outside")
	default:
		s.take(1)
	}
}

// command reads one symbol, or one construct, of bare text.
func (s *scanner) command(l *level, c int32) error {
	if isHole(c) {
		return s.bareHole(l, c)
	}
	switch c {
	case ' ', '\t':
		l.endWord()
		s.take(1)
	case '\n':
		return s.newline(l)
	case ';', '&', '|', '(', ')', '<', '>':
		return s.operator(l, c)
	case '#':
		if !l.inWord {
			return s.comment()
		}
		l.add(c)
		s.take(1)
	case '\\':
		return s.bareBackslash(l)
	case '\'', '"', '`', '$':
		l.quotedWord()
		return s.quotation(c)
	default:
		l.add(c)
		s.take(1)
	}
	return nil
}

// quotation reads what one of ' " ` $ begins in bare text.
func (s *scanner) quotation(c int32) error {
	switch c {
	case '\'':
		return s.single()
	case '"':
		return s.double()
	case '`':
		return s.backticks()
	}
	return s.dollar(inBare)
}

func (l *level) add(c int32) {
	l.inWord = true
	l.word = append(l.word, byte(c))
}

func (l *level) quotedWord() { l.inWord, l.quoted = true, true }

func (l *level) endWord() {
	if l.inWord {
		l.redirect = false
		l.sawCase = l.sawCase || (!l.quoted && string(l.word) == "case")
	}
	l.inWord, l.quoted, l.word = false, false, l.word[:0]
}

func (s *scanner) newline(l *level) error {
	l.endWord()
	l.redirect = false
	if s.opened > len(l.pending) || s.inBody {
		s.take(1) // loses the reading
		return nil
	}
	s.out.WriteByte('\n')
	s.pos++
	return s.bodies(l)
}

func (s *scanner) operator(l *level, c int32) error {
	l.endWord()
	if s.at(1) == '\\' && s.at(2) == '\n' {
		s.lose("an operator is followed by a backslash at the end of its line")
	}
	switch {
	case c == '(' && s.at(1) == '(':
		s.lose("(( is arithmetic in some shells and two subshells in others; write ( ( for subshells")
	case c == '<' && s.at(1) == '<' && s.at(2) == '<':
		l.redirect = true
		s.take(3)
	case c == '<' && s.at(1) == '<':
		return s.announce(l)
	case c == '(':
		l.depth++
		l.redirect = false
		s.take(1)
	case c == ')':
		l.closeParen(s)
		s.take(1)
	default:
		glued := s.pos > 0 && isOneOf(s.src[s.pos-1], "<>") // >& and >| are one operator
		l.redirect = glued && c != ';' || c == '<' || c == '>'
		s.take(1)
		if glued && c == '&' {
			l.redirect = false
			s.duplicate()
		}
	}
	return nil
}

// duplicate reads what follows >& or <&. bash expands a word there twice, so
// that even quotes do not keep a value from being run.
func (s *scanner) duplicate() {
	n := 0
	for isDigit(s.at(n)) || s.at(n) == '-' {
		n++
	}
	if n == 0 || !endsWord(s.at(n)) {
		s.lose("a word other than a number after >& or <& is expanded twice by some shells; write >file 2>&1")
		return
	}
	s.take(n)
}

// closeParen closes a subshell, or ends a pattern of a case.
func (l *level) closeParen(s *scanner) {
	if l.sub && l.sawCase {
		s.lose("a case inside $(…) has patterns whose parenthesis looks like the end of a subshell")
	}
	l.depth = max(l.depth-1, 0)
	l.redirect = false
}

// comment reads a comment up to its newline. A value there is never read by
// anybody, but it must not end the comment.
func (s *scanner) comment() error {
	for s.open() && s.at(0) != '\n' {
		c := s.at(0)
		if !isHole(c) {
			s.take(1)
			continue
		}
		text := strings.Join(s.parts[part(c)].Words, " ")
		if strings.ContainsRune(text, '\n') {
			return s.refuse(c, CodeValue, "The value has a newline, which would end the comment it stands in. Take the interpolation out of the comment.")
		}
		s.fill(text)
	}
	return nil
}

func (s *scanner) bareBackslash(l *level) error {
	next := s.at(1)
	if isHole(next) {
		return s.afterBackslash(next)
	}
	if next != '\n' { // else it joins two lines and is no character
		l.quotedWord()
		s.take(2)
		return nil
	}
	s.out.WriteString("\\\n") // no newline to a here-document
	s.pos += 2
	return nil
}

func (s *scanner) afterBackslash(hole int32) error {
	return s.refuse(hole, CodePlace, "The backslash before the interpolation would quote a part of the value. "+
		"Remove it (the value needs none), or write \\\\ for a backslash.")
}

// bareHole writes an interpolation in bare text.
func (s *scanner) bareHole(l *level, hole int32) error {
	p := s.parts[part(hole)]
	alone := !l.inWord && endsWord(s.at(1))
	if p.Kind == List {
		if !alone || l.redirect {
			return s.refuse(hole, CodeList, "A list becomes several words, so it must stand alone: between blanks, not glued to other text and not after < or >. "+
				"For one string use join.")
		}
		s.fill(bareWords(p.Words))
		return nil
	}
	next := s.at(1)
	l.quotedWord()
	s.fill(bareWord(p.Words[0], alone && next != '<' && next != '>'))
	return nil
}

// endsWord reports whether a word ends before the symbol.
func endsWord(c int32) bool {
	return c == eof || !isHole(c) && strings.IndexByte(" \t\n;&|()<>", byte(c)) >= 0
}

package script

import "strings"

// place is the text that an expansion stands in.
type place uint8

const (
	inBare   place = iota
	inDouble       // "…"
	inHere         // a here-document whose delimiter is unquoted
)

// dollar reads what a $ begins.
func (s *scanner) dollar(p place) error {
	next := s.at(1)
	switch {
	case isHole(next):
		return s.refuse(next, CodePlace, "The $ before the interpolation would join with the value. Write \\$ for a dollar sign.")
	case next == '(' && s.at(2) == '(':
		return s.arithmetic()
	case next == '(':
		return s.substitution()
	case next == '{':
		return s.parameter(p)
	case next == '\'' && p == inBare:
		s.lose("$'…' ends in different places in different shells")
	case next == '[':
		s.lose("$[ is arithmetic in some shells")
	case next == '\\' && s.at(2) == '\n':
		s.lose("a $ is followed by a backslash at the end of its line")
	default:
		s.name(p)
	}
	return nil
}

// name reads $name, $1, $? or a lone $, and keeps a value that follows from
// lengthening the name.
func (s *scanner) name(p place) {
	s.take(1)
	c := s.at(0)
	switch {
	case isNameStart(c):
		for isNameStart(s.at(0)) || isDigit(s.at(0)) || s.continued() {
			s.take(1 + btoi(s.continued()))
		}
	case isDigit(c) || isOneOf(c, "@*#?-$!"):
		s.take(1)
	default:
		return
	}
	if !isHole(s.at(0)) {
		return
	}
	switch p {
	case inDouble:
		s.out.WriteString(`""`)
	case inHere:
		s.out.WriteString("${0+}") // $0 is always set, so this is nothing
	}
}

// continued reports whether a backslash and a newline come next.
func (s *scanner) continued() bool { return s.at(0) == '\\' && s.at(1) == '\n' }

// substitution reads $(…): a list of commands of its own, whatever it stands in.
func (s *scanner) substitution() error {
	if !s.deeper() {
		return nil
	}
	defer func() { s.levels-- }()
	s.take(2)
	l := &level{sub: true}
	return s.commands(l)
}

// parameter reads ${…}. Its word is quoted like bare text when it stands in
// bare text; in "…" shells disagree about quotes in it.
func (s *scanner) parameter(p place) error {
	if !s.deeper() {
		return nil
	}
	defer func() { s.levels-- }()
	s.take(2)
	if isOneOf(s.at(0), " \t\n|") {
		s.lose("${ followed by a blank runs commands in some shells")
		return nil
	}
	word := s.operatorOfParameter()
	for s.open() {
		c := s.at(0)
		if c == '}' {
			s.take(1)
			return nil
		}
		if err := s.parameterSymbol(c, p, word); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) parameterSymbol(c int32, p place, word bool) error {
	switch {
	case isHole(c):
		return s.parameterHole(c, p, word)
	case c == '\'' && p == inBare:
		return s.single()
	case c == '"' && p == inBare:
		return s.doubleIn(true)
	case c == '"' && p == inDouble:
		return s.doubleInDouble()
	case c == '\'' || c == '"':
		s.lose("quotes inside a quoted ${…} are read differently by different shells")
		return nil
	}
	return s.expanding(c, p)
}

func (s *scanner) parameterHole(hole int32, p place, word bool) error {
	if p != inBare || !word {
		return s.refuse(hole, CodePlace, "A value can stand inside ${…} only after one of the operators :- := :+ :? - = + ? # ##  % %% and outside double quotes. "+
			"Assign it to a variable of the shell first.")
	}
	w, err := s.word(hole, "inside ${…}")
	if err != nil {
		return err
	}
	s.fill(bareWord(w, false))
	return nil
}

// operatorOfParameter takes the name and the operator of a ${…}, and reports
// whether what follows is a word.
func (s *scanner) operatorOfParameter() bool {
	switch c := s.at(0); {
	case isNameStart(c):
		for isNameStart(s.at(0)) || isDigit(s.at(0)) {
			s.take(1)
		}
	case isDigit(c):
		for isDigit(s.at(0)) {
			s.take(1)
		}
	default:
		return false
	}
	if s.at(0) == ':' && isOneOf(s.at(1), "-=+?") {
		s.take(2)
		return true
	}
	if isOneOf(s.at(0), "#%-=+?") {
		s.take(1 + btoi(s.at(0) == s.at(1) && isOneOf(s.at(0), "#%")))
		return true
	}
	return false
}

// arithmetic reads $((…)), or loses the reading if it may be a $( (…) ).
func (s *scanner) arithmetic() error {
	if !s.deeper() {
		return nil
	}
	defer func() { s.levels-- }()
	s.take(3)
	for depth := 0; s.open(); {
		switch c := s.at(0); {
		case isHole(c):
			return s.refuse(c, CodePlace, "A value cannot be quoted inside $((…)). Assign it to a variable of the shell first: n=${…}, then $((n + 1)).")
		case c == ')' && depth == 0 && s.at(1) == ')':
			s.take(2)
			return nil
		case c == ')' && depth == 0 || isOneOf(c, "'\"#\n"):
			s.lose("$(( may begin arithmetic or a subshell; write $( ( for a subshell")
		case c == '(' || c == ')':
			depth += 1 - 2*btoi(c == ')')
			s.take(1)
		default:
			if err := s.expanding(c, inDouble); err != nil {
				return err
			}
		}
	}
	return nil
}

func isNameStart(c int32) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isDigit(c int32) bool { return '0' <= c && c <= '9' }

func isOneOf(c int32, set string) bool {
	return c >= 0 && c < 0x80 && strings.IndexByte(set, byte(c)) >= 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

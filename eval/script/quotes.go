package script

import "strings"

// single reads '…'.
func (s *scanner) single() error {
	s.take(1)
	for s.open() {
		c := s.at(0)
		if isHole(c) {
			w, err := s.word(c, "inside quotes")
			if err != nil {
				return err
			}
			s.fill(strings.ReplaceAll(w, "'", `'\''`))
			continue
		}
		s.take(1)
		if c == '\'' {
			return nil
		}
	}
	return nil
}

// double reads "…".
func (s *scanner) double() error { return s.doubleIn(false) }

// doubleIn reads "…". In the word of an unquoted ${…}, bash looks for process
// substitutions even there and fails on a value that looks like the beginning of
// one: the value leaves the quotes and is quoted singly.
func (s *scanner) doubleIn(parameter bool) error {
	s.take(1)
	for s.open() {
		switch c := s.at(0); {
		case isHole(c):
			w, err := s.word(c, "inside quotes")
			if err != nil {
				return err
			}
			if parameter {
				s.fill(`"` + bareWord(w, true) + `"`)
			} else {
				s.fill(escape(w, "\\\"$`"))
			}
		case c == '"':
			s.take(1)
			return nil
		default:
			if err := s.expanding(c, inDouble); err != nil {
				return err
			}
		}
	}
	return nil
}

// doubleInDouble reads the inner quotes of "${x:-"…"}". bash looks for process
// substitutions there, and fails on a value that looks like the beginning of one.
func (s *scanner) doubleInDouble() error {
	s.take(1)
	for s.open() {
		switch c := s.at(0); {
		case isHole(c):
			return s.refuse(c, CodePlace, "A value cannot stand in quotes inside a quoted ${…}. Assign it to a variable of the shell first.")
		case c == '"':
			s.take(1)
			return nil
		default:
			if err := s.expanding(c, inDouble); err != nil {
				return err
			}
		}
	}
	return nil
}

// expanding reads one symbol, or one construct, of text in which only
// backslash, $ and ` are special.
func (s *scanner) expanding(c int32, p place) error {
	switch c {
	case '\\':
		if isHole(s.at(1)) {
			return s.afterBackslash(s.at(1))
		}
		s.take(2)
	case '`':
		return s.backticks()
	case '$':
		return s.dollar(p)
	default:
		s.take(1)
	}
	return nil
}

// backticks reads `…`. Quotes inside are read by a second shell pass with
// rules of its own, so no value is written there.
func (s *scanner) backticks() error {
	s.take(1)
	for s.open() {
		c := s.at(0)
		switch {
		case isHole(c):
			return s.refuse(c, CodePlace, "A value cannot be quoted inside `…`. Write $(…) instead.")
		case c == '\\' && !isHole(s.at(1)):
			s.take(2)
		case c == '`':
			s.take(1)
			return nil
		default:
			s.take(1)
		}
	}
	return nil
}

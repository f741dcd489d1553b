package syntax

import "strings"

// maxAbsent bounds how often the end of a heredoc is looked for in vain.
const maxAbsent = 50

// beginHeredoc opens a heredoc if its marker is there to end it.
func (l *lexer) beginHeredoc(rest string) bool {
	n := 2
	if n < len(rest) && rest[n] == '-' {
		n++
	}
	from := n
	for n < len(rest) && (letter(rest[n]) || digit(rest[n]) || rest[n] == '-') {
		n++
	}
	marker := rest[from:n]
	end := n
	if end < len(rest) && rest[end] == '\r' {
		end++
	}
	if marker == "" || end >= len(rest) || rest[end] != '\n' || !l.ends(marker, rest[end+1:]) || !l.push('h', marker) {
		return false
	}
	l.emit(Heredoc, 0, end+1)
	return true
}

// ends reports whether a line that is the marker follows.
func (l *lexer) ends(marker, text string) bool {
	if l.absent[marker] || len(l.absent) > maxAbsent {
		return false
	}
	for text != "" {
		n := lineLength(text)
		if strings.Trim(text[:n], " \t\r") == marker {
			return true
		}
		text = text[min(n+1, len(text)):]
	}
	if l.absent == nil {
		l.absent = map[string]bool{}
	}
	l.absent[marker] = true
	l.broken = true
	return false
}

// heredoc cuts off a piece of a heredoc.
func (l *lexer) heredoc() {
	marker := l.open[len(l.open)-1].marker
	if l.at == 0 || l.src[l.at-1] == '\n' {
		n := lineLength(l.src[l.at:])
		if strings.Trim(l.src[l.at:l.at+n], " \t\r") == marker {
			l.open = l.open[:len(l.open)-1]
			l.indent = indentAt(l.src, l.at)
			l.emit(HeredocEnd, 0, n)
			return
		}
	}
	n := l.piece(func(rest string, n int) bool { return n > 0 && rest[n-1] == '\n' })
	if n > 0 {
		l.emit(Text, 0, n)
		return
	}
	l.sequence()
}

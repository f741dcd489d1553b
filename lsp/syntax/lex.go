package syntax

import "strings"

// Kind is what a token is.
type Kind uint8

// The kinds of tokens.
const (
	Newline Kind = iota
	Comment
	Ident
	Number
	Sign       // an operator or bracket; Char is its first byte
	Quote      // opens or closes a quoted string; Char is '"' or, closing, '\''
	Text       // a piece of a string or heredoc
	Open       // ${ or %{ in a string
	Close      // the } that ends it
	Heredoc    // <<MARKER and the end of its line
	HeredocEnd // the line with the marker
)

// Token is a piece of the text. One that is empty closes what the text left open.
type Token struct {
	Kind Kind
	Char byte
	Span
}

// maxOpen is how deep brackets and templates are followed.
const maxOpen = 200

// lexer cuts a text into tokens that are balanced, whatever the text is: what is
// left open is closed where its line ends, or where a line is indented no further than
// the one that opened it.
type lexer struct {
	src     string
	at      int
	out     []Token
	open    []opened
	broken  bool // something was not closed, or closed twice
	recover bool // indentation tells where things end
	indent  int  // of the current line
	absent  map[string]bool
}

// opened is something that waits for its end.
type opened struct {
	char   byte // ( [ { in code; " a quoted string; $ a template sequence; h a heredoc
	indent int  // of the line
	marker string
}

// lex cuts src into tokens: first as the language says, and if that does not come out
// even, by indentation.
func lex(src string) []Token {
	l := &lexer{src: src, out: make([]Token, 0, len(src)/4), indent: indentAt(src, 0)}
	if l.run(); !l.broken {
		return l.out
	}
	l = &lexer{src: src, out: l.out[:0], recover: true, indent: indentAt(src, 0), absent: l.absent}
	l.run()
	return l.out
}

func (l *lexer) run() {
	for l.at < len(l.src) {
		switch l.top() {
		case '"':
			l.quoted()
		case 'h':
			l.heredoc()
		default:
			l.code()
		}
	}
	l.broken = l.broken || len(l.open) > 0
	l.closeTo(0, l.at)
}

func (l *lexer) top() byte {
	if len(l.open) == 0 {
		return 0
	}
	return l.open[len(l.open)-1].char
}

func (l *lexer) emit(k Kind, char byte, n int) {
	l.out = append(l.out, Token{k, char, Span{l.at, l.at + n}})
	l.at += n
}

func (l *lexer) push(char byte, marker string) bool {
	if len(l.open) >= maxOpen {
		l.broken = true
		return false
	}
	l.open = append(l.open, opened{char, l.indent, marker})
	return true
}

// closeTo closes what is open above depth, with tokens that are empty.
func (l *lexer) closeTo(depth, at int) {
	for len(l.open) > depth {
		l.out = append(l.out, closing(l.top(), at))
		l.open = l.open[:len(l.open)-1]
	}
}

func closing(char byte, at int) Token {
	here := Span{at, at}
	switch char {
	case '"':
		return Token{Quote, '\'', here}
	case '$':
		return Token{Close, '}', here}
	case 'h':
		return Token{HeredocEnd, 0, here}
	case '(':
		return Token{Sign, ')', here}
	case '[':
		return Token{Sign, ']', here}
	}
	return Token{Sign, '}', here}
}

// code cuts off one token outside of strings.
func (l *lexer) code() {
	rest := l.src[l.at:]
	c := rest[0]
	switch {
	case c == '\n':
		l.newline()
	case c == ' ' || c == '\t' || c == '\r':
		l.at++
	case c == '#' || strings.HasPrefix(rest, "//"):
		l.emit(Comment, 0, lineLength(rest))
	case strings.HasPrefix(rest, "/*"):
		l.comment(rest)
	case letter(c):
		n := 1
		for n < len(rest) && (letter(rest[n]) || digit(rest[n]) || rest[n] == '-') {
			n++
		}
		l.emit(Ident, 0, n)
	case digit(c):
		l.emit(Number, 0, numberLength(rest))
	case c == '"':
		if l.push('"', "") {
			l.emit(Quote, '"', 1)
			return
		}
		l.emit(Sign, c, 1)
	case strings.HasPrefix(rest, "<<") && l.beginHeredoc(rest):
	default:
		l.sign(rest)
	}
}

func (l *lexer) comment(rest string) {
	if n := strings.Index(rest, "*/"); n >= 0 {
		l.emit(Comment, 0, n+2)
		return
	}
	l.broken = true
	l.emit(Comment, 0, lineLength(rest))
}

// newline ends a line. A sequence ${ in a quoted string that nothing closes ends with
// it, and when the text does not come out even, so does what the next line is not
// indented enough for.
func (l *lexer) newline() {
	at := l.at
	if l.recover && l.top() == '$' {
		n := len(l.open) - 1
		if n > 0 && l.open[n-1].char == '"' {
			n--
		}
		l.closeTo(n, at)
		if l.top() == 'h' {
			return
		}
	}
	indent := indentAt(l.src, at+1)
	next := at + 1 + indent
	if l.recover && next < len(l.src) && strings.IndexByte("\r\n", l.src[next]) < 0 { // blank lines say nothing
		l.outdent(indent, strings.IndexByte(")]}", l.src[next]) >= 0, at)
	}
	l.emit(Newline, 0, 1)
	l.indent = indent
}

// outdent closes what the line that follows does not belong to.
func (l *lexer) outdent(indent int, closes bool, at int) {
	n := len(l.open)
	for n > 0 {
		o := l.open[n-1]
		if o.char == 'h' || o.indent < indent || o.indent == indent && closes {
			break
		}
		n--
	}
	if closes && n < len(l.open) && n > 0 && l.open[n-1].char == 'h' {
		return
	}
	l.closeTo(n, at)
}

func (l *lexer) sign(rest string) {
	c := rest[0]
	switch c {
	case '(', '[', '{':
		if !l.push(c, "") {
			l.at++
			return
		}
	case ')', ']', '}':
		l.shut(c)
		return
	}
	n := 1
	if len(rest) > 1 {
		switch rest[:2] {
		case "==", "!=", "<=", ">=", "&&", "||", "=>":
			n = 2
			if rest[:2] == "==" {
				c = '~' // so that = alone is an attribute's
			} else if rest[:2] == "=>" {
				c = '>'
			}
		}
	}
	if strings.HasPrefix(rest, "...") {
		n, c = 3, '+'
	}
	l.emit(Sign, c, n)
}

// shut closes the nearest bracket of the kind, and what is open in it. A bracket that
// closes nothing is left out.
func (l *lexer) shut(c byte) {
	want := byte('(')
	switch c {
	case ']':
		want = '['
	case '}':
		want = '{'
	}
	for n := len(l.open); n > 0; n-- {
		o := l.open[n-1].char
		if o == '"' || o == 'h' {
			break
		}
		if o == want || c == '}' && o == '$' {
			l.broken = l.broken || n < len(l.open)
			l.closeTo(n, l.at)
			l.open = l.open[:n-1]
			if o == '$' {
				l.emit(Close, c, 1)
			} else {
				l.emit(Sign, c, 1)
			}
			return
		}
		if o == '$' {
			break
		}
	}
	l.broken = true
	l.at++
}

// quoted cuts off a piece of a quoted string, which ends with its line at the latest.
func (l *lexer) quoted() {
	n := l.piece(func(rest string, n int) bool { return rest[n] == '"' || rest[n] == '\n' })
	if n > 0 {
		l.emit(Text, 0, n)
		return
	}
	switch {
	case l.src[l.at] == '"':
		l.open = l.open[:len(l.open)-1]
		l.emit(Quote, '\'', 1)
	case l.src[l.at] == '\n':
		l.broken = true
		l.closeTo(len(l.open)-1, l.at)
	default:
		l.sequence()
	}
}

// piece returns the length of the text up to a sequence, or where ends says.
func (l *lexer) piece(ends func(rest string, n int) bool) int {
	rest := l.src[l.at:]
	quoted := l.top() == '"'
	n := 0
	for n < len(rest) && !ends(rest, n) {
		c := rest[n]
		switch {
		case quoted && c == '\\' && n+1 < len(rest) && rest[n+1] != '\n':
			n += 2
		case (c == '$' || c == '%') && n+2 < len(rest) && rest[n+1] == c && rest[n+2] == '{':
			n += 3
		case (c == '$' || c == '%') && n+1 < len(rest) && rest[n+1] == '{':
			return n
		default:
			n++
		}
	}
	return n
}

// sequence opens ${ or %{.
func (l *lexer) sequence() {
	char := l.src[l.at]
	if !l.push('$', "") {
		l.emit(Text, 0, 2)
		return
	}
	n := 2
	if l.at+2 < len(l.src) && l.src[l.at+2] == '~' {
		n = 3
	}
	l.emit(Open, char, n)
}

func lineLength(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

func numberLength(s string) int {
	n := 1
	for n < len(s) {
		c := s[n]
		exponent := (c == '+' || c == '-') && (s[n-1] == 'e' || s[n-1] == 'E')
		point := c == '.' && n+1 < len(s) && digit(s[n+1])
		if !digit(c) && !letter(c) && !exponent && !point {
			break
		}
		n++
	}
	return n
}

// indentAt is the white space at the beginning of a line.
func indentAt(s string, at int) int {
	n := 0
	for at+n < len(s) && (s[at+n] == ' ' || s[at+n] == '\t') {
		n++
	}
	return n
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

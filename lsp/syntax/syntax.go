// Package syntax reads a pipeline file as an editor has it: at any moment, finished or
// not. It never refuses a text: what is broken is closed where its line or its
// indentation ends, and the blocks around it stay what they were.
//
// It says what stands where – blocks, attributes, references, calls – and nothing of what
// it means. What is right and wrong is package lang's business, which reads sound texts
// only. It imports nothing of ours; package lsp imports it.
package syntax

import (
	"sort"
	"strings"
)

// Span is a range of bytes of the text.
type Span struct{ Start, End int }

// Has reports whether at lies in s or at one of its ends.
func (s Span) Has(at int) bool { return s.Start <= at && at <= s.End }

// File is a text, read.
type File struct {
	Text   string
	Tokens []Token
	Blocks []*Block // at the top
	Refs   []Ref    // in the order of the text
	Calls  []Call   // in the order of the text
}

// Block is a block of any kind, known or not.
type Block struct {
	Kind   string
	Label  string // "" if there is none
	At     Span   // of the kind
	Name   Span   // of the label, without its quotes if it has any; empty if there is none
	Whole  Span   // from the kind to the closing brace
	Body   Span   // between the braces
	Attrs  []Attr
	Blocks []*Block
}

// Attr is an attribute of a block.
type Attr struct {
	Name        string
	At          Span // of the name
	Value       Span // after the = up to the end of the line, or of what is open there
	First, Last int  // the tokens of the value: Tokens[First:Last]
}

// Attr returns the attribute called name, or nil.
func (b *Block) Attr(name string) *Attr {
	for i := range b.Attrs {
		if b.Attrs[i].Name == name {
			return &b.Attrs[i]
		}
	}
	return nil
}

// Parse reads a text.
func Parse(text string) *File {
	f := &File{Text: text, Tokens: lex(text)}
	p := &parser{f: f}
	top := &Block{}
	p.body(top)
	f.Blocks = top.Blocks
	f.references()
	return f
}

// Of returns the text of a span.
func (f *File) Of(s Span) string { return f.Text[s.Start:s.End] }

// Word is the text of token i; "" if it is no name.
func (f *File) Word(i int) string {
	if i < 0 || i >= len(f.Tokens) || f.Tokens[i].Kind != Ident {
		return ""
	}
	return f.Of(f.Tokens[i].Span)
}

// Sign reports whether token i is an operator or bracket.
func (f *File) Sign(i int, char byte) bool {
	return i >= 0 && i < len(f.Tokens) && f.Tokens[i].Kind == Sign && f.Tokens[i].Char == char
}

// Until returns the first token from i on that is one of the signs, '\n' for the end of a
// line, or that closes what i lies in, and is in no other brackets or texts; last if none is.
func (f *File) Until(i, last int, signs string) int {
	depth := 0
	for ; i < last; i++ {
		t := f.Tokens[i]
		switch t.Kind {
		case Newline:
			if depth == 0 && strings.IndexByte(signs, '\n') >= 0 {
				return i
			}
		case Quote:
			depth += opening(t.Char == '"')
		case Open, Heredoc:
			depth++
		case Close, HeredocEnd:
			depth--
		case Sign:
			if depth == 0 && strings.IndexByte(signs, t.Char) >= 0 {
				return i
			}
			switch t.Char {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				if depth == 0 {
					return i
				}
				depth--
			}
		}
	}
	return i
}

func opening(yes bool) int {
	if yes {
		return 1
	}
	return -1
}

// parser reads tokens into blocks. Tokens are balanced, so there is nothing that it
// could fail at.
type parser struct {
	f  *File
	at int
}

func (p *parser) peek() Token {
	if p.at < len(p.f.Tokens) {
		return p.f.Tokens[p.at]
	}
	return Token{Kind: Newline, Span: Span{len(p.f.Text), len(p.f.Text)}}
}

func (p *parser) more() bool { return p.at < len(p.f.Tokens) }

// body reads what stands between the braces of b, up to the closing one.
func (p *parser) body(b *Block) {
	for p.more() {
		t := p.peek()
		switch {
		case t.Kind == Newline || t.Kind == Comment:
			p.at++
		case t.Kind == Sign && t.Char == '}' && b.Kind != "":
			return
		case t.Kind == Ident:
			p.statement(b)
		default:
			at := p.at
			if p.skipLine(); p.at == at {
				p.at++ // it closes what is no block
			}
		}
	}
}

// statement reads an attribute or a block, or the beginning of one.
func (p *parser) statement(b *Block) {
	name := p.peek()
	at := Span{name.Start, name.End}
	p.at++
	if t := p.peek(); t.Kind == Sign && t.Char == '=' {
		p.at++
		a := Attr{Name: p.f.Of(at), At: at, First: p.at}
		a.Value = Span{t.End, t.End}
		p.skipLine()
		a.Last = p.at
		a.Value.End = p.peek().Start
		b.Attrs = append(b.Attrs, a)
		return
	}
	in := &Block{Kind: p.f.Of(at), At: at, Name: Span{at.End, at.End}}
	for first := true; p.more(); first = false {
		t := p.peek()
		switch {
		case t.Kind == Quote && t.Char == '"':
			p.label(in, first)
			continue
		case t.Kind == Ident:
			if p.at++; first { // a name needs no quotes
				in.Label, in.Name = p.f.Of(t.Span), t.Span
			}
			continue
		case t.Kind == Sign && t.Char == '{':
			p.at++
			in.Body = Span{t.End, t.End}
			p.body(in)
			end := p.peek()
			in.Body.End, in.Whole = end.Start, Span{at.Start, end.End}
			p.at++
			b.Blocks = append(b.Blocks, in)
			return
		}
		break
	}
	p.skipLine()
}

// label reads a quoted name.
func (p *parser) label(b *Block, first bool) {
	start := p.peek().End
	for p.at++; p.more() && !(p.peek().Kind == Quote && p.peek().Char == '\''); p.at++ {
	}
	if first {
		b.Name = Span{start, p.peek().Start}
		b.Label = p.f.Of(b.Name)
	}
	p.at++
}

// skipLine moves on to the end of the line, or of the body, and over whatever is open.
func (p *parser) skipLine() { p.at = p.f.Until(p.at, len(p.f.Tokens), "\n") }

// Around returns the blocks that at lies inside the braces of, outermost first.
func (f *File) Around(at int) []*Block {
	var out []*Block
	for list := f.Blocks; ; {
		i := sort.Search(len(list), func(i int) bool { return list[i].Whole.End >= at })
		for i < len(list) && list[i].Body.Start <= at && !list[i].Body.Has(at) {
			i++
		}
		if i >= len(list) || !list[i].Body.Has(at) {
			return out
		}
		out = append(out, list[i])
		list = list[i].Blocks
	}
}

// AttrAt returns the attribute of b whose value at lies in, or nil.
func (b *Block) AttrAt(at int) *Attr {
	for i := range b.Attrs {
		if a := &b.Attrs[i]; a.Value.Has(at) {
			return a
		}
	}
	return nil
}

// TokenAt returns the index of the last token that begins before at, or -1.
func (f *File) TokenAt(at int) int {
	return sort.Search(len(f.Tokens), func(i int) bool { return f.Tokens[i].Start >= at }) - 1
}

// Literal returns the text of a quoted string without templates whose first token is
// at i, and where it is without quotes.
func (f *File) Literal(i int) (string, Span, bool) {
	if i+1 >= len(f.Tokens) || f.Tokens[i].Kind != Quote || f.Tokens[i].Char != '"' {
		return "", Span{}, false
	}
	start := f.Tokens[i].End
	t := f.Tokens[i+1]
	if t.Kind == Text {
		if i+2 >= len(f.Tokens) || f.Tokens[i+2].Kind != Quote {
			return "", Span{}, false
		}
		t = f.Tokens[i+2]
	}
	if t.Kind != Quote || t.Char != '\'' {
		return "", Span{}, false
	}
	s := Span{start, t.Start}
	text := f.Of(s)
	return text, s, !strings.Contains(text, `\`)
}

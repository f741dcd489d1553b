package syntax

// Frame is a bracket that a place lies in.
type Frame struct {
	Char  byte   // ( [ {
	Call  string // of (: the function
	At    Span   // of the function's name, or of the bracket
	Arg   int    // how many commas were before
	Entry string // of {: the name of the entry whose value the place is in; "" if it is in none
	Names []string
	// Names are those that the object has already, but for the one at the place.
}

// Frames returns what is open at a place in the value of an attribute, outermost first.
func (f *File) Frames(a *Attr, at int) []Frame {
	var out []Frame
	for i := a.First; i < a.Last && f.Tokens[i].Start < at; i++ {
		t := f.Tokens[i]
		switch t.Kind {
		case Quote:
			if t.Char == '"' {
				out = append(out, Frame{Char: '"', At: Span{t.Start, t.End}})
			} else if t.End <= at && t.End > t.Start && len(out) > 0 {
				out = out[:len(out)-1]
			}
		case Open:
			out = append(out, Frame{Char: '$', At: Span{t.Start, t.End}})
		case Heredoc:
			out = append(out, Frame{Char: 'h', At: Span{t.Start, t.End}})
		case Close, HeredocEnd:
			if len(out) > 0 && t.End <= at && t.End > t.Start {
				out = out[:len(out)-1]
			}
		case Sign:
			out = f.frameSign(out, i)
		case Newline:
			if n := len(out); n > 0 && out[n-1].Char == '{' && i > 0 && !f.leads(i-1) {
				out[n-1].Entry = ""
			}
		}
	}
	if n := len(out); n > 0 && out[n-1].Char == '{' {
		out[n-1].Names = f.entriesAround(a, out[n-1].At.End, at)
	}
	return out
}

// leads reports whether a line that ends with token i goes on in the next.
func (f *File) leads(i int) bool {
	t := f.Tokens[i]
	return t.Kind == Sign && (t.Char == '=' || t.Char == ':')
}

func (f *File) frameSign(out []Frame, i int) []Frame {
	t := f.Tokens[i]
	n := len(out)
	switch t.Char {
	case '(', '[', '{':
		fr := Frame{Char: t.Char, At: Span{t.Start, t.End}}
		if t.Char == '(' && i > 0 && f.Tokens[i-1].Kind == Ident {
			fr.At = Span{f.Tokens[i-1].Start, f.Tokens[i-1].End}
			fr.Call = f.Of(fr.At)
		}
		return append(out, fr)
	case ')', ']', '}':
		if n > 0 && t.End > t.Start {
			return out[:n-1]
		}
	case ',':
		if n > 0 {
			out[n-1].Arg++
			out[n-1].Entry = ""
		}
	case '=', ':':
		if n > 0 && out[n-1].Char == '{' && out[n-1].Entry == "" {
			out[n-1].Entry = f.nameBefore(i)
		}
	}
	return out
}

// nameBefore is the name of the entry whose = is token i.
func (f *File) nameBefore(i int) string {
	if i == 0 {
		return ""
	}
	if t := f.Tokens[i-1]; t.Kind == Ident {
		return f.Of(Span{t.Start, t.End})
	}
	for back := 2; back <= 3 && i-back >= 0; back++ {
		if name, _, ok := f.Literal(i - back); ok {
			return name
		}
	}
	return "?"
}

// entriesAround lists the names of the entries of the object that begins before from.
func (f *File) entriesAround(a *Attr, from, at int) []string {
	var out []string
	for _, e := range f.Entries(f.TokenAt(from), a.Last) {
		if !e.At.Has(at) {
			out = append(out, e.Name)
		}
	}
	return out
}

// Entry is an entry of an object.
type Entry struct {
	Name        string
	At          Span // of the name, without quotes
	First, Last int  // the tokens of its value
}

// Entries returns the entries of the object whose brace is token i; none if it is no
// brace.
func (f *File) Entries(i, last int) []Entry {
	if i < 0 || i >= last || f.Tokens[i].Kind != Sign || f.Tokens[i].Char != '{' {
		return nil
	}
	var out []Entry
	for i++; i < last; {
		t := f.Tokens[i]
		switch {
		case t.Kind == Sign && t.Char == '}':
			return out
		case t.Kind == Ident:
			if n := i + 1; f.assigns(n, last) {
				e := Entry{Name: f.Of(Span{t.Start, t.End}), At: Span{t.Start, t.End}, First: n + 1}
				i = f.skip(n+1, last)
				e.Last = i
				out = append(out, e)
				continue
			}
		case t.Kind == Quote:
			if name, at, ok := f.Literal(i); ok {
				n := i + 2
				if at.End > at.Start {
					n++
				}
				if f.assigns(n, last) {
					e := Entry{Name: name, At: at, First: n + 1}
					i = f.skip(n+1, last)
					e.Last = i
					out = append(out, e)
					continue
				}
			}
		}
		if next := f.skip(i, last); next > i {
			i = next
		} else {
			i++
		}
	}
	return out
}

func (f *File) assigns(i, last int) bool {
	return i < last && f.Tokens[i].Kind == Sign && (f.Tokens[i].Char == '=' || f.Tokens[i].Char == ':')
}

// skip moves over one value: up to the comma, line end or bracket that ends it.
func (f *File) skip(i, last int) int {
	depth := 0
	for ; i < last; i++ {
		t := f.Tokens[i]
		switch t.Kind {
		case Newline:
			if depth == 0 {
				return i
			}
		case Quote:
			depth += opening(t.Char == '"')
		case Open, Heredoc:
			depth++
		case Close, HeredocEnd:
			depth--
		case Sign:
			switch t.Char {
			case ',':
				if depth == 0 {
					return i
				}
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

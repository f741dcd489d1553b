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
				out = append(out, Frame{Char: '"', At: t.Span})
			} else if t.End <= at && t.End > t.Start && len(out) > 0 {
				out = out[:len(out)-1]
			}
		case Open:
			out = append(out, Frame{Char: '$', At: t.Span})
		case Heredoc:
			out = append(out, Frame{Char: 'h', At: t.Span})
		case Close, HeredocEnd:
			if len(out) > 0 && t.End <= at && t.End > t.Start {
				out = out[:len(out)-1]
			}
		case Sign:
			out = f.frameSign(out, i)
		case Newline:
			if n := len(out); n > 0 && out[n-1].Char == '{' && !f.assigns(i-1, i) { // a line that ends so goes on in the next
				out[n-1].Entry = ""
			}
		}
	}
	if n := len(out); n > 0 && out[n-1].Char == '{' {
		out[n-1].Names = f.entriesAround(a, out[n-1].At.End, at)
	}
	return out
}

func (f *File) frameSign(out []Frame, i int) []Frame {
	t := f.Tokens[i]
	n := len(out)
	switch t.Char {
	case '(', '[', '{':
		fr := Frame{Char: t.Char, At: t.Span}
		if t.Char == '(' && i > 0 && f.Tokens[i-1].Kind == Ident {
			fr.At, fr.Call = f.Tokens[i-1].Span, f.Word(i-1)
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
	if name := f.Word(i - 1); name != "" {
		return name
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
	if i >= last || !f.Sign(i, '{') {
		return nil
	}
	var out []Entry
	for i++; i < last && !f.Sign(i, '}'); {
		name, at, n := f.named(i)
		if n == 0 || !f.assigns(n, last) {
			i = max(i+1, f.Until(i, last, ",\n"))
			continue
		}
		i = f.Until(n+1, last, ",\n")
		out = append(out, Entry{name, at, n + 1, i})
	}
	return out
}

// named reads a name, quoted or not, at token i, and returns the token behind it; 0 if
// there is none.
func (f *File) named(i int) (string, Span, int) {
	if f.Tokens[i].Kind == Ident {
		return f.Word(i), f.Tokens[i].Span, i + 1
	}
	name, at, ok := f.Literal(i)
	switch {
	case !ok:
		return "", Span{}, 0
	case name == "":
		return name, at, i + 2
	}
	return name, at, i + 3
}

func (f *File) assigns(i, last int) bool {
	return i < last && (f.Sign(i, '=') || f.Sign(i, ':'))
}

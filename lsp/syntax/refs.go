package syntax

// Ref is a reference: names with dots between them. A name in brackets and quotes is
// one of them; at [*] or another index the names go on.
type Ref struct {
	Parts []Part
	Splat int // after how many names [*] stands; 0: nowhere
}

// Part is one name of a reference.
type Part struct {
	Name string
	At   Span
}

// Root is the first name.
func (r *Ref) Root() string { return r.Parts[0].Name }

// Name is the name at i, or "".
func (r *Ref) Name(i int) string {
	if i < len(r.Parts) {
		return r.Parts[i].Name
	}
	return ""
}

// Span is where the reference stands.
func (r *Ref) Span() Span { return Span{r.Parts[0].At.Start, r.Parts[len(r.Parts)-1].At.End} }

// Call is the name of a function that is called.
type Call struct {
	Name string
	At   Span
}

// references finds references and calls in the values of all attributes.
func (f *File) references() {
	for _, b := range f.Blocks {
		f.referencesIn(b)
	}
}

func (f *File) referencesIn(b *Block) {
	inner := 0
	for i := range b.Attrs {
		for inner < len(b.Blocks) && b.Blocks[inner].Whole.Start < b.Attrs[i].At.Start {
			f.referencesIn(b.Blocks[inner])
			inner++
		}
		w := &walker{f: f, last: b.Attrs[i].Last}
		w.walk(b.Attrs[i].First)
	}
	for ; inner < len(b.Blocks); inner++ {
		f.referencesIn(b.Blocks[inner])
	}
}

// walker goes over the tokens of one value.
type walker struct {
	f     *File
	last  int
	open  []byte // brackets, and $ of templates
	loops []loop
}

// loop is a for that the walker is inside of.
type loop struct {
	depth     int
	names     [2]string
	choice    int  // how many ? of what it goes over wait for their :
	began     bool // its names count: they do not in what it goes over
	directive bool // %{ for … }, which %{ endfor } ends
}

func (w *walker) walk(i int) {
	for i < w.last {
		t := w.f.Tokens[i]
		switch t.Kind {
		case Open:
			w.open = append(w.open, '$')
		case Close:
			w.leave()
		case Sign:
			switch t.Char {
			case '(', '[', '{':
				w.open = append(w.open, t.Char)
			case ')', ']', '}':
				w.leave()
			case '?', ':':
				w.begin(t.Char)
			}
		case Ident:
			i = w.ident(i)
			continue
		}
		i++
	}
}

func (w *walker) leave() {
	for n := len(w.loops); n > 0 && w.loops[n-1].depth == len(w.open); n-- {
		w.loops = w.loops[:n-1]
	}
	w.open = w.open[:max(0, len(w.open)-1)]
	if n := len(w.loops) - 1; n >= 0 && w.loops[n].directive && w.loops[n].depth == len(w.open) {
		w.loops[n].began = true
	}
}

// directive reports whether the word at i is that of %{ … } in a template.
func (w *walker) directive(i int) bool {
	return i > 0 && w.f.Tokens[i-1].Kind == Open && w.f.Tokens[i-1].Char == '%'
}

// endfor ends the innermost %{ for … }.
func (w *walker) endfor() {
	for n := len(w.loops) - 1; n >= 0; n-- {
		if w.loops[n].directive {
			w.loops = w.loops[:n]
			return
		}
	}
}

// begin lets the names of the innermost for count from its : on.
func (w *walker) begin(char byte) {
	n := len(w.loops) - 1
	if n < 0 || w.loops[n].began || w.loops[n].depth != len(w.open) {
		return
	}
	switch l := &w.loops[n]; {
	case char == '?':
		l.choice++
	case l.choice > 0:
		l.choice--
	default:
		l.began = true
	}
}

func (w *walker) sign(i int, char byte) bool {
	return i < w.last && w.f.Sign(i, char)
}

// ident reads what begins with a name, and returns where to go on.
func (w *walker) ident(i int) int {
	t := w.f.Tokens[i]
	name := w.f.Of(t.Span)
	switch {
	case i > 0 && w.sign(i-1, '.'):
		return i + 1
	case name == "for":
		return w.loop(i)
	case name == "endfor" && w.directive(i):
		w.endfor()
		return i + 1
	case word(name) || w.loopName(name):
		return i + 1
	case w.sign(i+1, '('):
		w.f.Calls = append(w.f.Calls, Call{name, t.Span})
		return i + 1
	case w.entryName(i):
		return i + 1
	}
	r, next := w.reference(i)
	w.f.Refs = append(w.f.Refs, r)
	return next
}

// word reports whether name is a word of the syntax.
func word(name string) bool {
	switch name {
	case "true", "false", "null", "in", "if", "else", "endif", "endfor":
		return true
	}
	return false
}

// entryName reports whether the name at i is that of an entry of an object.
func (w *walker) entryName(i int) bool {
	if n := len(w.open); n == 0 || w.open[n-1] != '{' || !w.sign(i+1, '=') && !w.sign(i+1, ':') {
		return false
	}
	for i--; i >= 0; i-- {
		t := w.f.Tokens[i]
		if t.Kind == Newline {
			return true
		}
		if t.Kind != Comment {
			return t.Kind == Sign && (t.Char == '{' || t.Char == ',')
		}
	}
	return false
}

// loop reads the names of for k, v in, and returns what follows them.
func (w *walker) loop(i int) int {
	l := loop{depth: len(w.open)}
	if w.directive(i) {
		l.directive, l.depth = true, l.depth-1
	}
	i++
	for n := range l.names {
		if i >= w.last || w.f.Tokens[i].Kind != Ident {
			break
		}
		l.names[n] = w.f.Word(i)
		if i++; !w.sign(i, ',') {
			break
		}
		i++
	}
	w.loops = append(w.loops, l)
	return i
}

func (w *walker) loopName(name string) bool {
	for _, l := range w.loops {
		if l.began && (l.names[0] == name || l.names[1] == name) {
			return true
		}
	}
	return false
}

// reference reads names and what stands between them.
func (w *walker) reference(i int) (Ref, int) {
	var r Ref
	add := func(name string, at Span) { r.Parts = append(r.Parts, Part{name, at}) }
	t := w.f.Tokens[i]
	add(w.f.Of(t.Span), t.Span)
	for i++; ; {
		switch {
		case w.sign(i, '.') && i+1 < w.last && w.f.Tokens[i+1].Kind == Ident:
			t := w.f.Tokens[i+1]
			add(w.f.Of(t.Span), t.Span)
			i += 2
		case w.sign(i, '[') && w.sign(i+1, '*') && w.sign(i+2, ']'):
			if r.Splat == 0 {
				r.Splat = len(r.Parts)
			}
			i += 3
		case w.sign(i, '['):
			name, at, ok := w.f.Literal(i + 1)
			end := i + 1
			for end < w.last && !w.sign(end, ']') {
				end++
			}
			if !ok || end > i+4 || !w.sign(end, ']') {
				return r, i // another index: what follows it is not known
			}
			add(name, at)
			i = end + 1
		default:
			return r, i
		}
	}
}

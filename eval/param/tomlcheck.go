package param

import (
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// The library's decoder looks every name up among all that it has met, one after the
// other: a file of 20,000 names takes it seconds. Only what it knows of names
// defined twice asks for the whole file, so that is found out here, with maps, and
// the decoder is given the file in pieces of a few hundred lines for all the rest:
// numbers, dates, strings, comments. A piece has at most one header, its first line,
// so that what is legal in the file is legal in it.

// pieceLines is how many names the library is given at once.
const pieceLines = 200

// soundTOML reports whether the text is TOML. Where it says no and not why, the library has the last
// word, and the words: it is given the whole.
func (d *decoder) soundTOML() bool {
	var p unstable.Parser
	text := d.text
	p.Reset(text)
	seen := newSeenTOML()
	start, lines := 0, 0
	for p.NextExpression() {
		d.beat()
		x := p.Expression()
		if at, deep := deepName(x); deep {
			d.fail("E-params-syntax", d.span(at, at), nestedTooDeep, maxDepth)
			return false
		}
		if x.Kind != unstable.KeyValue || lines == pieceLines {
			at := expressionStart(text, x)
			if !soundPiece(text[start:at]) {
				return false
			}
			start, lines = at, 0
		}
		lines++
		if !seen.take(x) {
			return false
		}
	}
	return p.Error() == nil && soundPiece(text[start:])
}

// deepName returns where an expression begins whose name has too many parts, each a level.
func deepName(x *unstable.Node) (at int, deep bool) {
	parts := 0
	for it := x.Key(); it.Next(); parts++ {
		if parts == 0 {
			at = int(it.Node().Raw.Offset)
		}
	}
	return at, parts > maxDepth
}

func soundPiece(text []byte) bool {
	var ignored map[string]any
	return toml.Unmarshal(text, &ignored) == nil
}

// expressionStart returns where the line begins that an expression begins on.
func expressionStart(text []byte, x *unstable.Node) int {
	it := x.Key()
	it.Next()
	return layout{text: text}.lineStart(int(it.Node().Raw.Offset))
}

// seenKind is what a name was defined as.
type seenKind uint8

const (
	seenValue  seenKind = iota // a value of its own, inline tables among them: nothing is added to it
	seenDotted                 // a table that dots have made: only dots go on with it
	seenTable                  // a table of a header
	seenList                   // a list of tables
)

// seenTOML is what a file has defined up to some line.
type seenTOML struct {
	root, table *seenName
}

// seenName is one name of it.
type seenName struct {
	kind  seenKind
	own   bool // seenTable: it had its own header, not only that of a table within
	below map[string]*seenName
}

func newSeenTOML() *seenTOML {
	root := &seenName{kind: seenTable}
	return &seenTOML{root, root}
}

func (n *seenName) add(name string, kind seenKind) *seenName {
	if n.below == nil {
		n.below = map[string]*seenName{}
	}
	made := &seenName{kind: kind}
	n.below[name] = made
	return made
}

// take adds an expression; false if it defines again what is defined.
func (s *seenTOML) take(x *unstable.Node) bool {
	at, between := s.root, seenTable
	if x.Kind == unstable.KeyValue {
		at, between = s.table, seenDotted
	}
	for it := x.Key(); it.Next(); {
		name := string(it.Node().Data)
		next := at.below[name]
		switch {
		case it.IsLast():
			return s.define(at, next, name, x.Kind)
		case next == nil:
			next = at.add(name, between)
		case next.kind == seenValue || between == seenDotted && next.kind != seenDotted:
			return false
		}
		at = next
	}
	return false
}

// define is for the last part of a name; old is what it is already, or nil.
func (s *seenTOML) define(in, old *seenName, name string, kind unstable.Kind) bool {
	switch {
	case kind == unstable.KeyValue:
		if old == nil {
			in.add(name, seenValue)
		}
		return old == nil
	case kind == unstable.ArrayTable:
		if old == nil {
			old = in.add(name, seenList)
		}
		old.below, s.table = nil, old // the new element begins empty
		return old.kind == seenList
	default:
		if old == nil {
			old = in.add(name, seenTable)
		}
		again := old.own
		old.own, s.table = true, old
		return old.kind == seenTable && !again
	}
}

package lock

import (
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// scanner reads the lines of instances exactly as appendEntry writes them, and
// gives up on everything else: escapes, spaces, other orders. It must never
// accept a line that decodeJSON reads differently (fuzzed).
type scanner struct {
	s       string // what is left of the line
	bad     bool
	inputs  []Input // where inputs and outputs are allocated, many at a time
	outputs []Output
}

// chunk is how many are allocated at once.
const chunk = 1024

func (x *scanner) entry(line string) (e Entry, ok bool) {
	if !utf8.ValidString(line) {
		return e, false
	}
	x.s, x.bad = line, false
	x.want(`{"instance":`)
	e.Instance = x.str()
	x.want(`,"action":`)
	e.Action = x.digest()
	x.want(`,"inputs":{`)
	e.Inputs = x.readInputs()
	x.want(`},"outputs":[`)
	e.Outputs = x.readOutputs()
	x.want(`]}`)
	return e, !x.bad && x.s == "" && e.Instance != ""
}

func (x *scanner) readInputs() []Input {
	x.inputs = room(x.inputs)
	first := len(x.inputs)
	for !x.bad && !strings.HasPrefix(x.s, "}") {
		if len(x.inputs) > first {
			x.want(",")
		}
		at := x.str()
		x.want(":")
		in, ok := parseInput(at, x.raw())
		if !ok || len(x.inputs) > first && x.inputs[len(x.inputs)-1].At >= in.At {
			x.bad = true
		}
		x.inputs = append(x.inputs, in)
	}
	return part(x.inputs, first)
}

func (x *scanner) readOutputs() []Output {
	x.outputs = room(x.outputs)
	first := len(x.outputs)
	for !x.bad && !strings.HasPrefix(x.s, "]") {
		if len(x.outputs) > first {
			x.want(",")
		}
		o := x.output()
		if len(x.outputs) > first && x.outputs[len(x.outputs)-1].Path >= o.Path {
			x.bad = true
		}
		x.outputs = append(x.outputs, o)
	}
	return part(x.outputs, first)
}

func (x *scanner) output() (o Output) {
	x.want(`{"group":`)
	o.Group = graph.Group(x.str())
	x.want(`,"name":`)
	o.Name = x.str()
	x.want(`,"path":`)
	o.Path = x.str()
	x.want(`,"kind":`)
	kind := x.raw()
	exec := x.opt(`,"exec":true`)
	x.want(`,"digest":`)
	c, err := content(o.Path, kind, exec, x.raw())
	if x.bad = x.bad || err != nil; x.bad {
		return o
	}
	o.Content = c
	if x.opt(`,"files":`) {
		o.Files = x.number()
	}
	if x.opt(`,"bytes":`) {
		o.Bytes = x.number()
	}
	x.want("}")
	return o
}

// want takes text off the line; opt does if it is there.
func (x *scanner) want(text string) {
	if !x.opt(text) {
		x.bad = true
	}
}

func (x *scanner) opt(text string) (ok bool) {
	x.s, ok = strings.CutPrefix(x.s, text)
	return ok
}

// str takes a string without escapes off the line.
func (x *scanner) str() string {
	text := x.raw()
	for i := range len(text) {
		if text[i] < 0x20 || text[i] == '\\' {
			x.bad = true
		}
	}
	return text
}

// raw is str for a string that is nothing we know if it has a strange byte in it.
func (x *scanner) raw() string {
	if len(x.s) > 0 && x.s[0] == '"' {
		if i := strings.IndexByte(x.s[1:], '"'); i >= 0 {
			text := x.s[1 : i+1]
			x.s = x.s[i+2:]
			return text
		}
	}
	x.bad = true
	return ""
}

func (x *scanner) digest() digest.Digest {
	d, ok := parseDigest(x.raw())
	x.bad = x.bad || !ok
	return d
}

// number takes a positive decimal number off the line.
func (x *scanner) number() (n int64) {
	i := 0
	for ; i < len(x.s) && '0' <= x.s[i] && x.s[i] <= '9'; i++ {
		n = n*10 + int64(x.s[i]-'0')
	}
	if i == 0 || i > 18 || x.s[0] == '0' {
		x.bad = true
	}
	x.s = x.s[i:]
	return n
}

// room returns a list with room for one more: a new one where the old is full, which its
// parts keep alive.
func room[T any](list []T) []T {
	if cap(list)-len(list) < 1 {
		return make([]T, 0, chunk)
	}
	return list
}

// part returns the end of a list, nil if empty, so that appending to it copies.
func part[T any](list []T, first int) []T {
	if first == len(list) {
		return nil
	}
	return list[first:len(list):len(list)]
}

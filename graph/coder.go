package graph

import (
	"encoding/binary"
	"math"

	"github.com/dewar-build/dewar/diag"
)

// coder writes or reads values, in the same calls: each method takes a pointer
// and either writes what is there or sets it. Everything is a varint; a text or
// a span that was there before is its number, a new one follows its number.
//
// A reader that meets nonsense sets bad and yields zeros from then on.
type coder struct {
	writing bool
	out     []byte
	texts   map[string]uint64
	spans   map[diag.Span]uint64

	in       string
	at       int // in in
	bad      bool
	textList []string
	spanList []diag.Span
	arenas   arenas
}

// arenas are where a reader takes its lists from, many at a time.
type arenas struct {
	stages     arena[Stage]
	instances  arena[Instance]
	toolchains arena[Toolchain]
	data       arena[Data]
	params     arena[Param]
	leaves     arena[ParamLeaf]
	overrides  arena[Override]
	axes       arena[Axis]
	inputs     arena[Input]
	outputs    arena[Output]
	ids        arena[ID]
	words      arena[string]
	vars       arena[Var]
	resources  arena[Resource]
	scratch    arena[Scratch]
	secrets    arena[Secret]
	asserts    arena[Assert]
	uses       arena[Use]
	sections   arena[Section]
}

func newWriter(instances int) *coder {
	c := &coder{
		writing: true,
		out:     make([]byte, 0, 1024+200*instances),
		texts:   make(map[string]uint64, 64+8*instances),
		spans:   map[diag.Span]uint64{},
	}
	c.out = append(c.out, codecVersion...)
	return c
}

// uint is a varint.
func (c *coder) uint(v uint64) uint64 {
	if c.writing {
		c.out = binary.AppendUvarint(c.out, v)
		return v
	}
	if c.at < len(c.in) && c.in[c.at] < 0x80 { // nearly all are one byte
		c.at++
		return uint64(c.in[c.at-1])
	}
	v = 0
	for shift := uint(0); c.at < len(c.in) && shift < 64; shift += 7 {
		b := c.in[c.at]
		c.at++
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	c.fail()
	return 0
}

// fail makes the reader stop: nothing is left to read.
func (c *coder) fail() { c.bad, c.at = true, len(c.in) }

func (c *coder) int(p *int64) {
	v := c.uint(uint64(*p)<<1 ^ uint64(*p>>63))
	*p = int64(v>>1) ^ -int64(v&1)
}

func (c *coder) number(p *int) {
	v := int64(*p)
	c.int(&v)
	*p = int(v)
}

func (c *coder) id(p *ID) {
	v := int64(*p)
	c.int(&v)
	if v < math.MinInt32 || v > math.MaxInt32 {
		c.fail()
		v = 0
	}
	*p = ID(v)
}

func (c *coder) byte(p *uint8) {
	v := c.uint(uint64(*p))
	if v > math.MaxUint8 {
		c.fail()
		v = 0
	}
	*p = uint8(v)
}

// flags packs booleans into one number.
func (c *coder) flags(ps ...*bool) {
	var v uint64
	for i, p := range ps {
		if *p {
			v |= 1 << i
		}
	}
	v = c.uint(v)
	for i, p := range ps {
		*p = v>>i&1 == 1
	}
}

// text is a string, by number if it was there before. "" is number 0.
func (c *coder) text(p *string) {
	if c.writing {
		c.writeText(*p)
		return
	}
	switch n := c.uint(0); {
	case n == 0:
		*p = ""
	case n <= uint64(len(c.textList)):
		*p = c.textList[n-1]
	case n == uint64(len(c.textList))+1:
		*p = c.raw()
		c.textList = append(c.textList, *p)
	default:
		c.fail()
	}
}

func (c *coder) writeText(s string) {
	if s == "" {
		c.uint(0)
		return
	}
	n, known := c.texts[s]
	if !known {
		n = uint64(len(c.texts)) + 1
		c.texts[s] = n
	}
	c.uint(n)
	if !known {
		c.uint(uint64(len(s)))
		c.out = append(c.out, s...)
	}
}

// raw reads a length and as many bytes.
func (c *coder) raw() string {
	n := c.uint(0)
	if n > uint64(len(c.in)-c.at) {
		c.fail()
		return ""
	}
	s := c.in[c.at : c.at+int(n)]
	c.at += int(n)
	return s
}

func (c *coder) bytes(p *[]byte) {
	if c.writing {
		c.uint(uint64(len(*p)))
		c.out = append(c.out, *p...)
		return
	}
	*p = nil
	if s := c.raw(); s != "" {
		*p = []byte(s)
	}
}

// span is a span, by number if it was there before. The zero span is number 0.
func (c *coder) span(p *diag.Span) {
	if !c.writing {
		switch n := c.uint(0); {
		case n == 0:
			*p = diag.Span{}
		case n <= uint64(len(c.spanList)):
			*p = c.spanList[n-1]
		case n == uint64(len(c.spanList))+1:
			c.newSpan(p)
			c.spanList = append(c.spanList, *p)
		default:
			c.fail()
		}
		return
	}
	if p.IsZero() {
		c.uint(0)
		return
	}
	n, known := c.spans[*p]
	if !known {
		n = uint64(len(c.spans)) + 1
		c.spans[*p] = n
	}
	c.uint(n)
	if !known {
		c.newSpan(p)
	}
}

func (c *coder) newSpan(p *diag.Span) {
	c.text(&p.File)
	for _, at := range [...]*diag.Pos{&p.Start, &p.End} {
		c.number(&at.Line)
		c.number(&at.Column)
		c.number(&at.Byte)
	}
	c.flags(&p.Masked)
}

// arena hands out lists from larger pieces.
type arena[T any] struct {
	free []T
	size int // of the last piece
}

// take returns a list of n zero values.
func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		a.size = max(n, min(2*a.size, 4096))
		a.free = make([]T, a.size)
	}
	list := a.free[:n:n]
	a.free = a.free[n:]
	return list
}

// each is a list: its length, and each element. least is the number of bytes
// that an element takes at least.
func each[T any](c *coder, p *[]T, a *arena[T], least int, element func(*coder, *T)) {
	n := c.uint(uint64(len(*p)))
	if !c.writing {
		if n > uint64((len(c.in)-c.at)/least) {
			c.fail()
			n = 0
		}
		*p = nil
		if n > 0 {
			*p = a.take(int(n))
		}
	}
	list := *p
	for i := range list {
		element(c, &list[i])
	}
}

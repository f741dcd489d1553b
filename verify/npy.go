package verify

import (
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// array is what the header of a .npy file says.
type array struct {
	descr   string // "<f8"; "" if it is a list of fields
	fortran bool
	shape   []int64
	data    int64 // where the elements begin
	width   int64 // bytes of an element; 0 if unknown
	header  string
}

// readNpy reads the header: a magic, a version, a length, and a literal of Python.
func readNpy(b blob) (*array, bool) {
	h := b.head(0, 12)
	if len(h) < 12 {
		return nil, false
	}
	n, from := int64(binary.LittleEndian.Uint16(h[8:])), int64(10)
	if h[6] > 1 {
		n, from = int64(binary.LittleEndian.Uint32(h[8:])), 12
	}
	if n > 1<<20 || from+n > b.size {
		return nil, false
	}
	a := &array{data: from + n, header: strings.TrimSpace(string(b.head(from, n)))}
	if m := regexp.MustCompile(`'descr':\s*'([^']*)'`).FindStringSubmatch(a.header); m != nil {
		a.descr = m[1]
	}
	a.fortran = regexp.MustCompile(`'fortran_order':\s*True`).MatchString(a.header)
	m := regexp.MustCompile(`'shape':\s*\(([^)]*)\)`).FindStringSubmatch(a.header)
	if m == nil {
		return nil, false
	}
	for _, s := range strings.Split(m[1], ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		d, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, false
		}
		a.shape = append(a.shape, d)
	}
	a.width = elementWidth(a.descr)
	return a, true
}

// elementWidth is how many bytes an element of a type has, as numpy spells types.
func elementWidth(descr string) int64 {
	if len(descr) < 3 || strings.ContainsAny(descr[1:2], "OV") {
		return 0
	}
	n, err := strconv.ParseInt(strings.SplitN(descr[2:], "[", 2)[0], 10, 64)
	if err != nil || n <= 0 || n > 1<<20 {
		return 0
	}
	if descr[1] == 'U' {
		n *= 4
	}
	return n
}

// npy finds the first element that differs.
func (c *comparer) npy(_ string, a, b blob) *found {
	x, ok := readNpy(a)
	y, okY := readNpy(b)
	if !ok || !okY {
		return nil
	}
	if x.header != y.header {
		c.report.evidence.shapes = true
		return &found{format: "npy", where: "the type or the shape of the array", excerpt: []string{"- " + clip(x.header, 0), "+ " + clip(y.header, 0)}}
	}
	part := func(b blob, x *array) blob { return blob{offset{b, x.data}, b.size - x.data} }
	return c.elements(part(a, x), part(b, y), x)
}

// offset is a blob from somewhere on.
type offset struct {
	b    blob
	from int64
}

func (o offset) ReadAt(p []byte, at int64) (int, error) { return o.b.r.ReadAt(p, o.from+at) }

// elements compares the elements of two arrays of one type and shape.
func (c *comparer) elements(a, b blob, x *array) *found {
	at, same := firstDifference(a, b)
	if same {
		return nil
	}
	if x.width == 0 {
		d := c.binary(a, b, at)
		d.format, d.where = "npy", "byte "+strconv.FormatInt(at, 10)+" of the elements"
		return d
	}
	n := at / x.width
	f := &found{format: "npy", where: fmt.Sprintf("element %s of an array of %s (%s)", x.index(n), dims(x.shape), typeName(x.descr))}
	f.excerpt = []string{"- " + x.show(a.head(n*x.width, x.width)), "+ " + x.show(b.head(n*x.width, x.width))}
	const sample = 1 << 20
	p, q := a.head(n*x.width, sample), b.head(n*x.width, sample)
	w := int(x.width)
	for i := 0; i+w <= min(len(p), len(q)); i += w {
		c.report.evidence.element(x.descr, p[i:i+w], q[i:i+w])
	}
	return f
}

// index spells the n-th element as numpy does.
func (x *array) index(n int64) string {
	if len(x.shape) == 0 {
		return "[]"
	}
	at := make([]string, len(x.shape))
	for k := range x.shape {
		i := k // the first axis moves fastest
		if !x.fortran {
			i = len(x.shape) - 1 - k
		}
		d := max(1, x.shape[i])
		at[i] = strconv.FormatInt(n%d, 10)
		n /= d
	}
	return "[" + strings.Join(at, ", ") + "]"
}

func dims(shape []int64) string {
	if len(shape) == 0 {
		return "one element"
	}
	at := make([]string, len(shape))
	for i, d := range shape {
		at[i] = strconv.FormatInt(d, 10)
	}
	return strings.Join(at, "x")
}

// typeName is numpy's name of a type.
func typeName(descr string) string {
	names := map[byte]string{'f': "float", 'i': "int", 'u': "uint", 'c': "complex", 'b': "bool", 'M': "datetime", 'm': "timedelta", 'U': "text", 'S': "bytes"}
	if len(descr) < 3 || names[descr[1]] == "" {
		return descr
	}
	name := names[descr[1]]
	if strings.ContainsRune("fiuc", rune(descr[1])) {
		if n, err := strconv.Atoi(descr[2:]); err == nil {
			name += strconv.Itoa(8 * n)
		}
	}
	return name
}

// show spells one element.
func (x *array) show(b []byte) string {
	if v, ok := number(x.descr, b); ok {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	if len(x.descr) > 1 && x.descr[1] == 'S' {
		return strconv.Quote(strings.TrimRight(string(b), "\x00"))
	}
	if len(x.descr) > 1 && x.descr[1] == 'U' {
		var s strings.Builder
		for i := 0; i+4 <= len(b); i += 4 {
			if r := orderOfBytes(x.descr).Uint32(b[i:]); r != 0 {
				s.WriteRune(rune(r))
			}
		}
		return strconv.Quote(s.String())
	}
	return fmt.Sprintf("% x", b)
}

func orderOfBytes(descr string) binary.ByteOrder {
	if strings.HasPrefix(descr, ">") {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// number reads an element that is a number.
func number(descr string, b []byte) (float64, bool) {
	if len(descr) < 3 || int64(len(b)) < elementWidth(descr) { // the file is cut off
		return 0, false
	}
	o := orderOfBytes(descr)
	switch descr[1:] {
	case "f8":
		return math.Float64frombits(o.Uint64(b)), true
	case "f4":
		return float64(math.Float32frombits(o.Uint32(b))), true
	case "i8", "m8", "M8":
		return float64(int64(o.Uint64(b))), true
	case "u8":
		return float64(o.Uint64(b)), true
	case "i4":
		return float64(int32(o.Uint32(b))), true
	case "u4":
		return float64(o.Uint32(b)), true
	case "i2":
		return float64(int16(o.Uint16(b))), true
	case "u2":
		return float64(o.Uint16(b)), true
	case "i1":
		return float64(int8(b[0])), true
	case "u1", "b1":
		return float64(b[0]), true
	}
	return 0, false
}

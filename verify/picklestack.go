package verify

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A pickle is a program for a stack. What is built of it does not matter here, but where in it an operation is:
// so the stack is kept with just as much of the values as names places, and as joblib's arrays need.

type itemKind uint8

const (
	otherItem itemKind = iota
	markItem
	textItem
	numberItem
	tupleItem
	dictItem
	listItem
	classItem
	objectItem // of the class text, made of list
)

type item struct {
	kind  itemKind
	text  string
	num   int64
	list  []*item          // of a tuple, the arguments of an object
	dict  map[string]*item // the first entries
	state *item            // of an object
	size  int              // how many were put into it
}

// machine reads a pickle operation by operation.
type machine struct {
	b      []byte
	at     int
	shapes map[byte]opShape
	stack  []*item
	memo   map[uint64]*item
	depth  int  // pickles in this one: joblib's arrays of objects
	ended  bool // by the last STOP
	raw    int  // bytes of an array that stand here
	count  int  // operations so far
}

// maxOperations bounds what a stack can hold.
const maxOperations = 4 << 20

func newMachine(b []byte) *machine {
	return &machine{b: b, shapes: opShapes(), memo: map[uint64]*item{}}
}

// next reads the next operation; not ok is the end, or what is no pickle.
func (m *machine) next() (o op, ok bool) {
	if m.count++; m.ended || m.count > maxOperations {
		return op{}, false
	}
	if m.raw > 0 {
		n := min(m.raw, len(m.b)-m.at)
		o = op{code: rawOp, arg: m.b[m.at : m.at+n], at: m.at}
		m.at, m.raw = m.at+n, 0
		return o, true
	}
	var next int
	if o, next, ok = readOp(m.shapes, m.b, m.at); ok {
		m.at = next
	}
	return o, ok
}

func (m *machine) push(i *item) { m.stack = append(m.stack, i) }

func (m *machine) pop() *item {
	if len(m.stack) == 0 {
		return &item{}
	}
	i := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return i
}

func (m *machine) top() *item {
	if len(m.stack) == 0 {
		return &item{}
	}
	return m.stack[len(m.stack)-1]
}

// toMark takes everything above the last mark.
func (m *machine) toMark() []*item {
	for n := len(m.stack) - 1; n >= 0; n-- {
		if m.stack[n].kind == markItem {
			out := append([]*item{}, m.stack[n+1:]...)
			m.stack = m.stack[:n]
			return out
		}
	}
	m.stack = nil
	return nil
}

// do carries out what an operation does to the stack.
func (m *machine) do(o op) {
	switch o.code {
	case '(':
		m.push(&item{kind: markItem})
	case '0', 'a', 's':
		m.put(o.code)
	case '1':
		m.toMark()
	case '2':
		m.push(m.top())
	case 'e', 'u', 0x90:
		m.fill(m.toMark())
	case 't', 'l', 'd', 0x91, 'o', 'i':
		m.gather(o.code)
	case 0x85, 0x86, 0x87:
		n := int(o.code - 0x84)
		t := &item{kind: tupleItem, list: make([]*item, n)}
		for i := n - 1; i >= 0; i-- {
			t.list[i] = m.pop()
		}
		m.push(t)
	case 0x93, 'R', 0x81, 0x92:
		m.make(o.code)
	case 'b':
		m.build()
	case 'q', 'r', 'p', 0x94:
		m.memo[m.number(o)] = m.top()
	case 'h', 'j', 'g':
		if i := m.memo[m.number(o)]; i != nil {
			m.push(i)
		} else {
			m.push(&item{})
		}
	case '.':
		if m.depth == 0 {
			m.ended = true
		} else {
			m.depth--
			m.pop()
		}
	case 'Q', 0x80, 0x95, 0x98, rawOp:
	default:
		m.push(constant(o))
	}
}

// number is the number in the memo that an operation names.
func (m *machine) number(o op) uint64 {
	switch o.code {
	case 0x94:
		return uint64(len(m.memo))
	case 'p', 'g':
		n, _ := strconv.ParseUint(strings.TrimSpace(string(o.arg)), 10, 64)
		return n
	}
	var word [8]byte
	copy(word[:], o.arg)
	return binary.LittleEndian.Uint64(word[:])
}

// put is POP, APPEND and SETITEM.
func (m *machine) put(code byte) {
	v := m.pop()
	switch code {
	case 'a':
		m.fill([]*item{v})
	case 's':
		m.fill([]*item{m.pop(), v})
	}
}

// fill puts items into what is on top.
func (m *machine) fill(items []*item) {
	t := m.top()
	if t.kind == dictItem {
		for i := 0; i+1 < len(items) && len(t.dict) < 64; i += 2 {
			if items[i].kind == textItem {
				t.dict[items[i].text] = items[i+1]
			}
		}
	}
	t.size += len(items)
}

// gather makes one of everything above the mark.
func (m *machine) gather(code byte) {
	items := m.toMark()
	switch code {
	case 't':
		m.push(&item{kind: tupleItem, list: items})
	case 'd':
		m.push(&item{kind: dictItem, dict: map[string]*item{}})
		m.fill(items)
	case 'l':
		m.push(&item{kind: listItem, size: len(items)})
	default:
		m.push(&item{kind: objectItem})
	}
}

// make is STACK_GLOBAL, REDUCE, NEWOBJ and NEWOBJ_EX.
func (m *machine) make(code byte) {
	if code == 0x92 {
		m.pop()
	}
	args, of := m.pop(), m.pop()
	if code == 0x93 {
		m.push(&item{kind: classItem, text: of.text + "." + args.text})
		return
	}
	m.push(&item{kind: objectItem, text: of.text, list: args.list})
}

// build gives an object its state. What joblib's stand-in for an array describes follows it.
func (m *machine) build() {
	state := m.pop()
	x := m.top()
	if x.kind != objectItem {
		return
	}
	x.state = state
	if !strings.HasPrefix(x.text, "joblib.numpy_pickle") || !strings.HasSuffix(x.text, ".NumpyArrayWrapper") {
		return
	}
	a := arrayOf(state.dict)
	if a == nil {
		m.depth++ // objects: a pickle of its own
		return
	}
	n := a.width
	for _, d := range a.shape {
		if n *= d; n < 0 || n > int64(len(m.b)) {
			return
		}
	}
	if align := state.dict["numpy_array_alignment_bytes"]; align != nil && align.kind == numberItem && m.at < len(m.b) {
		m.at = min(len(m.b), m.at+1+int(m.b[m.at]))
	}
	m.raw = int(n)
}

// arrayOf reads what joblib says of an array; nil if its elements are objects.
func arrayOf(state map[string]*item) *array {
	dtype, shape := state["dtype"], state["shape"]
	if dtype == nil || shape == nil || len(dtype.list) == 0 {
		return nil
	}
	a := &array{descr: "<" + dtype.list[0].text}
	if s := dtype.state; s != nil && len(s.list) > 1 && s.list[1].text == ">" {
		a.descr = ">" + dtype.list[0].text
	}
	if a.width = elementWidth(a.descr); a.width == 0 {
		return nil
	}
	for _, d := range shape.list {
		a.shape = append(a.shape, d.num)
	}
	if order := state["order"]; order != nil {
		a.fortran = order.text == "F"
	}
	return a
}

// constant is what an operation pushes that stands for itself.
func constant(o op) *item {
	switch o.code {
	case ')':
		return &item{kind: tupleItem}
	case '}':
		return &item{kind: dictItem, dict: map[string]*item{}}
	case ']':
		return &item{kind: listItem}
	case 'X', 0x8c, 0x8d, 'T', 'U':
		return &item{kind: textItem, text: string(o.arg)}
	case 'V', 'S':
		return &item{kind: textItem, text: strings.Trim(strings.TrimSpace(string(o.arg)), "'\"")}
	case 'c':
		return &item{kind: classItem, text: strings.ReplaceAll(strings.TrimSuffix(string(o.arg), "\n"), "\n", ".")}
	case 'J', 'K', 'M', 'I', 'L', 0x8a:
		if n, ok := integer(o); ok {
			return &item{kind: numberItem, num: n}
		}
	}
	return &item{}
}

// integer reads an integer of at most eight bytes.
func integer(o op) (int64, bool) {
	switch o.code {
	case 'I', 'L':
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(string(o.arg)), "L"), 10, 64)
		return n, err == nil
	case 'J':
		return int64(int32(binary.LittleEndian.Uint32(o.arg))), true
	case 'K', 'M':
		var word [8]byte
		copy(word[:], o.arg)
		return int64(binary.LittleEndian.Uint64(word[:])), true
	case 0x8a:
		if len(o.arg) == 0 || len(o.arg) > 8 {
			return 0, len(o.arg) == 0
		}
		var n int64
		for i, x := range o.arg {
			n |= int64(x) << (8 * i)
		}
		if top := 8 * len(o.arg); top < 64 && o.arg[len(o.arg)-1]&0x80 != 0 {
			n -= 1 << top
		}
		return n, true
	}
	return 0, false
}

// show spells what an operation says.
func (m *machine) show(o op) string {
	if n, ok := integer(o); ok {
		return strconv.FormatInt(n, 10)
	}
	switch o.code {
	case 'G':
		return strconv.FormatFloat(math.Float64frombits(binary.BigEndian.Uint64(o.arg)), 'g', -1, 64)
	case 'F':
		return strings.TrimSpace(string(o.arg))
	case 'N':
		return "None"
	case 0x88:
		return "True"
	case 0x89:
		return "False"
	case 'X', 0x8c, 0x8d, 'T', 'U', 'V', 'S', 'c':
		return strconv.Quote(constant(o).text)
	case 'h', 'j', 'g':
		if i := m.memo[m.number(o)]; i != nil && (i.kind == textItem || i.kind == classItem) {
			return strconv.Quote(i.text)
		}
		return fmt.Sprintf("what was there before as number %d", m.number(o))
	case 'B', 'C', 0x8e, 0x96, rawOp:
		return fmt.Sprintf("%d bytes", len(o.arg))
	case ']', 'l':
		return "a list"
	case '}', 'd':
		return "a dictionary"
	case ')', 't', 0x85, 0x86, 0x87:
		return "a tuple"
	case '.':
		return "the end"
	}
	return fmt.Sprintf("the operation %#02x", o.code)
}

// place names where the machine is by the attributes, names and indexes that lead there.
func (m *machine) place() string {
	var names []string
	if len(m.stack) > maxPlace {
		return ""
	}
	for i := 0; i < len(m.stack); i++ {
		if !m.open(i) {
			continue
		}
		x, marked := m.stack[i], m.stack[i+1].kind == markItem
		if i++; !marked {
			names = append(names, m.stack[i].text)
			continue
		}
		n, last := x.size, ""
		for i++; i < len(m.stack) && m.stack[i].kind != markItem && !m.open(i); i++ {
			if x.kind == dictItem && (n-x.size)%2 == 0 && m.stack[i].kind == textItem {
				last = m.stack[i].text
			}
			n++
		}
		i--
		if x.kind == listItem {
			last = "[" + strconv.Itoa(n) + "]"
		}
		if last != "" {
			names = append(names, last)
		}
	}
	return strings.ReplaceAll(strings.Join(names, "."), ".[", "[")
}

// maxPlace is how deep a stack is of which places are named.
const maxPlace = 1000

// open reports whether something is being put into what is at a place of the stack: more follows behind a mark, or
// the value of a name.
func (m *machine) open(i int) bool {
	if k := m.stack[i].kind; k != dictItem && k != listItem || i+1 >= len(m.stack) {
		return false
	}
	if m.stack[i+1].kind == markItem {
		return true
	}
	return m.stack[i].kind == dictItem && m.stack[i+1].kind == textItem && (i+2 == len(m.stack) || m.open(i+2))
}

package verify

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// evidence is what the places that differ have in common with causes that are known. It is gathered while
// contents are compared, from every place that is looked at and not from the first alone.
type evidence struct {
	o          Options
	seen       map[string]sign
	reordered  string   // what stands in another order: "lines"
	files      bool     // what stands in another order is named like files
	compressed bool     // the same bytes, compressed otherwise
	shapes     bool     // arrays of another type or shape
	pixels     bool     // pictures differ in their pixels
	tokens     int      // pairs of words that differ
	unknown    int      // those that no sign explains
	count      int      // pairs of numbers that differ
	apart      float64  // the largest relative difference of two
	sampled    int      // bytes
	unlike     int      // of them, those that differ
	names      []string // of files that only one side has
	doubtful   int      // pairs of numbers out of bytes that may be none
	close      int      // of them, those that are nearly the same
}

// sign is a mark of a cause: how often it was seen, and once where.
type sign struct {
	n       int
	example string
}

// The signs.
const (
	signTime    = "time"
	signMeasure = "measure"
	signArchive = "archive"
	signHost    = "host"
	signPath    = "path"
	signAddress = "address"
	signPid     = "pid"
	signRandom  = "random"
	signDigits  = "digits"
)

func (e *evidence) note(name, example string) {
	if e.seen == nil {
		e.seen = map[string]sign{}
	}
	s := e.seen[name]
	if s.n++; s.n == 1 {
		s.example = clip(example, 0)
	}
	e.seen[name] = s
}

func (e *evidence) stamp(where string)      { e.note(signTime, where) }
func (e *evidence) archive(_, where string) { e.note(signArchive, where) }

func (e *evidence) order(what string, items []string) {
	if e.reordered == "" {
		e.reordered = what
	}
	for _, s := range items {
		if !fileName.MatchString(strings.TrimSpace(s)) {
			return
		}
	}
	e.files = e.files || len(items) > 0
}

var fileName = regexp.MustCompile(`[\w-]\.[A-Za-z][\w]{0,7}\b`)

// name notes a file that one side has.
func (e *evidence) name(name string, k Kind) {
	if len(e.names) < 100 {
		e.names = append(e.names, string(k)+" "+name)
	}
	e.look([]byte(name))
	switch {
	case uuid.MatchString(name):
		e.note(signRandom, name)
	case e.stampIn(name):
		e.note(signTime, name)
	}
}

// hunk notes lines that differ.
func (e *evidence) hunk(x, y []string) {
	for i := range min(len(x), len(y)) {
		e.pair(strings.TrimSpace(x[i]), strings.TrimSpace(y[i]), "")
	}
	for i := len(x); i < len(y); i++ {
		e.look([]byte(y[i]))
	}
}

// look searches for what only the second execution could know.
func (e *evidence) look(b []byte) (found bool) {
	if e.o.Host != "" && strings.Contains(string(b), e.o.Host) {
		e.note(signHost, e.o.Host)
		found = true
	}
	if e.o.TempDir != "" && strings.Contains(string(b), e.o.TempDir) {
		e.note(signPath, e.o.TempDir)
		found = true
	}
	return found
}

var (
	uuid     = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)
	address  = regexp.MustCompile(`0x[0-9a-fA-F]{7,16}\b`)
	date     = regexp.MustCompile(`\b(19|20)\d\d-?\d\d-?\d\d`)
	clock    = regexp.MustCompile(`\b\d{1,2}:\d\d(:\d\d)?`)
	numeral  = regexp.MustCompile(`[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?`)
	hexes    = regexp.MustCompile(`\b[0-9a-fA-F]{8,}\b`)
	measured = regexp.MustCompile(`(?i)(second|elapsed|took|duration|runtime|wall|cpu_?time|_time|time_|\btime\b|\bms\b|speed|per_s|latency)`)
	process  = regexp.MustCompile(`(?i)(\bpid\b|_pid\b|process|thread)`)
	temp     = regexp.MustCompile(`(/tmp/|/var/tmp/|/proc/\d+|/home/|/root/|/Users/|\\Temp\\|tmp[a-z0-9_]{6,8}\b)`)
)

// pair notes two texts that stand at the same place; context is the name of the place.
func (e *evidence) pair(x, y, context string) {
	if e.tokens++; e.tokens > 2000 || x == y {
		return
	}
	known := e.look([]byte(y))
	x, y = clipped(x), clipped(y)
	if e.scrambled(x, y) {
		return
	}
	context += " " + x
	a, b := words(x), words(y)
	if len(a) != len(b) {
		a, b = []string{middle(x, y)}, []string{middle(y, x)}
	}
	for i := range a {
		if a[i] != b[i] && !e.word(a[i], b[i], context) && !known {
			e.unknown++
		}
	}
}

func clipped(s string) string { return s[:min(len(s), 4000)] }

// words splits a text where no number, time, path or name goes on.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.:+-/\\@", r)
	})
}

// middle is x without what it begins and ends with as y does.
func middle(x, y string) string {
	n := commonPrefix([]byte(x), []byte(y))
	m := 0
	for m < min(len(x), len(y))-n && x[len(x)-1-m] == y[len(y)-1-m] {
		m++
	}
	return x[n : len(x)-m]
}

// scrambled notes a line that has the same words in another order.
func (e *evidence) scrambled(x, y string) bool {
	if a, b := words(x), words(y); len(a) > 2 && reordered(a, b) {
		e.order("words of a line", nil)
		return true
	}
	return false
}

// word looks for a sign in two words that differ.
func (e *evidence) word(x, y, context string) bool {
	switch {
	case uuid.MatchString(x) && uuid.MatchString(y):
		e.note(signRandom, y)
	case date.MatchString(x) && date.MatchString(y) && e.stampIn(y),
		clock.MatchString(x) && clock.MatchString(y):
		e.note(signTime, y)
	case address.MatchString(x) && address.MatchString(y):
		e.note(signAddress, y)
	case temp.MatchString(x) && temp.MatchString(y):
		e.note(signPath, y)
	case e.twoNumbers(x, y, context):
	case hexes.MatchString(x) && hexes.MatchString(y):
		e.note(signDigits, y)
	default:
		return false
	}
	return true
}

// twoNumbers looks for a sign in two words that are the same but for a number.
func (e *evidence) twoNumbers(x, y, context string) bool {
	s, t := numeral.FindAllString(x, -1), numeral.FindAllString(y, -1)
	if len(s) == 0 || len(s) != len(t) || numeral.ReplaceAllString(x, "0") != numeral.ReplaceAllString(y, "0") {
		return false
	}
	for i := range s {
		a, errX := strconv.ParseFloat(s[i], 64)
		b, errY := strconv.ParseFloat(t[i], 64)
		if s[i] == t[i] || errX != nil || errY != nil {
			continue
		}
		whole := a == math.Trunc(a) && b == math.Trunc(b) && !strings.ContainsAny(s[i]+t[i], ".e")
		switch {
		case e.epoch(a) && e.epoch(b):
			e.note(signTime, y)
		case whole && process.MatchString(context):
			e.note(signPid, context)
		case measured.MatchString(context) && a >= 0 && b >= 0:
			e.note(signMeasure, context)
		default:
			e.numbers(a, b)
			return !whole
		}
	}
	return true
}

// numbers notes two numbers that differ.
func (e *evidence) numbers(a, b float64) {
	if math.IsNaN(a) && math.IsNaN(b) || a == b {
		return
	}
	e.count++
	e.apart = max(e.apart, Apart(a, b))
}

// maybe notes two numbers that were made of bytes, and may be none.
func (e *evidence) maybe(a, b float64) {
	if e.doubtful++; Apart(a, b) <= noise {
		e.close++
	}
}

// Apart is how far two numbers are apart: the difference as a part of the greater one, infinite if one of them
// is no number.
func Apart(a, b float64) float64 {
	switch {
	case a == b || math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a) || math.IsNaN(b) || math.IsInf(a, 0) || math.IsInf(b, 0):
		return math.Inf(1)
	}
	return math.Abs(a-b) / math.Max(math.Abs(a), math.Abs(b))
}

// noise is how far numbers are apart, at most, that were added up in another order.
const noise = 1e-6

// element notes two elements of arrays.
func (e *evidence) element(descr string, x, y []byte) {
	if string(x) == string(y) {
		return
	}
	a, okX := number(descr, x)
	b, okY := number(descr, y)
	switch {
	case !okX || !okY:
		e.strings(x, y)
	case e.epoch(a) && e.epoch(b):
		e.note(signTime, strconv.FormatFloat(b, 'g', -1, 64))
	default:
		e.numbers(a, b)
	}
}

// bytes notes how many bytes differ.
func (e *evidence) bytes(x, y []byte) {
	n := min(len(x), len(y))
	for i := range n {
		if x[i] != y[i] {
			e.unlike++
		}
	}
	e.sampled += n
}

// epoch reports whether a number is a time of the executions, in seconds, milli-, micro- or nanoseconds.
func (e *evidence) epoch(v float64) bool {
	for _, unit := range []float64{1, 1e3, 1e6, 1e9} {
		if s := v / unit; s > 1e9 && s < 5e9 {
			return e.near(s)
		}
	}
	return false
}

// near reports whether seconds since 1970 are within two days of an execution. Where nobody knows when
// these were, any time from 2015 to 2040 is.
func (e *evidence) near(seconds float64) bool {
	if len(e.o.Times) == 0 {
		return seconds > 1420070400 && seconds < 2208988800
	}
	for _, t := range e.o.Times {
		if math.Abs(seconds-float64(t.Unix())) < 2*86400 {
			return true
		}
	}
	return false
}

// stampIn reports whether a text has a date of an execution in it.
func (e *evidence) stampIn(s string) bool {
	m := date.FindString(s)
	if m == "" {
		return false
	}
	if len(e.o.Times) == 0 {
		return true
	}
	m = strings.ReplaceAll(m, "-", "")
	for _, t := range e.o.Times {
		for day := -1; day <= 1; day++ {
			if t.UTC().AddDate(0, 0, day).Format("20060102") == m {
				return true
			}
		}
	}
	return false
}

package exp

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-build/dewar/exp/frame"
)

// The cache of rows has a line an experiment, its fields separated by tabs. JSON
// would be as good but for its price: ten thousand rows of forty values are
// read in a tenth of the time.

// rowsVersion changes with everything that changes a line.
const rowsVersion = "dewar rows 3"

// rowsHead is the first line of the cache of rows: what is damaged by a bit would show other values.
func rowsHead(rest []byte) string {
	return fmt.Sprintf("%s %08x", rowsVersion, crc32.Checksum(rest, crc32.MakeTable(crc32.Castagnoli)))
}

// Each field begins with a letter that says what it is.
const (
	fieldParam   = 'p' // name, then a value
	fieldMetric  = 'm' // name, then a value
	fieldSet     = 's'
	fieldHigher  = 'h'
	fieldLower   = 'l'
	fieldPartial = 'u'
	valueAbsent  = '-'
	valueNumber  = 'n'
	valueBool    = 'b'
	valueText    = 't'
	valueJSON    = 'j'
	fixedFields  = 12
	needsEscapes = "\\\t\n\r"
)

func appendRow(b []byte, r *Row) []byte {
	for _, s := range [fixedFields]string{
		r.ID, r.Name, r.Note, r.Pipeline, strconv.FormatInt(r.Created.UnixNano(), 10),
		strconv.FormatFloat(r.Seconds, 'g', -1, 64), strconv.FormatFloat(r.Cost, 'g', -1, 64),
		string(r.State), r.Sweep, r.Commit, r.Content, r.Problem,
	} {
		b = append(appendField(b, s), '\t')
	}
	for _, f := range r.Params {
		b = appendValue(b, fieldParam, f)
	}
	for _, f := range r.Metrics {
		b = appendValue(b, fieldMetric, f)
	}
	for _, s := range r.Set {
		b = append(appendField(append(b, fieldSet), s), '\t')
	}
	for _, d := range r.Better {
		kind := byte(fieldLower)
		if d.Higher {
			kind = fieldHigher
		}
		b = append(appendField(append(b, kind), d.Name), '\t')
	}
	for _, s := range r.Partial {
		b = append(appendField(append(b, fieldPartial), s), '\t')
	}
	return append(b, '\n')
}

func appendValue(b []byte, kind byte, f Field) []byte {
	b = append(appendField(append(b, kind), f.Name), '\t')
	is := byte(valueText)
	switch f.Value.Kind {
	case frame.Absent:
		is = valueAbsent
	case frame.Number:
		is = valueNumber
	case frame.Bool:
		is = valueBool
	case frame.JSON:
		is = valueJSON
	}
	return append(appendField(append(b, is), f.Value.Text), '\t')
}

func appendField(b []byte, s string) []byte {
	if !strings.ContainsAny(s, needsEscapes) {
		return append(b, s...)
	}
	for i := range len(s) {
		switch s[i] {
		case '\\':
			b = append(b, `\\`...)
		case '\t':
			b = append(b, `\t`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, s[i])
		}
	}
	return b
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r").Replace(s)
}

// parseRow reads a line; ok is false if it is none.
func parseRow(line string) (r Row, ok bool) {
	n := strings.Count(line, "\t")
	if n < fixedFields {
		return r, false
	}
	next := func() string {
		field, rest, _ := strings.Cut(line, "\t")
		line = rest
		return unescape(field)
	}
	r.ID, r.Name, r.Note, r.Pipeline = next(), next(), next(), next()
	nanos, err1 := strconv.ParseInt(next(), 10, 64)
	seconds, err2 := strconv.ParseFloat(next(), 64)
	cost, err3 := strconv.ParseFloat(next(), 64)
	r.Created, r.Seconds, r.Cost = time.Unix(0, nanos).UTC(), seconds, cost
	r.State, r.Sweep, r.Commit, r.Content, r.Problem = State(next()), next(), next(), next(), next()
	if err1 != nil || err2 != nil || err3 != nil || r.ID == "" {
		return r, false
	}
	for line != "" {
		field := next()
		if field == "" {
			return r, false
		}
		if !r.field(field[0], field[1:], next) {
			return r, false
		}
	}
	return r, true
}

func (r *Row) field(kind byte, name string, next func() string) bool {
	switch kind {
	case fieldSet:
		r.Set = append(r.Set, name)
	case fieldPartial:
		r.Partial = append(r.Partial, name)
	case fieldHigher, fieldLower:
		r.Better = append(r.Better, Better{name, kind == fieldHigher})
	case fieldParam, fieldMetric:
		v, ok := parseValue(next())
		if !ok {
			return false
		}
		if kind == fieldParam {
			r.Params = append(r.Params, Field{name, v})
		} else {
			r.Metrics = append(r.Metrics, Field{name, v})
		}
	default:
		return false
	}
	return true
}

func parseValue(s string) (frame.Value, bool) {
	if s == "" {
		return frame.Value{}, false
	}
	text := s[1:]
	switch s[0] {
	case valueAbsent:
		return frame.Value{}, true
	case valueNumber:
		f, err := strconv.ParseFloat(text, 64)
		return frame.Value{Kind: frame.Number, Number: f, Text: text}, err == nil
	case valueBool:
		return frame.Boolean(text == "true"), true
	case valueText:
		return frame.Str(text), true
	case valueJSON:
		return frame.Structure(text), true
	}
	return frame.Value{}, false
}

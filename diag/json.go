package diag

// Message is a Diagnostic made ready to be shown: with its summary and the
// lines of the sources it points at. It is what `--json` prints, and the text
// is rendered from it, so the two cannot disagree.
type Message struct {
	Severity  string        `json:"severity"` // "error" or "warning"
	Code      string        `json:"code"`
	Summary   string        `json:"summary"`
	Detail    string        `json:"detail,omitempty"`
	Subject   string        `json:"subject,omitempty"`
	Range     *Range        `json:"range,omitempty"`
	Snippet   *Snippet      `json:"snippet,omitempty"`
	Values    []NamedValue  `json:"values,omitempty"`
	Instances []string      `json:"instances,omitempty"`
	Total     int           `json:"total,omitempty"` // of instances
	Notes     []MessageNote `json:"notes,omitempty"`
}

// MessageNote is a Note with its snippet.
type MessageNote struct {
	Text    string   `json:"text"`
	Range   *Range   `json:"range,omitempty"`
	Snippet *Snippet `json:"snippet,omitempty"`
}

// NamedValue is a Value.
type NamedValue struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Range is a Span.
type Range struct {
	File  string   `json:"file"`
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Position is a Pos.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"` // of the file as it is, with all ends of lines
}

// Snippet is the first line of a span, and the part of it to point at.
type Snippet struct {
	Line  int    `json:"line"`
	Text  string `json:"text"`  // the line, without its end
	Start int    `json:"start"` // bytes into Text
	End   int    `json:"end"`   // bytes into Text; at least Start
}

// JSON returns all of l, sorted and merged, as values for encoding/json.
func JSON(l List, src Sources) []Message {
	return messages(l.Sorted(), newSnippets(src))
}

func messages(l List, snips *snippets) []Message {
	out := make([]Message, 0, len(l)) // never null in JSON
	for i := range l {
		out = append(out, message(&l[i], snips))
	}
	return out
}

func message(d *Diagnostic, snips *snippets) Message {
	m := Message{
		Severity:  d.Severity.String(),
		Code:      d.Code,
		Summary:   d.summary(),
		Detail:    d.Detail,
		Subject:   d.Subject,
		Range:     snips.rangeOf(d.Span),
		Snippet:   snips.of(d.Span),
		Instances: d.Instances,
		Total:     d.Total,
	}
	for _, v := range d.Values {
		m.Values = append(m.Values, NamedValue(v))
	}
	for _, n := range d.Notes {
		m.Notes = append(m.Notes, MessageNote{Text: n.Text, Range: snips.rangeOf(n.Span), Snippet: snips.of(n.Span)})
	}
	return m
}

// Messages makes values for encoding/json one at a time, as JSON does of a whole list. It
// reads each file once, however many messages are about it.
type Messages struct{ snips *snippets }

// NewMessages returns one whose files are those of src.
func NewMessages(src Sources) Messages { return Messages{newSnippets(src)} }

// Of returns the message of a diagnostic.
func (m Messages) Of(d Diagnostic) Message { return message(&d, m.snips) }

// Range returns a span as programs see it.
func (m Messages) Range(s Span) Range {
	if r := m.snips.rangeOf(s); r != nil {
		return *r
	}
	return Range{}
}

// Source returns the text of a file, as Sources do.
func (m Messages) Source(file string) ([]byte, bool) {
	f := m.snips.file(file)
	if f == nil {
		return nil, false
	}
	return f.text, true
}

package lsp

import "strings"

// jsonReader reads a file of JSON up to a place, finished or not: which objects are open
// there, and what they have already.
type jsonReader struct {
	open []jsonObject
	from int  // where the word at the place begins
	text bool // it stands in quotes
}

// jsonObject is an object that is open, or a list.
type jsonObject struct {
	list  bool
	name  string   // the last one
	value bool     // a value follows: there was a colon
	done  bool     // and it is there
	given []string // names that are followed by a colon
}

func readJSON(text string) *jsonReader {
	r := &jsonReader{open: []jsonObject{{list: true}}, from: len(text)}
	for i := 0; i < len(text); i++ {
		top := &r.open[len(r.open)-1]
		switch c := text[i]; c {
		case '{', '[':
			r.open = append(r.open, jsonObject{list: c == '['})
		case '}', ']':
			if len(r.open) > 1 {
				r.open = r.open[:len(r.open)-1]
				r.open[len(r.open)-1].done = true
			}
		case ',':
			top.value, top.done, top.name = false, false, ""
		case ':':
			top.value, top.given = true, append(top.given, top.name)
		case '"':
			end := endOfString(text, i+1)
			if end == len(text) {
				r.from, r.text = i+1, true
				return r
			}
			if !top.value {
				top.name = text[min(i+1, end):end]
			}
			top.done = top.value
			i = end
		case ' ', '\t', '\n', '\r':
		default:
			begin := i
			for i+1 < len(text) && strings.IndexByte("{}[],:\" \t\n\r", text[i+1]) < 0 {
				i++
			}
			if top.done = top.value && i+1 < len(text); i+1 == len(text) {
				r.from = begin
			}
		}
	}
	return r
}

// endOfString is where the quote is that ends a string; the length of the text if none does.
func endOfString(text string, i int) int {
	for ; i < len(text) && text[i] != '"' && text[i] != '\n'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	if i < len(text) && text[i] == '\n' { // it is being written
		return i - 1
	}
	return min(i, len(text))
}

// jsonSlot is what can be written at the place of a file of JSON; nil in lists, where no params
// are.
func (x *paramsPlace) jsonSlot() *slot {
	text := x.doc.text
	r := readJSON(text[:x.at])
	out := &slot{from: r.from, to: x.at, quote: `"`}
	for i, o := range r.open[1:] {
		if o.list {
			return nil
		}
		if i < len(r.open)-2 {
			out.path = append(out.path, o.name)
		}
	}
	top := r.open[len(r.open)-1]
	switch {
	case top.list, top.done, !top.value && top.name != "": // a comma or a colon is what follows
		return nil
	case top.value:
		out.name = top.name
		if r.text {
			out.quote = ""
		}
		return out
	}
	out.given = append(top.given, jsonNames(text[x.at:])...)
	before, after := `"`, `": `
	rest := text[x.at:]
	if r.text {
		if before = ""; strings.HasPrefix(rest, `"`) {
			out.to++
			rest = rest[1:]
		}
	}
	if strings.HasPrefix(strings.TrimLeft(rest, " \t"), ":") {
		after = `"`
	}
	out.spell = func(name string, _ bool) string { return before + name + after }
	return out
}

// jsonNames are the names in what follows of an object.
func jsonNames(text string) []string {
	if end := strings.IndexAny(text, "\n,}"); end >= 0 { // what is being written
		text = text[end:]
	}
	depth, last := 0, ""
	var out []string
	for i := 0; i < len(text) && depth >= 0; i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			if depth == 0 {
				out = append(out, last)
			}
		case '"':
			end := endOfString(text, i+1)
			last, i = text[min(i+1, end):end], end
		}
	}
	return out
}

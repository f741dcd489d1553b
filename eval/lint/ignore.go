package lint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// marker begins what a comment says to lints: `# dewar:ignore W-code W-other why`.
const marker = "dewar:ignore"

// pardon is one code that a comment silences.
type pardon struct {
	code string
	line int // of the comment
	at   diag.Span
	used bool
}

// silence leaves out what comments say is meant, and finds comments that silence
// nothing. A comment speaks of the line below it, comments in between aside; for what
// is found inside of an attribute, of the line that this begins on too: a script has no
// place for comments of ours.
func (l *linter) silence(found []Finding) []Finding {
	comments := map[string][]*pardon{}
	lines := map[string][]string{}
	for _, file := range l.sources() {
		if bytes.Contains(file.text, []byte(marker)) {
			lines[file.name] = strings.Split(string(file.text), "\n")
			comments[file.name] = pardons(file.name, lines[file.name])
		}
	}
	out := found[:0:0]
	for _, f := range found {
		if list := comments[f.Span.File]; len(list) == 0 || !l.silenced(f, list, lines[f.Span.File]) {
			out = append(out, f)
		}
	}
	return append(out, l.idle(comments)...)
}

type source struct {
	name string
	text []byte
}

// sources are the texts that findings may be in.
func (l *linter) sources() []source {
	var out []source
	for _, f := range l.p.Files {
		out = append(out, source{f.Name, f.Bytes})
	}
	for _, f := range l.files {
		if !f.Masked {
			out = append(out, source{f.Path, diag.UnixLines(f.Bytes)})
		}
	}
	return out
}

// pardons returns what the comments of a file silence.
func pardons(file string, lines []string) []*pardon {
	var out []*pardon
	offset := 0
	for i, line := range lines {
		comment := commentOf(line)
		rest, ok := strings.CutPrefix(comment, marker)
		if ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t' || rest[0] == ':') {
			at := lineSpan(file, i+1, offset, line)
			for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t,:", r) }) {
				if !strings.HasPrefix(word, "W-") {
					break // why
				}
				out = append(out, &pardon{code: word, line: i + 1, at: at})
			}
		}
		offset += len(line) + 1
	}
	return out
}

// commentOf returns the text of a line that is a comment; "" of any other.
func commentOf(line string) string {
	line = strings.TrimSpace(line)
	for _, mark := range []string{"#", "//"} {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

func isCommentLine(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
}

func lineSpan(file string, line, offset int, text string) diag.Span {
	body := strings.TrimLeft(text, " \t")
	from := len(text) - len(body)
	body = strings.TrimRight(body, " \t\r")
	return diag.Span{
		File:  file,
		Start: diag.Pos{Line: line, Column: from + 1, Byte: offset + from},
		End:   diag.Pos{Line: line, Column: from + 1 + len([]rune(body)), Byte: offset + from + len(body)},
	}
}

func (l *linter) silenced(f Finding, list []*pardon, lines []string) bool {
	starts := []int{f.Span.Start.Line}
	if at := l.attributeAt(f.Span); at > 0 {
		starts = append(starts, at)
	}
	hit := false
	for _, start := range starts {
		for at := start - 1; at >= 1 && isCommentLine(lines[at-1]); at-- {
			for _, p := range list {
				if p.line == at && p.code == f.Code {
					p.used, hit = true, true
				}
			}
		}
	}
	return hit
}

// attributeAt returns the line that the attribute around a place begins on; 0 if
// there is none.
func (l *linter) attributeAt(at diag.Span) int {
	for i := range l.places {
		s := l.places[i].attr.Span
		if s.File == at.File && s.Start.Byte <= at.Start.Byte && at.Start.Byte < s.End.Byte {
			return s.Start.Line
		}
	}
	return 0
}

// idle finds comments that silence nothing. What was not looked for without a graph
// may be there.
func (l *linter) idle(comments map[string][]*pardon) []Finding {
	l.found = nil
	for _, file := range l.sources() {
		for _, p := range comments[file.name] {
			switch {
			case p.used:
			case diag.Summary(p.code) == "":
				l.report("W-ignore-idle", p.at, "", nil, "There is no %s, so this comment silences nothing.%s", p.code, nearestCode(p.code))
			case l.o.Graph != nil && slices.Contains(diag.Lints(), p.code):
				l.report("W-ignore-idle", p.at, "", nil, "There is no %s below this comment any more. Remove the code from the comment, so that it silences nothing that comes later.", p.code)
			}
		}
	}
	return l.found
}

// nearestCode returns " Did you mean W-…?" for the code most like a word.
func nearestCode(word string) string {
	for _, c := range diag.Lints() {
		if strings.HasPrefix(c, word) || strings.HasPrefix(word, c) {
			return " Did you mean " + c + "?"
		}
	}
	return ""
}

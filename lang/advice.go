package lang

import (
	"bytes"
	"fmt"
	"regexp"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// What the parser says of the commonest mistakes names the symptom. The
// functions here look at the text around the place and say what to write.

var (
	// shellExpansion matches what only a shell can mean: ${NAME:-x}, ${#list[@]}, ${NAME%.csv}.
	shellExpansion = pattern(`\$\{(?:[#!]|[A-Za-z_][A-Za-z_0-9]*(?::|##?[^ ]|%%?[^ ]|//?[^ ]|\^|,|@|[=?+])|[@*?$])[^}"\n]*\}?`)
	// shellLength matches ${#list[@]}, whose # makes the rest of the line a comment: the
	// parser notices far below.
	shellLength = pattern(`\$\{#[^}"\n]*\}?`)
	// resolver matches what only OmegaConf can mean: ${oc.env:HOME}, ${now:%Y}.
	resolver = pattern(`\$\{(?:oc\.[a-z.]+:|hydra:[a-z]|now:%|env:[A-Z])[^}"\n]*\}?`)
	// directive matches the beginning of a template directive, or of curl's %{http_code}.
	directive = pattern(`%\{~?[ \t]*([A-Za-z_][A-Za-z_0-9.-]*)?[^}"\n]*\}?`)
	// heredocStart matches a heredoc whose marker is not all there is on its line, or quoted.
	heredocStart = pattern(`<<-?(?:[ \t]+[A-Za-z_"']|["'][A-Za-z_]|[A-Za-z_][A-Za-z_0-9-]*[ \t]+$|[A-Za-z_][A-Za-z_0-9-]*[ \t]*[,)\]}#])`)
	// redefined reads where hcl says that an attribute was set first.
	redefined = pattern(`already set at .*:(\d+),(\d+)-(\d+)\.`)
)

// pattern compiles a pattern when it is first needed: most pipelines have no
// syntax errors, and every command would pay for it.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// syntaxError words one error of the parser. derailed means that what follows
// it in the file cannot be trusted to be a mistake.
func syntaxError(src []byte, hd *hcl.Diagnostic) (d diag.Diagnostic, derailed bool) {
	r := subject(hd)
	d = diag.Diagnostic{Code: "E-syntax", Detail: hclText(hd), Span: Span(r)}
	near, at := surroundings(src, r)
	switch {
	case hd.Summary == "Attribute redefined":
		d.Code = "E-duplicate"
		d.Detail = "An attribute can be set once in a block. Remove one of the two."
		if first, ok := firstSet(src, hd); ok {
			d.Notes = []diag.Note{{Span: first, Text: "set first here"}}
		}
	case moveTo(&d, src, heredocStart().FindIndex(near), at, r):
		d.Detail = "A heredoc begins with << or <<- and its marker, unquoted, with nothing after the marker on that line, not even a space or a comma."
		derailed = true
	case moveTo(&d, src, last(resolver(), near), at, r):
		d.Detail = noResolvers
		derailed = true
	case moveTo(&d, src, last(shellLength(), src[:min(r.Start.Byte, len(src))]), 0, r),
		moveTo(&d, src, last(shellExpansion(), near), at, r):
		text := spelled(src, d.Span)
		d.Detail = fmt.Sprintf("In a string, ${ begins an expression of this language. If this is the shell's, write $%s.", text)
		derailed = true
	case moveTo(&d, src, foreignDirective(near), at, r):
		text := spelled(src, d.Span)
		d.Detail = fmt.Sprintf("In a string, %%{ begins a directive (if, for). If the text is meant as it stands, write %%%s.", text)
		derailed = true
	case numeralCut(&d, src, r):
		d.Detail = numbersAre
	case hd.Summary == "Argument or block definition required", hd.Summary == "Invalid block definition":
		d.Detail = "Here stands an attribute, NAME = VALUE, or a block, KIND \"NAME\" { … }; comments begin with #."
		if bytes.IndexByte(lineOf(src, r), '\'') >= 0 {
			d.Detail = "Strings stand in double quotes (\")."
		}
		derailed = hd.Summary != "Invalid block definition"
	default:
		w, known := worded(hd.Summary, hd.Detail)
		if known {
			d.Detail = w.says
		}
		d.Detail = orElse(syntaxElsewhere(src, hd), d.Detail)
		derailed = w.derailed
	}
	return d, derailed
}

// numeral matches a number as other languages write it: 1_000, 0x1F, 0b1.
var numeral = pattern(`[0-9]+(?:_[0-9_]*|[xXbBoO][0-9A-Fa-f]+)\z`)

// numeralCut points d at a number that the parser has cut in two, as it does
// 1_000 behind the 1.
func numeralCut(d *diag.Diagnostic, src []byte, r hcl.Range) bool {
	if r.Start.Byte == 0 || r.End.Byte > len(src) || r.Start.Byte >= r.End.Byte || !digit(src[r.Start.Byte-1]) {
		return false
	}
	begin := r.Start.Byte
	for begin > 0 && digit(src[begin-1]) {
		begin--
	}
	end := r.End.Byte
	for end < len(src) && (digit(src[end]) || src[end] == '_') {
		end++
	}
	if begin > 0 && wordByte(src[begin-1]) || !numeral().Match(src[begin:end]) {
		return false
	}
	d.Span = diag.Span{File: r.Filename, Start: posAt(src, begin, r.Start), End: posAt(src, end, r.Start)}
	return true
}

// lineOf is the line that r begins on.
func lineOf(src []byte, r hcl.Range) []byte {
	at := min(r.Start.Byte, len(src))
	from := bytes.LastIndexByte(src[:at], '\n') + 1
	line, _, _ := bytes.Cut(src[from:], []byte{'\n'})
	return line
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// surroundings is the text in which the cause of an error at r is looked for: its
// line up to where it was noticed and the line before, which a # may have eaten.
func surroundings(src []byte, r hcl.Range) (near []byte, at int) {
	if r.Filename == "" || r.Start.Byte > len(src) {
		return nil, 0
	}
	end := r.Start.Byte
	begin := bytes.LastIndexByte(src[:end], '\n') + 1
	if begin > 0 {
		begin = bytes.LastIndexByte(src[:begin-1], '\n') + 1
	}
	if n := bytes.IndexByte(src[end:], '\n'); n >= 0 {
		end += n
	} else {
		end = len(src)
	}
	return src[begin:end], begin
}

// moveTo points d at what was found, unless it begins after the error.
func moveTo(d *diag.Diagnostic, src []byte, found []int, at int, r hcl.Range) bool {
	if found == nil || at+found[0] > r.Start.Byte {
		return false
	}
	from, to := at+found[0], at+found[1]
	if n := bytes.IndexByte(src[from:to], '\n'); n >= 0 {
		to = from + n
	}
	d.Span = diag.Span{File: r.Filename, Start: posAt(src, from, r.Start), End: posAt(src, to, r.Start)}
	return true
}

// posAt is the position of byte at, which is near the known position.
func posAt(src []byte, at int, known hcl.Pos) diag.Pos {
	line := known.Line
	if at < known.Byte {
		line -= bytes.Count(src[at:known.Byte], []byte{'\n'})
	} else {
		line += bytes.Count(src[known.Byte:at], []byte{'\n'})
	}
	begin := bytes.LastIndexByte(src[:at], '\n') + 1
	return diag.Pos{Line: line, Column: 1 + graphemes(src[begin:at]), Byte: at}
}

// spelled is the text of a span, for repeating it in a sentence.
func spelled(src []byte, s diag.Span) string { return string(src[s.Start.Byte:s.End.Byte]) }

// last returns the last match that is not escaped by doubling its first byte.
func last(re *regexp.Regexp, text []byte) []int {
	all := re.FindAllIndex(text, -1)
	for i := len(all) - 1; i >= 0; i-- {
		if at := all[i][0]; at == 0 || text[at-1] != text[at] {
			return all[i]
		}
	}
	return nil
}

func foreignDirective(text []byte) []int {
	all := directive().FindAllSubmatchIndex(text, -1)
	for i := len(all) - 1; i >= 0; i-- {
		m := all[i]
		if m[0] > 0 && text[m[0]-1] == '%' {
			continue
		}
		word := ""
		if m[2] >= 0 {
			word = string(text[m[2]:m[3]])
		}
		switch word {
		case "if", "else", "endif", "for", "endfor":
			continue
		}
		return m[:2]
	}
	return nil
}

// firstSet finds where an attribute was set first. hcl gives it in its text
// only, as line and columns.
func firstSet(src []byte, hd *hcl.Diagnostic) (diag.Span, bool) {
	m := redefined().FindStringSubmatch(hd.Detail)
	if m == nil {
		return diag.Span{}, false
	}
	var line, col, end int
	if _, err := fmt.Sscan(m[1]+" "+m[2]+" "+m[3], &line, &col, &end); err != nil {
		return diag.Span{}, false
	}
	name := subject(hd)
	start := diag.Pos{Line: line, Column: col, Byte: lineStart(src, line) + col - 1}
	stop := diag.Pos{Line: line, Column: end, Byte: start.Byte + name.End.Byte - name.Start.Byte}
	return diag.Span{File: name.Filename, Start: start, End: stop}, true
}

func lineStart(src []byte, line int) int {
	at := 0
	for ; line > 1; line-- {
		at += bytes.IndexByte(src[at:], '\n') + 1
	}
	return at
}

package lang

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxFile is the size of a file beyond which it is no pipeline.
const maxFile = 10 << 20

// maxSyntaxErrors of one file are reported. Wording them looks at the text
// around, so a file that is no HCL at all must not have thousands.
const maxSyntaxErrors = 20

// ParseExpression parses src, from a command line or a config value, as one
// expression. name is the synthetic file name that spans carry: "<-p train.C>".
func ParseExpression(name string, src []byte) (hcl.Expression, diag.List) {
	if _, bad := fit(name, src); bad != nil {
		return nil, diag.List{*bad}
	}
	expr, hds := hclsyntax.ParseExpression(src, name, hcl.InitialPos)
	if hds.HasErrors() {
		return nil, syntaxErrors(src, hds)
	}
	return expr, nil
}

// parse parses a file. The body is nil if there are errors. Its ranges are those of src;
// what is said of errors counts as diagnostics do, without carriage returns.
func parse(name string, src []byte) (*hclsyntax.Body, diag.List) {
	body, ds := parseAsItIs(name, src)
	if unix := diag.UnixLines(src); body == nil && len(unix) < len(src) {
		return parseAsItIs(name, unix)
	}
	return body, ds
}

func parseAsItIs(name string, src []byte) (*hclsyntax.Body, diag.List) {
	cuts, bad := fit(name, src)
	if bad != nil {
		return nil, diag.List{*bad}
	}
	if len(cuts) > 0 {
		if body := parseParts(name, src, cuts); body != nil {
			return body, nil
		}
	}
	f, hds := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if hds.HasErrors() {
		return nil, syntaxErrors(src, hds)
	}
	return f.Body.(*hclsyntax.Body), nil
}

// fit says where src can be cut for parsing, or why it must not be given to the
// parser at all.
func fit(name string, src []byte) (cuts []int, bad *diag.Diagnostic) {
	refuse := func(code, detail string, at int) *diag.Diagnostic {
		d := diag.Diagnostic{Code: code, Detail: detail, Span: diag.Span{File: name}}
		if at >= 0 {
			d.Span = spanAt(name, src, at)
		}
		return &d
	}
	if len(src) > maxFile {
		return nil, refuse("E-too-large", fmt.Sprintf("The file has %d bytes; at most %d are read.", len(src), maxFile), -1)
	}
	switch {
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")):
		return nil, refuse("E-encoding", "The file begins with a byte order mark. Save it as UTF-8 without one.", -1)
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")):
		return nil, refuse("E-encoding", "The file is UTF-16. Save it as UTF-8 without a byte order mark.", -1)
	}
	if i := badUTF8(src); i >= 0 {
		return nil, refuse("E-encoding", fmt.Sprintf("The byte 0x%02x here is not UTF-8. Save the file as UTF-8.", src[i]), i)
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return nil, refuse("E-encoding", "There is a NUL byte here, which is no text. Take it out or, if the file is UTF-16, save it as UTF-8.", i)
	}
	i, cuts := measure(src, partSize)
	if i > 0 && src[i-1] >= '0' && src[i-1] <= '9' && tooManyDigits(src[:i]) {
		return nil, refuse("E-nesting", fmt.Sprintf("This number has more than %d digits. A number has 15 that count; what needs more is a text.", maxDigits), i)
	}
	if i >= 0 {
		return nil, refuse("E-nesting", "Brackets, templates or operators go too deep here. Take the expression apart with locals.", i)
	}
	return cuts, nil
}

func badUTF8(src []byte) int {
	if utf8.Valid(src) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// spanAt is the place of one byte. Only used for a diagnostic that ends all work
// on a file: it counts lines from the beginning.
func spanAt(name string, src []byte, at int) diag.Span {
	line := 1 + bytes.Count(src[:at], []byte{'\n'})
	col := 1 + utf8.RuneCount(src[bytes.LastIndexByte(src[:at], '\n')+1:at])
	p := diag.Pos{Line: line, Column: col, Byte: at}
	end := p
	end.Byte++
	end.Column++
	return diag.Span{File: name, Start: p, End: end}
}

// syntaxErrors words what the parser found: in the order of the text, one for
// a line, and nothing after a mistake that makes the rest of the file unreadable.
func syntaxErrors(src []byte, hds hcl.Diagnostics) diag.List {
	hds = slices.Clone(hds)
	slices.SortStableFunc(hds, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(cmp.Compare(subject(a).Start.Line, subject(b).Start.Line), cmp.Compare(subject(a).Start.Byte, subject(b).Start.Byte))
	})
	var out diag.List
	for _, hd := range hds {
		r := subject(hd)
		if n := len(out); n > 0 && out[n-1].Span.Start.Line == r.Start.Line {
			continue
		}
		d, derailed := syntaxError(src, hd)
		out = append(out, d)
		if derailed || len(out) == maxSyntaxErrors {
			break
		}
	}
	return out
}

func subject(hd *hcl.Diagnostic) hcl.Range {
	if hd.Subject != nil {
		return *hd.Subject
	}
	return hcl.Range{}
}

func hclText(hd *hcl.Diagnostic) string {
	if hd.Detail == "" {
		return hd.Summary + "."
	}
	return hd.Summary + ": " + hd.Detail
}

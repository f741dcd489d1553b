package dewar

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/lint"
)

// shown are fixes that are made at once, with the lines that they change as they were and
// as they are. Those of the same lines are shown together: by itself, none of them is what
// the lines become.
func (r *linting) shown(dir string, fixes []lint.Finding) []LintFixed {
	fixes = slices.Clone(fixes)
	place := func(f lint.Finding) diag.Span { return f.Fix.Edit.Span }
	slices.SortStableFunc(fixes, func(a, b lint.Finding) int {
		x, y := place(a), place(b)
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Start.Byte, y.Start.Byte))
	})
	var out []LintFixed
	for len(fixes) > 0 {
		src, _ := r.ReadFile(place(fixes[0]).File) // it was read before: it was linted
		src = diag.UnixLines(src)
		begin, end := linesAround(src, place(fixes[0]))
		n := 1
		for ; n < len(fixes) && place(fixes[n]).File == place(fixes[0]).File && place(fixes[n]).Start.Byte < end; n++ {
			_, more := linesAround(src, place(fixes[n]))
			end = max(end, more)
		}
		var edits []lint.Edit
		for _, f := range fixes[:n] {
			edits = append(edits, f.Fix.Edit)
		}
		after := lint.Apply(src, edits)
		old, now := linesOf(string(src[begin:end])), linesOf(string(after[begin:len(after)-(len(src)-end)]))
		for i, f := range fixes[:n] {
			out = append(out, LintFixed{LintFinding{dir, f}, old, now, i > 0})
		}
		fixes = fixes[n:]
	}
	return out
}

// linesAround returns where the lines that an edit touches begin and end.
func linesAround(src []byte, at diag.Span) (begin, end int) {
	begin = bytes.LastIndexByte(src[:at.Start.Byte], '\n') + 1
	end = at.End.Byte
	if end == begin || src[end-1] != '\n' {
		if n := bytes.IndexByte(src[end:], '\n'); n >= 0 {
			return begin, end + n
		}
		return begin, len(src)
	}
	return begin, end
}

// linesOf are the lines of a text that are not blank.
func linesOf(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, " \t\n"); line != "" {
			out = append(out, line)
		}
	}
	return out
}

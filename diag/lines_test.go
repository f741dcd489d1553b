package diag_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Places that whoever read a text without carriage returns speaks of are found in the
// text that has them.
func TestLines_offset(t *testing.T) {
	text := "é\r\n\r\nab\r\nm\nc\r"
	l := diag.NewLines([]byte(text))
	for _, c := range []struct {
		pos  diag.Pos
		want string // what is there
	}{
		{diag.Pos{Line: 1, Column: 1, Byte: 0}, "é\r\n"},
		{diag.Pos{Line: 1, Column: 2, Byte: 2}, "\r\n\r\n"},
		{diag.Pos{Line: 1, Column: 3, Byte: 3}, "\r\nab"}, // behind a line feed
		{diag.Pos{Line: 2, Column: 1, Byte: 3}, "\r\nab"},
		{diag.Pos{Line: 3, Column: 1, Byte: 4}, "ab\r\n"},
		{diag.Pos{Line: 3, Column: 3, Byte: 6}, "\r\nm\n"},
		{diag.Pos{Line: 4, Column: 1, Byte: 7}, "m\nc\r"},
		{diag.Pos{Line: 5, Column: 1, Byte: 9}, "c\r"},
		{diag.Pos{Line: 5, Column: 3, Byte: 11}, ""},
		{diag.Pos{Line: 3, Column: 2}, "b\r\nm"}, // who knows columns only
		{diag.Pos{Line: 9}, ""},
		{diag.Pos{}, text},
	} {
		if got := text[l.Offset(c.pos):]; !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%+v is at %q, want %q", c.pos, got, c.want)
		}
	}
}

// A place that is counted with carriage returns is the one that is counted without them.
func TestLines_same(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "é", "日", "\r\n", "\n", "\r", " "})).Draw(t, "text"), ""))
		unix := diag.UnixLines(raw)
		if bytes.Contains(unix, []byte("\r\n")) {
			return // of two carriage returns the first is text
		}
		lines, plain := diag.NewLines(raw), diag.NewLines(unix)
		if lines.Count() != plain.Count() {
			t.Fatalf("%d lines, want %d", lines.Count(), plain.Count())
		}
		at := rapid.IntRange(0, len(unix)).Draw(t, "at")
		p := plain.Pos(at)
		if p.Byte != at || plain.Offset(p) != at {
			t.Fatalf("%d is %+v, and that is %d", at, p, plain.Offset(p))
		}
		off := lines.Offset(p)
		if diff := cmp.Diff(unix[at:], diag.UnixLines(raw[off:])); diff != "" {
			t.Fatalf("%+v (-want +got): %s", p, diff)
		}
		if q := lines.Pos(off); q.Byte != p.Byte || q.Line != p.Line {
			t.Fatalf("%+v is at %d, and that is %+v", p, off, q)
		}
	})
}

package lsp

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/lsp/syntax"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Changes one after the other make the text and the lines that they make one by one.
func TestEdited_many(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.StringOfN(rapid.RuneFrom([]rune("ab😀é\n\r𝒙")), 0, 12, -1)
		d := newDocument(piece.Draw(t, "text"))
		want := d.text
		var changes []contentChange
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			was := newDocument(want)
			start := rapid.IntRange(0, len(want)).Draw(t, "start")
			r := was.span(start, rapid.IntRange(start, len(want)).Draw(t, "end"))
			c := contentChange{Range: &r, Text: piece.Draw(t, "new")}
			if rapid.IntRange(0, 9).Draw(t, "all") == 0 {
				c.Range = nil
			}
			changes = append(changes, c)
			if c.Range == nil {
				want = c.Text
				continue
			}
			want = want[:was.offset(r.Start)] + c.Text + want[was.offset(r.End):]
		}
		got := d.edited(changes...)
		if diff := cmp.Diff(newDocument(want).starts, got.starts); got.text != want || diff != "" {
			t.Fatalf("got %q, want %q\n%s", got.text, want, diff)
		}
	})
}

// A message with thousands of changes copies the text once, not once for each.
func TestEdited_allocations(t *testing.T) {
	d := newDocument(strings.Repeat("stage \"s\" {}\n", 20_000))
	var changes []contentChange
	for i := range 2000 {
		changes = append(changes, contentChange{Range: &textRange{position{i, 0}, position{i, 0}}, Text: " "})
	}
	if got := bytesPerRun(func() { d.edited(changes...) }); got > 8<<20 {
		t.Errorf("it allocates %d bytes", got)
	}
}

// A cursor finds the positions that a count from the beginning of the line finds.
func TestCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDocument(rapid.StringOfN(rapid.RuneFrom([]rune("ab😀é日\n\r𝒙")), 0, 30, -1).Draw(t, "text"))
		c := cursor{document: d}
		for range 8 {
			at := rapid.IntRange(0, len(d.text)).Draw(t, "at")
			want := d.position(at)
			if got := c.position(at); got != want {
				t.Fatalf("%d is %v, want %v", at, got, want)
			}
			line, begin := d.line(want.Line)
			if n := units(line[:d.offset(want)-begin]); n != want.Character {
				t.Fatalf("%d is %v, and %d units are before it", at, want, n)
			}
		}
	})
}

// It counts from the last place: what is before that on a long line is not looked at.
func TestCursor_goesOn(t *testing.T) {
	c := cursor{document: newDocument(strings.Repeat("é", 1000) + "abc")}
	c.position(2000)
	c.document = newDocument(strings.Repeat("a", 2000) + "abc")
	if got := c.position(2002); got != (position{0, 1002}) {
		t.Errorf("got %v", got)
	}
	if got := c.position(2001); got != (position{0, 1001}) {
		t.Errorf("got %v", got)
	}
}

// The names of a text on one line are found going along it once.
func TestEncoded_goesOn(t *testing.T) {
	text := "locals { " + strings.Repeat("é = 1, ", 3) + "}"
	list := []coloured{{syntaxSpan(text, "locals"), tokenWord}}
	for at := 0; ; {
		n := strings.Index(text[at:], "é")
		if n < 0 {
			break
		}
		list = append(list, coloured{syntaxSpan(text[:at+n+2], "é"), tokenProperty})
		at += n + 2
	}
	if diff := cmp.Diff([]int{0, 0, 6, 0, 0, 0, 9, 1, 1, 0, 0, 7, 1, 1, 0, 0, 7, 1, 1, 0}, encoded(newDocument(text), list)); diff != "" {
		t.Error(diff)
	}
}

// What for_each names is looked for once a text.
func TestAxes_once(t *testing.T) {
	s, _ := typist(t, 2)
	f := s.file("/p/pipeline.hcl")
	b := f.named("stage", "s0")
	want := axes(f, b)
	f.Tokens = nil
	if diff := cmp.Diff(len(want), len(axes(f, b))); diff != "" || len(want) != 2 {
		t.Error(diff)
	}
}

func syntaxSpan(text, piece string) syntax.Span {
	at := strings.LastIndex(text, piece)
	return syntax.Span{Start: at, End: at + len(piece)}
}

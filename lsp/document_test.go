package lsp

import (
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPositions(t *testing.T) {
	d := newDocument("a😀é日\r\nx\ry\n\n𝒙")
	for _, c := range []struct {
		p    position
		at   int
		back position
	}{
		{position{0, 0}, 0, position{0, 0}},
		{position{0, 1}, 1, position{0, 1}},
		{position{0, 2}, 1, position{0, 1}}, // inside of a pair
		{position{0, 3}, 5, position{0, 3}},
		{position{0, 4}, 7, position{0, 4}},
		{position{0, 5}, 10, position{0, 5}},
		{position{0, 99}, 10, position{0, 5}}, // before the line's end
		{position{1, 0}, 12, position{1, 0}},
		{position{2, 1}, 15, position{2, 1}},
		{position{3, 0}, 16, position{3, 0}},
		{position{4, 2}, 21, position{4, 2}},
		{position{9, 9}, 21, position{4, 2}},
		{position{-1, 0}, 0, position{0, 0}},
	} {
		if got := d.offset(c.p); got != c.at {
			t.Errorf("%v is at %d, want %d", c.p, got, c.at)
		}
		if got := d.position(c.at); got != c.back {
			t.Errorf("%d is %v, want %v", c.at, got, c.back)
		}
	}
}

// An edit of a range makes the text that an edit of the bytes makes.
func TestEdited(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.StringOfN(rapid.RuneFrom([]rune("ab😀é日\n𝒙\t")), 0, 12, -1)
		d := newDocument(piece.Draw(t, "text"))
		start := rapid.IntRange(0, len(d.text)).Draw(t, "start")
		end := rapid.IntRange(start, len(d.text)).Draw(t, "end")
		r := d.span(start, end)
		start, end = d.offset(r.Start), d.offset(r.End) // whole characters
		text := piece.Draw(t, "new")
		want := d.text[:start] + text + d.text[end:]
		if got := d.edited(contentChange{Range: &r, Text: text}); got.text != want {
			t.Fatalf("got %q, want %q", got.text, want)
		}
	})
}

// Bytes of the text that was evaluated, whose lines end with a line feed, are found in
// the text that has carriage returns.
func TestMapping(t *testing.T) {
	d := newDocument("é\r\n\r\nab\r\nc")
	m := newMapping(d)
	for _, c := range []struct {
		pos  diag.Pos
		want int
	}{
		{diag.Pos{Line: 1, Column: 1, Byte: 0}, 0},
		{diag.Pos{Line: 1, Column: 2, Byte: 2}, 2},
		{diag.Pos{Line: 2, Column: 1, Byte: 3}, 4},
		{diag.Pos{Line: 3, Column: 1, Byte: 4}, 6},
		{diag.Pos{Line: 3, Column: 3, Byte: 6}, 8},
		{diag.Pos{Line: 4, Column: 2, Byte: 8}, 11},
		{diag.Pos{Line: 3, Column: 2}, 7}, // who knows columns only
		{diag.Pos{Line: 9}, 11},
	} {
		if got := m.offset(c.pos); got != c.want {
			t.Errorf("%+v is at %d, want %d", c.pos, got, c.want)
		}
	}
}

func TestURIs(t *testing.T) {
	for uri, want := range map[string]string{
		"file:///a/b%20c/pipeline.hcl":  "/a/b c/pipeline.hcl",
		"file:///a/%E6%97%A5%23/x.hcl":  "/a/日#/x.hcl",
		"file://localhost/a/../b/x.hcl": "/b/x.hcl",
		"file://elsewhere/a/x.hcl":      "",
		"untitled:Untitled-1":           "",
		"file:a":                        "",
		"%zz":                           "",
	} {
		if diff := cmp.Diff(want, pathOf(uri)); diff != "" {
			t.Errorf("%s: %s", uri, diff)
		}
	}
	for _, name := range []string{"/a/b c/#日?.hcl", "/100%/x.hcl"} {
		if got := pathOf(uriOf(name)); got != name {
			t.Errorf("%s becomes %s", name, got)
		}
	}
}

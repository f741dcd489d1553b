package lang

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"format", "glob", "grid", "join", "sort", "upper"}
	for s, want := range map[string]string{
		"gird":   "grid", // two letters have changed places
		"grd":    "grid",
		"gold":   "", // two edits make any word of four letters another
		"fromat": "format",
		"uper":   "upper",
		"form":   "format", // begins it
		"x":      "",
	} {
		if got := Nearest(s, names); got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}

package lang_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/lang"
)

func TestRootsIn(t *testing.T) {
	for _, c := range []struct{ kind, attr, want string }{
		{"stage", "command", "param local data stage module toolchain each inputs outputs metrics plots"},
		{"stage", "outputs", "param local data stage module toolchain each inputs"},
		{"stage", "for_each", "param local data stage module toolchain"},
		{"assert", "condition", "param local each metrics"},
		{"validation", "condition", "param local"},
		{"pipeline", "toolchains", "param local toolchain"},
		{"data", "path", "param local"},
		{"param", "default", ""},
		{"param", "type", ""},
	} {
		if got := strings.Join(lang.RootsIn(c.kind, c.attr), " "); got != c.want {
			t.Errorf("%s.%s sees %q, want %q", c.kind, c.attr, got, c.want)
		}
	}
	for name, want := range map[string]bool{"a-b_1": true, "": false, "1a": false, "für": false, "for": false} {
		if lang.ValidName(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

package foreign

import (
	"strings"
	"testing"
)

func TestBadAddress(t *testing.T) {
	for _, c := range []struct{ project, bad string }{
		{"https://example.org/x.git", ""},
		{"ssh://git@example.org:2222/x.git", ""},
		{"git@example.org:x.git", ""},
		{"git://example.org/x", ""},
		{"file:///srv/x", ""},
		{"../x", ""},
		{"/srv/a b", ""},
		{"", "a directory, or what git clones"},
		{"-u", "a directory, or what git clones"},
		{"a\nb", "a directory, or what git clones"},
		{"ext::sh -c true", "start a program"},
		{"fd::17", "start a program"},
		{"ftp://example.org/x", "not cloned from ftp://"},
		{"HTTPS://example.org/x", "not cloned from HTTPS://"},
		{"https://token@example.org/x", "has a login in it"},
		{"https://me:secret@example.org/x", "has a login in it"},
		{"ssh://me:secret@example.org/x", "has a login in it"},
		{"https://example.org/x?token=secret", "begins with ? or #"},
		{"https://%zz/x", "is no address"},
	} {
		got := BadAddress(c.project)
		if (got == "") != (c.bad == "") || !strings.Contains(got, c.bad) || strings.Contains(got, "secret") {
			t.Errorf("%q: %q, want %q", c.project, got, c.bad)
		}
	}
	for s, want := range map[string]bool{"git@h:x": true, "h:x/y": true, "https://h/x": true, "x": false, "./a:b": false, "/a:b": false, "-h:x": false, "a::b": false} {
		if IsAddress(s) != want {
			t.Errorf("%q is an address: %v", s, !want)
		}
	}
}

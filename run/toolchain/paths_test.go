package toolchain

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFollow(t *testing.T) {
	m := newMachine(t)
	root, err := filepath.EvalSymlinks(m.Root)
	if err != nil {
		t.Fatal(err)
	}
	m.put("usr/bin/tool-1", "")
	for at, to := range map[string]string{
		"bin": "usr/bin", "usr/bin/tool": "tool-1", "alt": filepath.Join(root, "usr/bin/tool"), "up": "usr/../bin/tool", "loop": "loop2", "loop2": "loop",
	} {
		if err := os.Symlink(to, filepath.Join(root, at)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		at, want string
		links    map[string]string
	}{
		{"usr/bin/tool-1", "usr/bin/tool-1", map[string]string{}},
		{"usr/bin/tool", "usr/bin/tool-1", map[string]string{"usr/bin/tool": "tool-1"}},
		{"bin/tool", "usr/bin/tool-1", map[string]string{"bin": "usr/bin", "usr/bin/tool": "tool-1"}},
		{"up", "usr/bin/tool-1", map[string]string{"up": "usr/../bin/tool", "bin": "usr/bin", "usr/bin/tool": "tool-1"}},
		{"alt", "usr/bin/tool-1", map[string]string{"alt": filepath.Join(root, "usr/bin/tool"), "usr/bin/tool": "tool-1"}},
		{"loop", "", map[string]string{}},
		{"bin/nothing", "", map[string]string{}},
	} {
		p := newPaths(m.Host)
		got, err := p.follow(filepath.Join(root, test.at))
		if (err != nil) != (test.want == "") || err == nil && got != filepath.Join(root, test.want) {
			t.Errorf("%s: %s, %v; want %s", test.at, got, err, test.want)
		}
		links := map[string]string{}
		for at, to := range p.links {
			rel, _ := filepath.Rel(root, at)
			links[rel] = to
		}
		if diff := cmp.Diff(test.links, links); diff != "" {
			t.Errorf("%s: links (-want +got):\n%s", test.at, diff)
		}
	}
}

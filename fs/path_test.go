package fs_test

import (
	"testing"

	"github.com/dewar-build/dewar/fs"
)

func TestReserved(t *testing.T) {
	for p, want := range map[string]string{
		"a/b": "", ".": "", "git/x": "", ".gitignore": "", "a/.github/x": "", ".gitmodules": "", "dewar/x": "", "x.git/y": "",
		".git": ".git", ".git/hooks/x": ".git", "vendored/.git/config": ".git", "a/.git": ".git",
		".GIT/x": ".git", ".Git/x": ".git", ".git./x": ".git", ".git /x": ".git", "git~1/x": ".git", ".g\u200cit/x": ".git",
		".dewar/config.local.hcl": ".dewar", "sub/.dewar/x": ".dewar", ".DEWAR/x": ".dewar", ".dewar": ".dewar",
	} {
		if got := fs.Reserved(p); got != want {
			t.Errorf("%q: %q, want %q", p, got, want)
		}
	}
}

package fs_test

import (
	iofs "io/fs"
	"testing"

	"github.com/dewar-build/dewar/fs"
)

// What is kept of another project has the rules of that project, not ours.
func TestIgnore_kept(t *testing.T) {
	files := map[string]string{".dewarignore": "src\n", ".dewar/modules/abc/.dewarignore": "/tmp/\n"}
	g := fs.NewIgnore(func(name string) ([]byte, error) {
		if s, ok := files[name]; ok {
			return []byte(s), nil
		}
		return nil, iofs.ErrNotExist
	})
	for name, want := range map[string]bool{
		"src/a":                              true,
		".dewar/cache/a":                     true,
		".dewar/modules":                     true,
		".dewar/modules/abc.json":            true,
		".dewar/modules/abc/src/a":           false,
		".dewar/modules/abc/a":               false,
		".dewar/modules/abc/tmp/a":           true,
		".dewar/modules/abc/src/tmp/a":       false,
		".dewar/modules/abc/__pycache__/a":   true,
		".dewar/modules/other/tmp/a":         false,
		".dewar/modules/other/.dewar/runs/a": true,
	} {
		if got, err := g.Match(name, false); err != nil || got != want {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if got, err := g.Match(".dewar/modules/abc", true); err != nil || got {
		t.Errorf("the project itself: got %v, %v", got, err)
	}
}

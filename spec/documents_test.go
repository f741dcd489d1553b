package spec_test

import (
	iofs "io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
)

// TestDocuments: every page of the specification says which version it is, and
// what changed between versions.
func TestDocuments(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil || len(pages) < 5 {
		t.Fatal(pages, err)
	}
	version := regexp.MustCompile(`(?m)^Version (\d+)\.|^Version .*\*\*(\d+)\*\*`)
	for _, name := range pages {
		if name == "README.md" {
			continue // the list of the others
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m := version.FindStringSubmatch(string(b))
		if m == nil {
			t.Errorf("%s does not say which version it is", name)
			continue
		}
		_, changes, ok := strings.Cut(string(b), "\n## Changes\n")
		if latest := "\n- " + m[1] + m[2] + ": "; !ok || !strings.Contains(changes, latest) {
			t.Errorf("%s has no section Changes with %q", name, strings.TrimSpace(latest))
		}
	}
}

// owed are codes that nothing tests yet. The list only gets shorter.
var owed = []string{"E-value"}

// TestCodes_tested: every code of a diagnostic stands in a test or in a case.
func TestCodes_tested(t *testing.T) {
	tested := map[string]bool{}
	form := regexp.MustCompile(`\b[EW](?:-[a-z0-9]+)+`)
	err := iofs.WalkDir(os.DirFS(".."), ".", func(name string, e iofs.DirEntry, err error) error {
		if err != nil || e.IsDir() && name != "." && strings.HasPrefix(e.Name(), ".") {
			return firstOf(err, iofs.SkipDir)
		}
		if e.IsDir() || name == "spec/documents_test.go" || !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, ".txtar") {
			return nil
		}
		b, err := os.ReadFile(filepath.Join("..", name))
		for _, code := range form.FindAll(b, -1) {
			tested[string(code)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range owed {
		tested[code] = true
	}
	for _, c := range diag.Codes() {
		if !tested[c.Code] {
			t.Errorf("nothing tests %s", c.Code)
		}
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

package diag_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
)

// TestCodes_cases: every code is expected by a test somewhere: in Go, in a
// script of the command line, or in a case of the language.
func TestCodes_cases(t *testing.T) {
	code := regexp.MustCompile(`\b[EW](-[a-z0-9]+)+\b`)
	expected := map[string]bool{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
				return fs.SkipDir
			}
			return err
		}
		if !isTest(name) {
			return nil
		}
		b, err := os.ReadFile(name)
		for _, c := range code.FindAllString(string(b), -1) {
			expected[c] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range diag.Codes() {
		if !expected[c.Code] {
			t.Errorf("no test expects %s", c.Code)
		}
	}
}

// isTest reports whether a file holds tests or cases; those of this package
// make up diagnostics of their own.
func isTest(name string) bool {
	name = filepath.ToSlash(name)
	switch {
	case strings.HasPrefix(name, "../diag/"):
		return false
	case strings.HasSuffix(name, "_test.go"), strings.HasPrefix(name, "../spec/cases/"):
		return true
	}
	return strings.Contains(name, "/testdata/")
}

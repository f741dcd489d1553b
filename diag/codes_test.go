package diag_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
)

var update = flag.Bool("update", false, "write spec/diagnostics.md from the tables of codes")

const (
	specFile = "../spec/diagnostics.md"
	begin    = "<!-- codes: from here on written by go test ./diag -update -->\n"
)

// TestCodes_spec: every code is in spec/diagnostics.md with its summary and
// text, and that file describes no other.
func TestCodes_spec(t *testing.T) {
	got, err := os.ReadFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := bytes.Cut(got, []byte(begin))
	if !found {
		t.Fatalf("%s has no line %q", specFile, begin)
	}
	want := append(append(bytes.Clone(head), begin...), reference()...)
	if bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Fatalf("%s differs from the tables of codes; go test ./diag -update writes it", specFile)
	}
	if err := os.WriteFile(specFile, want, 0o666); err != nil {
		t.Fatal(err)
	}
}

func reference() string {
	var b strings.Builder
	for _, c := range diag.Codes() {
		fmt.Fprintf(&b, "\n## %s\n\n*%s.* %s\n", c.Code, c.Summary, c.Doc)
	}
	return b.String()
}

// TestCodes_tables: the codes of every file of codes are among those that there are.
func TestCodes_tables(t *testing.T) {
	files, err := filepath.Glob("codes_*.go")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\t\{"([EW]-[a-z0-9-]+)", `)
	for _, file := range files {
		if file == "codes_test.go" {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range row.FindAllSubmatch(b, -1) {
			if code := string(m[1]); diag.Summary(code) == "" {
				t.Errorf("%s: %s is in no table that diag.Codes has", file, code)
			}
		}
	}
}

// TestCodes_form: codes and summaries have the form that programs rely on.
func TestCodes_form(t *testing.T) {
	form := regexp.MustCompile(`^[EW](-[a-z0-9]+)+$`)
	prev := ""
	for _, c := range diag.Codes() {
		if !form.MatchString(c.Code) {
			t.Errorf("%q is not a code", c.Code)
		}
		if c.Code == prev {
			t.Errorf("%s is there twice", c.Code)
		}
		if c.Summary == "" || strings.HasSuffix(c.Summary, ".") || c.Summary[:1] != strings.ToLower(c.Summary[:1]) {
			t.Errorf("%s: the summary is a fragment in lower case without a full stop: %q", c.Code, c.Summary)
		}
		if !strings.HasSuffix(c.Doc, ".") {
			t.Errorf("%s: the text is made of sentences: %q", c.Code, c.Doc)
		}
		if diag.Summary(c.Code) != c.Summary {
			t.Errorf("%s: Summary gives %q", c.Code, diag.Summary(c.Code))
		}
		prev = c.Code
	}
}

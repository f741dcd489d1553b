package lang_test

import (
	"bytes"
	"flag"
	"fmt"
	iofs "io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
)

var update = flag.Bool("update", false, "write what the tests found into testdata")

// files is a project in memory.
type files map[string]string

func (f files) ReadFile(name string) ([]byte, error) {
	if s, ok := f[name]; ok {
		return []byte(s), nil
	}
	return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
}

func (f files) ReadDir(name string) ([]fs.Entry, error) {
	var out []fs.Entry
	for p := range f {
		if path.Dir(p) == name {
			out = append(out, fs.Entry{Name: path.Base(p)})
		}
	}
	if out == nil {
		return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
	}
	slices.SortFunc(out, func(a, b fs.Entry) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// functions are those that the cases may call.
var functions = lang.Functions{
	Names: map[string]bool{
		"grid": true, "concat": true, "pick": true, "where": true, "glob": true, "files": true,
		"override": true, "raw": true, "length": true, "format": true, "merge": true, "upper": true,
	},
	Instead: func(name string) string {
		if name == "try" {
			return "Mistakes are not values in this language: ask for what may be missing with a conditional or a default."
		}
		return ""
	},
}

func loadAndCheck(f files, dir string) (*lang.Pipeline, diag.List) {
	p, ds := lang.Load(f, dir)
	if !ds.HasErrors() {
		ds = append(ds, lang.Check(p, functions)...)
	}
	return p, ds
}

// TestCases runs testdata/*.txtar: every file of an archive is a file of the
// project, in the directory "." if there is none called dir. A line that a
// diagnostic is about says so with "# ERROR: code", "# ERROR+1: code" for the
// line after it, and so on. A file want.txt holds the text that people see.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { runCase(t, name) })
	}
}

func runCase(t *testing.T, name string) {
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	project := files{}
	var want []string
	text := -1
	for i, f := range ar.Files {
		if f.Name == "want.txt" {
			text = i
			continue
		}
		project[f.Name] = string(f.Data)
		want = append(want, markers(f.Name, string(f.Data))...)
	}
	p, ds := loadAndCheck(project, ".")
	ds = ds.Sorted()
	got := []string{}
	for _, d := range ds {
		got = append(got, fmt.Sprintf("%s:%d %s", d.Span.File, d.Span.Start.Line, d.Code))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s\n%s", diff, render(ds, p))
	}
	if text < 0 {
		return
	}
	if *update {
		ar.Files[text].Data = []byte(render(ds, p))
		if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(ar.Files[text].Data), render(ds, p)); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

var marker = regexp.MustCompile(`(?:#|//) (?:ERROR|WARNING)([+-]\d+)?: ([EW]-[a-z-]+(?: [EW]-[a-z-]+)*)`)

func markers(file, text string) []string {
	var out []string
	for i, line := range strings.Split(text, "\n") {
		for _, m := range marker.FindAllStringSubmatch(line, -1) {
			off, _ := strconv.Atoi(m[1])
			for code := range strings.FieldsSeq(m[2]) {
				out = append(out, fmt.Sprintf("%s:%d %s", file, i+1+off, code))
			}
		}
	}
	return out
}

func render(ds diag.List, src diag.Sources) string {
	var b bytes.Buffer
	if err := diag.Text(&b, ds, src, diag.TextOptions{}); err != nil {
		panic(err)
	}
	return b.String()
}

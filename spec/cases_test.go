package spec_test

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what is generated: want.graph in cases, functions.md, the tables in language.md, what console blocks show")

// conformance is one case; cases/README.md says how they are written.
type conformance struct {
	title   string
	options string
	files   map[string]string
	want    int // index of want.graph in the archive; -1: there is none
}

// readCases returns the cases of an archive.
func readCases(ar *txtar.Archive) []conformance {
	var out []conformance
	c := conformance{title: "first", options: string(ar.Comment), files: map[string]string{}, want: -1}
	flush := func() {
		if len(c.files) > 0 {
			out = append(out, c)
		}
	}
	for i, f := range ar.Files {
		if title, ok := strings.CutPrefix(f.Name, "--- "); ok {
			flush()
			c = conformance{title: title, options: string(f.Data), files: map[string]string{}, want: -1}
			continue
		}
		if f.Name == "want.graph" {
			c.want = i
			continue
		}
		c.files[f.Name] = string(f.Data)
	}
	flush()
	return out
}

// TestCases: evaluation does what the cases say, message by message and line by
// line of the graph.
func TestCases(t *testing.T) {
	names := caseFiles(t)
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range readCases(ar) {
			t.Run(path.Base(name)+"/"+c.title, func(t *testing.T) { runCase(t, name, ar, c) })
		}
		if *update {
			if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func caseFiles(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("cases/*/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	return names
}

func runCase(t *testing.T, name string, ar *txtar.Archive, c conformance) {
	g, src, ds := evaluate(request(project(t, c.files), c.options))
	got := map[string]string{}
	for _, d := range ds {
		at := fmt.Sprintf("%s:%d", d.Span.File, d.Span.Start.Line)
		got[at] = addCode(got[at], d.Code)
		if d.Detail == "" {
			t.Errorf("%s at %s says nothing", d.Code, at)
		}
	}
	want := markers(c.files)
	for line := range strings.Lines(c.options) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "want "); ok {
			code, file, _ := strings.Cut(rest, " ")
			want[file+":0"] = addCode(want[file+":0"], code)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes by line (-want +got):\n%s\n%s", diff, render(ds, src))
	}
	if c.want < 0 || g == nil {
		return
	}
	dump := graph.Dump(g)
	if *update {
		ar.Files[c.want].Data = []byte(dump)
		return
	}
	if diff := cmp.Diff(strings.Split(string(ar.Files[c.want].Data), "\n"), strings.Split(dump, "\n")); diff != "" {
		t.Errorf("%s: graph (-want +got):\n%s", name, diff)
	}
}

var marker = regexp.MustCompile(`# (?:ERROR|WARNING): (\S+(?: \S+)*)$`)

// markers returns the codes that the files want, by file and line.
func markers(files map[string]string) map[string]string {
	want := map[string]string{}
	for name, text := range files {
		for i, line := range strings.Split(text, "\n") {
			if m := marker.FindStringSubmatch(line); m != nil {
				at := fmt.Sprintf("%s:%d", name, i+1)
				for _, code := range strings.Fields(m[1]) {
					want[at] = addCode(want[at], code)
				}
			}
		}
	}
	return want
}

// addCode adds a code to a sorted list in words.
func addCode(list, code string) string {
	words := append(strings.Fields(list), code)
	sort.Strings(words)
	return strings.Join(words, " ")
}

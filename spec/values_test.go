package spec_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
)

// rows returns the cells, without backquotes, of the table in values.md that has
// this header.
func rows(t *testing.T, header string) [][2]string {
	t.Helper()
	b, err := os.ReadFile("values.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(b), header+"\n|---|---|\n")
	if !ok {
		t.Fatalf("there is no table %s", header)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	var out [][2]string
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "| "), " | ")
		out = append(out, [2]string{strings.Trim(cells[0], "`"), strings.Trim(cells[1], "`")})
	}
	return out
}

func TestValues_numbers(t *testing.T) {
	for _, row := range rows(t, "| expression | text |") {
		x := only(t, fmt.Sprintf("stage \"a\" {\n  command = [\"x\", %s]\n}\n", row[0]), "")
		if x.Args[1] != row[1] {
			t.Errorf("%s is %s, not %s", row[0], x.Args[1], row[1])
		}
	}
}

func TestValues_respelled(t *testing.T) {
	const pipeline = `param "p" {
  type = any
  file = "params.yaml"
}
stage "a" {
  params  = [param.p]
  command = ["x"]
}`
	for _, row := range rows(t, "| source | written |") {
		x := only(t, pipeline, "p: "+row[0]+"\n")
		if got := string(x.Inputs[0].Bytes); got != "p: "+row[1]+"\n" {
			t.Errorf("%s is written %q, not %s", row[0], got, row[1])
		}
	}
}

// only returns the one instance of a pipeline.
func only(t *testing.T, pipeline, params string) *graph.Instance {
	t.Helper()
	g, src, ds := evaluate(request(project(t, map[string]string{"pipeline.hcl": pipeline, "params.yaml": params}), ""))
	if g == nil || len(g.Instances) != 1 {
		t.Fatalf("%s\n%s", pipeline, render(ds, src))
	}
	return &g.Instances[0]
}

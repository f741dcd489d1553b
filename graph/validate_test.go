package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
)

// sketch makes a graph from lines "stage[@point]: words", where a word is
// <path (a plain input), >path or >path/ (an output), =stage[@point] (an input
// from its first output), ~stage (order only).
func sketch(t *testing.T, lines ...string) *graph.Graph {
	t.Helper()
	g := &graph.Graph{Dir: "."}
	ids := map[string]graph.ID{}
	for i, line := range lines {
		ref, _, _ := strings.Cut(line, ":")
		stage, key, _ := strings.Cut(ref, "@")
		x := graph.Instance{Stage: stage, Key: key, WorkingDir: ".", Span: at(i + 1)}
		if n := len(g.Stages); n == 0 || g.Stages[n-1].Name != stage {
			g.Stages = append(g.Stages, graph.Stage{Name: stage, First: graph.ID(i), Template: key != ""})
		}
		st := &g.Stages[len(g.Stages)-1]
		st.N++
		if key != "" {
			st.Axes = nil
			for _, p := range strings.Split(key, ",") {
				name, value, _ := strings.Cut(p, "=")
				x.Point = append(x.Point, graph.Axis{Name: name, Value: value})
				st.Axes = append(st.Axes, name)
			}
		}
		ids[ref] = graph.ID(i)
		g.Instances = append(g.Instances, x)
	}
	for i, line := range lines {
		_, rest, _ := strings.Cut(line, ":")
		x := &g.Instances[i]
		for _, w := range strings.Fields(rest) {
			p := w[1:]
			switch w[0] {
			case '<':
				x.Inputs = append(x.Inputs, graph.Input{Label: "inputs." + p, At: p, Path: p, Kind: graph.Workspace, Span: at(i + 1)})
			case '>':
				dir := strings.HasSuffix(p, "/")
				p = strings.TrimSuffix(p, "/")
				x.Outputs = append(x.Outputs, graph.Output{Group: graph.Outputs, Name: "o", Path: p, At: p, Dir: dir, Span: at(i + 1)})
			case '=':
				x.Inputs = append(x.Inputs, graph.Input{Label: "inputs." + p, At: "in/" + p, Kind: graph.Artifact, From: ids[p], Span: at(i + 1)})
			case '~':
				x.After = append(x.After, ids[p])
			}
		}
	}
	return g
}

func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  []string // codes, each followed by what its detail must hold
	}{
		"sound":              {[]string{"a: <src/a.py >build/a/", "b: =a <src/b.py >build/b"}, nil},
		"two stages":         {[]string{"a: >o", "b: >o"}, []string{`E-output-collision outputs.o of a and outputs.o of b are both "o"`}},
		"one stage":          {[]string{"a: >o >o"}, []string{"E-output-collision Each output needs a path of its own"}},
		"points":             {[]string{"a@x=1: >o", "a@x=2: >o", "a@x=3: >o"}, []string{"E-output-collision Put ${each.key} into the path"}},
		"nested":             {[]string{"a: >d/", "b: >d/x"}, []string{`E-output-nested outputs.o of b, "d/x", lies inside outputs.o of a, "d"`}},
		"nested behind":      {[]string{"a: >d/", "b: >d-x", "c: >d/y/z"}, []string{"E-output-nested of c"}},
		"not nested":         {[]string{"a: >d/", "b: >d-x", "c: >dd"}, nil},
		"case":               {[]string{"a: >O", "b: >o"}, []string{"W-output-case macOS"}},
		"plain path":         {[]string{"a: >o", "b: <o"}, []string{"E-input-is-output Write stage.a.outputs.o instead"}},
		"plain path inside":  {[]string{"a: >d/", "b: <d/x/y"}, []string{`E-input-is-output Write "${stage.a.outputs.o}/x/y" instead`}},
		"plain path around":  {[]string{"a: >d/o", "b: <d"}, []string{"E-input-is-output contains"}},
		"plain path of many": {[]string{"a@x=1: >o1", "b: <o1"}, []string{"E-input-is-output Write stage.a[*].outputs.o instead"}},
		"its own output":     {[]string{"a: <o >o"}, []string{"E-input-is-output persist = true"}},
		"not a prefix":       {[]string{"a: >d/", "b: <d-x <dd"}, nil},
		"output in an input": {[]string{"a: <src >src/o"}, []string{"E-input-is-output the same stage"}},
		"pipeline.hcl":       {[]string{"a: >pipeline.hcl"}, []string{"E-output-reserved part of the pipeline"}},
		"another hcl file":   {[]string{"a: >more.pipeline.hcl", "b: >x/pipeline.hcl"}, []string{"E-output-reserved part of the pipeline"}},
		"the lock":           {[]string{"a: >pipeline.lock"}, []string{"E-output-reserved the lock"}},
		"params":             {[]string{"a: >params.yaml"}, []string{"E-output-reserved params are read from"}},
		"git":                {[]string{"a: >.git/hooks/x"}, []string{"E-output-reserved git"}},
		"cycle":              {[]string{"a: =c >a", "b: =a >b", "c: =b >c"}, []string{"E-cycle a waits for c waits for b waits for a"}},
		"cycle of points":    {[]string{"a@x=1: =b@x=1 >a1", "a@x=2: =b@x=2 >a2", "b@x=1: =a@x=1 >b1", "b@x=2: =a@x=2 >b2"}, []string{"E-cycle a@x=1 waits for b@x=1 waits for a@x=1"}},
		"cycle of order":     {[]string{"a: ~a"}, []string{"E-cycle a waits for a"}},
		"two cycles":         {[]string{"a: =b >a", "b: =a >b", "c: =d >c", "d: =c >d", "e: =a =c"}, []string{"E-cycle a waits", "E-cycle c waits"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := sketch(t, c.lines...)
			g.Params = []graph.Param{{Name: "p", File: "params.yaml"}}
			list := graph.Validate(g)
			if len(list) != len(c.want) {
				t.Fatalf("%d messages, want %d: %+v", len(list), len(c.want), list)
			}
			for i, d := range list {
				code, detail, _ := strings.Cut(c.want[i], " ")
				if d.Code != code || !strings.Contains(d.Detail, detail) {
					t.Errorf("got %s: %s\nwant %s: %s", d.Code, d.Detail, code, detail)
				}
				if d.Span.IsZero() || diag.Summary(d.Code) == "" {
					t.Errorf("%s has no span or no summary", d.Code)
				}
			}
		})
	}
}

func TestValidateComparesPlacesInTheInputRoot(t *testing.T) {
	for name, c := range map[string]struct{ in, out, want string }{
		"inside":  {"lib", "lib/o", "E-output-in-input"},
		"at":      {"lib", "lib", "E-output-is-input"},
		"around":  {"o/lib", "o", "E-input-in-output"},
		"beside":  {"lib", "lib-o", ""},
		"beside2": {"lib/a", "lib/b", ""},
	} {
		g := sketch(t, "a: =b >elsewhere", "b: >b")
		g.Instances[0].Inputs[0].At = c.in
		g.Instances[0].Outputs[0].At = c.out
		got := ""
		for _, d := range graph.Validate(g) {
			got += d.Code
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestValidateNamesThePoints(t *testing.T) {
	list := graph.Validate(sketch(t, "a@x=1: >o", "a@x=2: >o", "a@x=3: >o"))
	if !slices.Equal(list[0].Instances, []string{"x=2", "x=3"}) || list[0].Subject != `stage "a"` {
		t.Errorf("%+v", list[0])
	}
}

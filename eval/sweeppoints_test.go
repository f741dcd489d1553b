package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// axis is one of n values: 0, 1, ….
func axis(name string, n int) eval.Axis {
	a := eval.Axis{Name: name, Span: diag.Span{File: "<-p " + name + ">"}}
	for i := range n {
		a.Values = append(a.Values, fmt.Sprint(i))
	}
	return a
}

// pointTexts writes each point as its values with dots between them.
func pointTexts(points [][]param.Setting) string {
	var out []string
	for _, p := range points {
		var words []string
		for _, s := range p {
			words = append(words, s.Text)
		}
		out = append(out, strings.Join(words, "."))
	}
	return strings.Join(out, " ")
}

func TestPoints(t *testing.T) {
	ab := []eval.Axis{axis("a", 2), axis("b", 3)}
	for name, c := range map[string]struct {
		s    eval.Sweep
		want string
	}{
		"none":                    {eval.Sweep{}, ""},
		"product":                 {eval.Sweep{Axes: ab}, "0.0 0.1 0.2 1.0 1.1 1.2"},
		"budget":                  {eval.Sweep{Axes: ab, Budget: 2}, "1.1 0.0"},
		"a larger budget":         {eval.Sweep{Axes: ab, Budget: 4}, "1.1 0.0 0.2 0.1"},
		"a budget for all":        {eval.Sweep{Axes: ab, Budget: 6}, "0.0 0.1 0.2 1.0 1.1 1.2"},
		"random":                  {eval.Sweep{Axes: ab, Random: true}, "1.1 0.0 0.2 0.1 1.0 1.2"},
		"another seed":            {eval.Sweep{Axes: ab, Random: true, Seed: "7"}, "1.0 0.2 0.0 1.1 0.1 1.2"},
		"lockstep":                {eval.Sweep{Axes: []eval.Axis{axis("a", 2), axis("b", 1), axis("c", 2)}, Zip: true}, "0.0.0 1.0.1"},
		"lockstep of single ones": {eval.Sweep{Axes: []eval.Axis{axis("a", 1), axis("b", 1)}, Zip: true}, "0.0"},
		"random lockstep":         {eval.Sweep{Axes: []eval.Axis{axis("a", 4), axis("b", 4)}, Zip: true, Random: true, Budget: 2}, "0.0 1.1"},
	} {
		points, ds := eval.Points(c.s)
		if got := pointTexts(points); got != c.want || len(ds) > 0 {
			t.Errorf("%s: %s, want %s %v", name, got, c.want, ds)
		}
	}
}

func TestPointsMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		s          eval.Sweep
		code, want string
	}{
		"lockstep": {eval.Sweep{Zip: true, Axes: []eval.Axis{axis("a", 2), axis("b", 3)}}, "E-sweep-zip", "param.a has 2, param.b has 3"},
		"too many": {eval.Sweep{Axes: []eval.Axis{axis("a", 2000), axis("one", 1), axis("b", 501)}}, "E-sweep-many", "There are 1002000 points: param.a has 2000, param.b has 501."},
		"too many by far": {eval.Sweep{Random: true, Axes: []eval.Axis{axis("a", 100000), axis("b", 100000), axis("c", 100000), axis("d", 100000)}},
			"E-sweep-many", "more than 2⁶² points"},
		"an empty axis": {eval.Sweep{Axes: []eval.Axis{axis("a", 0)}}, "E-sweep-empty", "param.a"},
	} {
		points, ds := eval.Points(c.s)
		if len(ds) != 1 || ds[0].Code != c.code || !strings.Contains(ds[0].Detail, c.want) || points != nil {
			t.Errorf("%s: %v", name, ds)
		}
	}
}

// TestPointsHuge: a sample of a product that could never be listed is drawn at once.
func TestPointsHuge(t *testing.T) {
	var nine []eval.Axis
	for i := range 9 {
		nine = append(nine, axis(fmt.Sprint(i), 1000))
	}
	for _, axes := range [][]eval.Axis{nine[:4], nine} { // 10^12, 10^27
		s := eval.Sweep{Axes: axes, Budget: 20}
		a, ds := eval.Points(s)
		if len(a) != 20 || len(ds) > 0 {
			t.Fatal(len(a), ds)
		}
		s.Budget = 30
		b, _ := eval.Points(s)
		if diff := cmp.Diff(a, b[:20]); diff != "" {
			t.Error("a larger budget begins differently", diff)
		}
	}
}

// TestPointsDrawn: a sample is of different points of the product, and is what
// sample() draws of the list of all.
func TestPointsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := eval.Sweep{Seed: rapid.StringMatching(`[0-9a-z]{1,4}`).Draw(t, "seed")}
		for i := range rapid.IntRange(1, 3).Draw(t, "axes") {
			s.Axes = append(s.Axes, axis(fmt.Sprint(i), rapid.IntRange(1, 5).Draw(t, "values")))
		}
		all, _ := eval.Points(s)
		s.Random, s.Budget = true, rapid.IntRange(1, 130).Draw(t, "budget")
		drawn, ds := eval.Points(s)
		if want := min(s.Budget, len(all)); len(drawn) != want || len(ds) > 0 {
			t.Fatalf("%d points, want %d %v", len(drawn), want, ds)
		}
		texts := strings.Fields(pointTexts(all))
		quoted := "\"" + strings.Join(texts, "\", \"") + "\""
		f := files{"pipeline.hcl": fmt.Sprintf("stage \"a\" {\n  command = concat([\"x\"], sample([%s], %d, %q))\n}\n", quoted, len(drawn), s.Seed)}
		res, ds := eval.Evaluate(eval.Request{Read: f})
		if len(ds) > 0 {
			t.Fatal(render(ds, res.Sources))
		}
		if diff := cmp.Diff(strings.Join(res.Graph.Instances[0].Args[1:], " "), pointTexts(drawn)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// literal draws a type, and values of it as the language writes them.
func literal(t *rapid.T, depth int) (ty string, value func() string) {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth == 0 {
		kind %= 5
	}
	text := func() string {
		s := rapid.SampledFrom([]string{"", "a", "a,b", "null", "true", "1.50", "[x]", "{", "$${x}", "%%{", `\"q\"`, "é", `\\`, ` `, `\n`, "-", "logspace(1,2,3)"}).Draw(t, "text")
		return `"` + s + `"`
	}
	number := func() string {
		return rapid.SampledFrom([]string{"0", "-1", "1.50", "1e-7", "-2.5e+30", "123456789012345678901", "1/3"}).Draw(t, "number")
	}
	list := func(elem func() string) func() string {
		return func() string {
			var out []string
			for range rapid.IntRange(0, 3).Draw(t, "length") {
				out = append(out, elem())
			}
			return "[" + strings.Join(out, ", ") + "]"
		}
	}
	switch kind {
	case 0:
		return "string", text
	case 1:
		return "number", number
	case 2:
		return "int", func() string { return fmt.Sprint(rapid.IntRange(-3, 3).Draw(t, "int")) }
	case 3:
		return "bool", func() string { return fmt.Sprint(rapid.Bool().Draw(t, "bool")) }
	case 4:
		return "any", func() string {
			if rapid.Bool().Draw(t, "which") {
				return text()
			}
			return number()
		}
	case 5:
		ty, elem := literal(t, depth-1)
		return "list(" + ty + ")", list(elem)
	case 6:
		ty, elem := literal(t, 0)
		if ty == "any" {
			ty, elem = "string", text
		}
		return "set(" + ty + ")", list(elem)
	case 7:
		ty, elem := literal(t, depth-1)
		return "map(" + ty + ")", func() string { return fmt.Sprintf("{ a = %s, \"b c\" = %s }", elem(), elem()) }
	case 8:
		ty, elem := literal(t, depth-1)
		return "object({ a = " + ty + ", b = optional(int, 3) })", func() string { return "{ a = " + elem() + " }" }
	default:
		ty, elem := literal(t, depth-1)
		return "tuple([string, " + ty + "])", func() string { return "[" + text() + ", " + elem() + "]" }
	}
}

// TestSweepReadsBack: the text of a value in an experiment is, given to -p, that value.
func TestSweepReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ty, draw := literal(t, 2)
		value := draw()
		declared := fmt.Sprintf("param \"p\" {\n  type = %s\n", ty)
		stage := "stage \"a\" {\n  command = [\"a\"]\n}\n"
		leaves := func(more string, set []param.Setting) string {
			res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": declared + more + "}\n" + stage}, Set: set})
			if ds.HasErrors() {
				t.Fatalf("%s", render(ds, res.Sources))
			}
			var b strings.Builder
			for _, l := range res.Graph.Params[0].Leaves {
				fmt.Fprintln(&b, l.Name, l.Value)
			}
			return b.String()
		}
		block := fmt.Sprintf("}\nexperiment \"e\" {\n  params = { p = [[%s]][0] }\n}\n", value) // an index: nothing is nested
		s, src, ds := eval.ReadSweep(eval.Request{Read: files{"pipeline.hcl": declared + block + stage}}, "e", nil)
		if ds.HasErrors() {
			t.Fatalf("%s", render(ds, src))
		}
		points, _ := eval.Points(s)
		if diff := cmp.Diff(leaves("  default = "+value+"\n", nil), leaves("", points[0])); diff != "" || len(points) != 1 {
			t.Fatalf("%s is tried as %q\n%s", value, points, diff)
		}
	})
}

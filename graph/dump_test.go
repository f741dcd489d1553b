package graph_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
)

func TestDumpReadsLikeAPipeline(t *testing.T) {
	g := &graph.Graph{
		Dir: ".",
		Stages: []graph.Stage{
			{Name: "prepare", N: 1},
			{Name: "train", Template: true, Axes: []string{"C"}, First: 1, N: 1},
		},
		Instances: []graph.Instance{
			{Stage: "prepare", Outputs: []graph.Output{{Group: graph.Outputs, Name: "data", Path: "build/data", At: "build/data", Dir: true}}, Args: []string{"sh", "-c", "a b"}, WorkingDir: ".", Cache: true, Isolation: graph.IsolationProject},
			{Stage: "train", Point: []graph.Axis{{Name: "C", Value: "0.1"}}, Key: "C=0.1", WorkingDir: ".", Cache: true, Timeout: time.Second,
				Inputs: []graph.Input{
					{Label: "inputs.data", At: "build/data", Kind: graph.Artifact},
					{Label: "inputs.script", At: "src/train.py", Path: "src/train.py"},
				}},
		},
	}
	want := `graph .
stage prepare
  instance prepare isolation=project cache
    output outputs.data build/data/
    args=["sh" "-c" "a b"] in=.
stage train template axes=["C"]
  instance train@C=0.1 timeout=1000000000 cache
    axis C "0.1"
    input inputs.data at=build/data artifact prepare outputs.data
    input inputs.script workspace src/train.py
    in=.
`
	if diff := cmp.Diff(want, graph.Dump(g)); diff != "" {
		t.Error(diff)
	}
}

// TestDumpHidesNothing changes every field of a graph, one at a time, and
// wants the text to change.
func TestDumpHidesNothing(t *testing.T) {
	changed := 0
	eachField(fullGraph, func(path string, change func(*graph.Graph)) {
		if strings.Contains(path, ".Secrets[") && strings.HasSuffix(path, ".Value") {
			return // nobody may see it
		}
		g := fullGraph()
		change(g)
		changed++
		if graph.Dump(g) == graph.Dump(fullGraph()) {
			t.Errorf("%s: changes the graph, not its dump", path)
		}
	})
	if changed < 70 {
		t.Errorf("only %d fields were changed", changed)
	}
}

// fullGraph has a value other than zero in nearly every field.
func fullGraph() *graph.Graph {
	g := &graph.Graph{}
	fill(reflect.ValueOf(g).Elem())
	in := g.Instances[0].Inputs[0]
	in.Kind = graph.Workspace
	artifact, literal := in, in
	artifact.Kind, artifact.From, artifact.Output = graph.Artifact, 0, 0
	literal.Kind = graph.Literal
	g.Instances[0].Inputs = []graph.Input{in, artifact, literal}
	g.Instances[0].Outputs = append(g.Instances[0].Outputs, g.Instances[0].Outputs[0])
	g.Instances[0].Outputs[1].Name = "second"
	g.Instances = append(g.Instances, g.Instances[0])
	g.Instances[1].Stage = "other"
	g.Instances[0].After = []graph.ID{1}
	g.Stages[0].First, g.Stages[0].N = 0, 1
	return g
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.String:
		v.SetString("a b")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8:
		v.SetUint('x')
	}
}

// eachField calls f once for each field that Dump must show, with a function that changes it.
func eachField(base func() *graph.Graph, f func(path string, change func(*graph.Graph))) {
	var walk func(path string, typ reflect.Type, get func(*graph.Graph) reflect.Value)
	walk = func(path string, typ reflect.Type, get func(*graph.Graph) reflect.Value) {
		switch {
		case typ == reflect.TypeFor[diag.Span]():
		case typ.Kind() == reflect.Struct:
			for i := range typ.NumField() {
				if skipped(path, typ.Field(i).Name) {
					continue
				}
				walk(path+"."+typ.Field(i).Name, typ.Field(i).Type, func(g *graph.Graph) reflect.Value { return get(g).Field(i) })
			}
		case typ.Kind() == reflect.Pointer:
			walk(path, typ.Elem(), func(g *graph.Graph) reflect.Value { return get(g).Elem() })
		case typ.Kind() == reflect.Slice:
			for i := range get(base()).Len() {
				if path == ".Instances" && i == 1 {
					continue
				}
				walk(path+"["+string(rune('0'+i))+"]", typ.Elem(), func(g *graph.Graph) reflect.Value { return get(g).Index(i) })
			}
		default:
			f(path, func(g *graph.Graph) { alter(get(g)) })
		}
	}
	walk("", reflect.TypeFor[graph.Graph](), func(g *graph.Graph) reflect.Value { return reflect.ValueOf(g).Elem() })
}

// skipped names the fields that have no meaning where they stand.
func skipped(path, field string) bool {
	const inputs = ".Instances[0].Inputs"
	switch field {
	case "First", "N", "Kind":
		return path != ".Toolchains[0]"
	case "Path", "Data", "Reference":
		return path == inputs+"[1]" || path == inputs+"[2]"
	case "From", "Output", "Sub":
		return path == inputs+"[0]" || path == inputs+"[2]"
	case "Bytes", "Exec":
		return path == inputs+"[0]" || path == inputs+"[1]"
	}
	return false
}

func alter(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("other")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1 - min(v.Int(), 1))
	case reflect.Uint8:
		v.SetUint('y')
	}
}

package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
)

func TestCodecKeepsEverything(t *testing.T) {
	for name, g := range map[string]*graph.Graph{"full": fullGraph(), "empty": {}, "grid": gridGraph(50)} {
		if name == "full" { // make its IDs lead somewhere
			g.Stages = append(g.Stages[:1], g.Stages[0])
			g.Stages[1].First, g.Stages[1].N = 1, 1
			for i := range g.Instances {
				for j := range g.Instances[i].Inputs {
					g.Instances[i].Inputs[j].From, g.Instances[i].Inputs[j].Output = 0, 1
				}
				g.Instances[i].After = []graph.ID{1}
				for j := range g.Instances[i].Secrets {
					g.Instances[i].Secrets[j].Value = "" // it is not written
				}
			}
		}
		back, err := graph.Decode(graph.Encode(g))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(g, back); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := graph.Encode(gridGraph(3))
	for name, b := range map[string][]byte{
		"nothing":         nil,
		"another version": []byte("dewar graph 0\n"),
		"cut":             good[:len(good)-1],
		"more":            append(append([]byte{}, good...), 0),
	} {
		if _, err := graph.Decode(b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	g := gridGraph(3)
	g.Instances[2].Inputs[0].From = 99
	if _, err := graph.Decode(graph.Encode(g)); err == nil {
		t.Error("an input from nowhere: no error")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(graph.Encode(gridGraph(3)))
	f.Add(graph.Encode(&graph.Graph{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := graph.Decode(b)
		if err != nil {
			return
		}
		again, err := graph.Decode(graph.Encode(g))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g, again); diff != "" {
			t.Fatal(diff)
		}
		graph.Dump(g)
		graph.Validate(g)
	})
}

// gridGraph is prepare -> train (n points) -> evaluate (n points).
func gridGraph(n int) *graph.Graph {
	g := &graph.Graph{Dir: "."}
	base := graph.Instance{WorkingDir: ".", Isolation: graph.IsolationProject, Cache: true, Toolchains: []string{"python"}, Span: at(3)}
	prepare := base
	prepare.Stage = "prepare"
	prepare.Args = []string{"python3", "src/prepare.py", "build/data"}
	prepare.Inputs = []graph.Input{{Label: "inputs.script", At: "src/prepare.py", Path: "src/prepare.py", Span: at(4)}}
	prepare.Outputs = []graph.Output{{Group: graph.Outputs, Name: "data", Path: "build/data", At: "build/data", Dir: true, Span: at(5)}}
	g.Instances = append(g.Instances, prepare)
	for i := range n {
		x := base
		x.Stage, x.Key = "train", fmt.Sprintf("C=%d,solver=lbfgs", i)
		x.Point = []graph.Axis{{Name: "C", Value: fmt.Sprint(i)}, {Name: "solver", Value: "lbfgs"}}
		model := "build/models/" + x.Key + ".joblib"
		x.Args = []string{"python3", "src/train.py", "--C", fmt.Sprint(i), "--solver", "lbfgs", "build/data", model}
		x.Display = strings.Join(x.Args, " ")
		x.Inputs = []graph.Input{
			{Label: "inputs.data", At: "build/data", Kind: graph.Artifact, Span: at(9)},
			{Label: "inputs.script", At: "src/train.py", Path: "src/train.py", Span: at(8)},
		}
		x.Inputs[1].Kind = graph.Workspace
		x.Outputs = []graph.Output{{Group: graph.Outputs, Name: "model", Path: model, At: model, Span: at(10)}}
		x.Uses = []graph.Use{{Name: "each.C", Text: fmt.Sprint(i)}, {Name: "param.train.max_iter", Text: "100", Origin: "params.yaml:3"}}
		g.Instances = append(g.Instances, x)
	}
	for i := range n {
		x := base
		from := &g.Instances[1+i]
		x.Stage, x.Key, x.Point = "evaluate", from.Key, from.Point
		scores := "build/scores/" + x.Key + ".json"
		x.Args = []string{"python3", "src/evaluate.py", from.Outputs[0].Path, scores}
		x.Inputs = []graph.Input{
			{Label: "inputs.model", At: from.Outputs[0].Path, Kind: graph.Artifact, From: graph.ID(1 + i), Span: at(14)},
			{Label: "inputs.script", At: "src/evaluate.py", Path: "src/evaluate.py", Span: at(13)},
		}
		x.Outputs = []graph.Output{{Group: graph.Metrics, Name: "scores", Path: scores, At: scores, Span: at(15)}}
		g.Instances = append(g.Instances, x)
	}
	g.Stages = []graph.Stage{
		{Name: "prepare", N: 1, Span: at(2)},
		{Name: "train", Template: true, Axes: []string{"C", "solver"}, First: 1, N: graph.ID(n), Span: at(7)},
		{Name: "evaluate", Template: true, Axes: []string{"C", "solver"}, First: graph.ID(1 + n), N: graph.ID(n), Span: at(12)},
	}
	return g
}

// at is a span on a line of the pipeline.
func at(line int) diag.Span {
	p := diag.Pos{Line: line, Column: 3, Byte: line * 40}
	return diag.Span{File: "pipeline.hcl", Start: p, End: diag.Pos{Line: line, Column: 20, Byte: p.Byte + 17}}
}

func BenchmarkEncode10k(b *testing.B) {
	g := gridGraph(5000)
	b.ReportAllocs()
	for b.Loop() {
		graph.Encode(g)
	}
}

func BenchmarkDecode10k(b *testing.B) {
	enc := graph.Encode(gridGraph(5000))
	b.SetBytes(int64(len(enc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := graph.Decode(enc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate10k(b *testing.B) {
	g := gridGraph(5000)
	for b.Loop() {
		if l := graph.Validate(g); len(l) > 0 {
			b.Fatal(l)
		}
	}
}

func BenchmarkEdges10k(b *testing.B) {
	g := gridGraph(5000)
	for b.Loop() {
		g.Edges().Order()
	}
}

package eval_test

import (
	"path"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// action is what decides an action key, as far as evaluation knows it.
type action struct {
	Args       []string
	Env        []graph.Var
	WorkingDir string
	Inputs     map[string]string // by place: the file, or who makes it
	Outputs    []graph.Path
	Platform   []graph.Var
	Isolation  graph.Isolation
	Toolchains int
}

// actions returns those of all stages whose names begin with prefix, by the rest of their names.
func actions(g *graph.Graph, prefix string) map[string]action {
	out := map[string]action{}
	for i := range g.Instances {
		x := &g.Instances[i]
		name, ok := strings.CutPrefix(x.Ref(), prefix)
		if !ok {
			continue
		}
		a := action{Args: x.Args, Env: x.Env, WorkingDir: x.WorkingDir, Inputs: map[string]string{}, Platform: x.Platform, Isolation: x.Isolation, Toolchains: len(x.Toolchains)}
		for _, in := range x.Inputs {
			from := in.Path
			if in.Kind == graph.Artifact {
				y := &g.Instances[in.From]
				from = strings.TrimPrefix(y.Ref(), prefix) + " " + y.Outputs[in.Output].Name + " " + in.Sub
			}
			a.Inputs[in.At] = from + string(in.Bytes)
		}
		for _, o := range x.Outputs {
			a.Outputs = append(a.Outputs, graph.Path{At: o.At, Dir: o.Dir})
		}
		out[name] = a
	}
	return out
}

// TestModule_alone: a stage has the action that it has when its pipeline runs alone,
// wherever it is used, and what it makes lies where its user says.
func TestModule_alone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks := strings.Join(pipeline(t), "\n") + "\noutput \"o\" {\n  value = stage.s0[*]\n}\n"
		dir := rapid.SampledFrom([]string{"prep", "modules/prep", "a/b/c"}).Draw(t, "dir")
		f := files{path.Join(dir, "pipeline.hcl"): blocks}
		alone, ds := eval.Evaluate(eval.Request{Read: f, Dir: dir})
		if len(ds) > 0 {
			t.Fatalf("alone: %s", render(ds, alone.Sources))
		}
		user := rapid.SampledFrom([]string{".", "pipelines/x"}).Draw(t, "user")
		up := map[string]string{".": "", "pipelines/x": "../../"}[user]
		f[path.Join(user, "pipeline.hcl")] = "module \"m\" {\n  source = \"" + up + dir + "\"\n  path = \"work\"\n}\n"
		nested := rapid.Bool().Draw(t, "nested")
		prefix, place := "m/", path.Join(user, "work")
		if nested {
			f["outer/pipeline.hcl"] = "module \"m\" {\n  source = \"../" + dir + "\"\n  for_each = grid({ k = [1, 2] })\n}\n"
			f[path.Join(user, "pipeline.hcl")] = "module \"n\" {\n  source = \"" + up + "outer\"\n  path = \"work\"\n}\n"
			prefix, place = "n/m@k=2/", path.Join(user, "work/m/k=2")
		}
		used, ds := eval.Evaluate(eval.Request{Read: f, Dir: user})
		if len(ds) > 0 {
			t.Fatalf("used: %s", render(ds, used.Sources))
		}
		if diff := cmp.Diff(actions(alone.Graph, ""), actions(used.Graph, prefix)); diff != "" {
			t.Fatalf("actions (-alone +used):\n%s", diff)
		}
		for i := range used.Graph.Instances {
			x := &used.Graph.Instances[i]
			for _, o := range x.Outputs {
				sub, _ := strings.CutPrefix(o.At, dir+"/")
				if want := path.Join(place, sub); strings.HasPrefix(x.Stage, prefix) && o.Path != want {
					t.Fatalf("%s lies at %s, want %s", x.Ref(), o.Path, want)
				}
			}
		}
		if ds := graph.Validate(used.Graph); ds.HasErrors() {
			t.Fatalf("graph: %s", render(ds, used.Sources))
		}
	})
}

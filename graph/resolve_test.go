package graph_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

func TestResolve(t *testing.T) {
	s := trees{}
	src := s.dir("train.py=t", "lib/l.py=l")
	x := &graph.Instance{
		Stage: "train", WorkingDir: "src/run", Isolation: graph.IsolationProject, Network: true,
		Args: []string{"python3", "../train.py"},
		Env:  []graph.Var{{Name: "LANG", Value: "de_DE"}, {Name: "Z", Value: "1"}},
		Inputs: []graph.Input{
			{Label: "inputs.data", At: "data", Kind: graph.Workspace, Path: "data", Reference: true},
			{Label: "params", At: "params.yaml", Kind: graph.Literal, Bytes: []byte("C: 1\n")},
			{Label: "inputs.src", At: "src", Kind: graph.Workspace, Path: "src"},
		},
		Outputs: []graph.Output{
			{Name: "plots", At: "build/plots", Path: "elsewhere", Dir: true},
			{Name: "model", At: "build/m.bin", Path: "build/m.bin"},
		},
		Platform: []graph.Var{{Name: "gpu", Value: "yes"}},
		Timeout:  1, Retries: 2, Resources: []graph.Resource{{Name: "cpus", Amount: 4000}},
	}
	r := &graph.Resolver{
		Content: func(in *graph.Input) (digest.Content, error) {
			return map[string]digest.Content{"data": s.dir("d=1"), "src": src}[in.Path], nil
		},
		Host: func(in *graph.Input) string { return "/ws/" + in.Path },
		Salt: func(*graph.Instance) ([]graph.Field, error) {
			return []graph.Field{{Label: "toolchain python", Value: "3.12"}}, nil
		},
		Platform: []graph.Var{{Name: "ISA", Value: "x86-64"}, {Name: "OSFamily", Value: "linux"}},
		Env:      []graph.Var{{Name: "HOME", Value: "/tmp/home"}, {Name: "LANG", Value: "C.UTF-8"}},
		Dirs:     s.get,
	}
	a, made, err := r.Resolve(x)
	if err != nil {
		t.Fatal(err)
	}
	want := &graph.Action{
		Args:       x.Args,
		Env:        []graph.Var{{Name: "HOME", Value: "/tmp/home"}, {Name: "LANG", Value: "de_DE"}, {Name: "Z", Value: "1"}},
		Outputs:    []graph.Path{{At: "build/m.bin"}, {At: "build/plots", Dir: true}},
		WorkingDir: "src/run",
		Platform:   []graph.Var{{Name: "ISA", Value: "x86-64"}, {Name: "OSFamily", Value: "linux"}, {Name: "gpu", Value: "yes"}},
		Inputs: []graph.Leaf{
			{At: "data", Content: s.dir("d=1"), Host: "/ws/data"},
			{At: "params.yaml", Content: file("C: 1\n")},
			{At: "src", Content: s.dir("train.py=t", "lib/l.py=l", "run/")}, // the working directory is made in it
		},
		Salt:   []graph.Field{{Label: "isolation", Value: "project"}, {Label: "network", Value: "allowed"}, {Label: "toolchain python", Value: "3.12"}},
		Mkdirs: []string{"build", "build/plots"},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
	if len(made) != 1 {
		t.Errorf("%d new directories", len(made))
	}
	if _, err := a.Key(); err != nil {
		t.Error(err)
	}
}

func TestResolveOfAMissingInput(t *testing.T) {
	x := &graph.Instance{WorkingDir: ".", Inputs: []graph.Input{{Label: "inputs.a", At: "a", Path: "a"}}}
	r := &graph.Resolver{Content: func(*graph.Input) (digest.Content, error) { return digest.Content{}, nil }}
	_, _, err := r.Resolve(x)
	if m := (*graph.MissingError)(nil); !errors.As(err, &m) || m.Input != &x.Inputs[0] {
		t.Errorf("%v", err)
	}
}

// TestWhatIsNotInTheKey changes what must not matter.
func TestWhatIsNotInTheKey(t *testing.T) {
	r := &graph.Resolver{Env: graph.BaseEnv()}
	key := func(x graph.Instance) digest.Digest {
		a, _, err := r.Resolve(&x)
		if err != nil {
			t.Fatal(err)
		}
		e, err := a.Key()
		if err != nil {
			t.Fatal(err)
		}
		return e.Key
	}
	base := graph.Instance{Stage: "a", Args: []string{"true"}, Outputs: []graph.Output{{Path: "o", At: "o"}}}
	other := base
	other.Stage, other.Key, other.Timeout, other.Retries, other.Display = "b", "C=1", 5, 6, "d"
	other.Resources = []graph.Resource{{Name: "cpus", Amount: 1}}
	other.Labels, other.Always, other.Frozen = []string{"l"}, true, true
	other.Outputs = []graph.Output{{Path: "elsewhere", At: "o", Name: "n", NoCache: true}}
	other.Uses = []graph.Use{{Name: "param.p", Text: "1"}}
	if key(base) != key(other) {
		t.Error("the key depends on a name, a limit or a place of the workspace")
	}
}

package lang_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dewar-build/dewar/lang"
)

func TestAddStage(t *testing.T) {
	got, err := lang.AddStage([]byte("# mine\nstage \"a\" { command=[\"a\"] }"), lang.NewStage{
		Name:    "train",
		Inputs:  []lang.Entry{{Name: "script", Text: "src/train.py"}, {Name: "features", Expr: "stage.featurize.outputs.features"}},
		Outputs: []lang.Entry{{Name: "model", Text: "models/"}},
		Metrics: []lang.Entry{{Name: "a.b", Text: "m.json"}},
		Params:  []string{"param.train"},
		Command: []string{"python3", "src/train.py", "${HOME}", `a "b" \n`},
		More:    []lang.Entry{{Name: "timeout", Text: "2h"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `# mine
stage "a" { command=["a"] }

stage "train" {
  inputs  = { script = "src/train.py", features = stage.featurize.outputs.features }
  outputs = { model = "models/" }
  metrics = { "a.b" = "m.json" }
  params  = [param.train]
  timeout = "2h"
  command = ["python3", "src/train.py", "$${HOME}", "a \"b\" \\n"]
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, name := range []string{"a", "", "a b", "for"} {
		if _, err := lang.AddStage(got, lang.NewStage{Name: name, Command: []string{"x"}}); err == nil {
			t.Errorf("a stage called %q could be added", name)
		}
	}
}

// TestAddInputs adds the input new = "new.py", a second one that is there
// already, and the param param.base to the stage "a" of each source.
func TestAddInputs(t *testing.T) {
	entries := []lang.Entry{{Name: "script", Text: "new.py"}, {Name: "other", Text: "there.py"}}
	ar, err := txtar.ParseFile("testdata/edit/add_inputs.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(ar.Files); i += 2 {
		in, want := ar.Files[i], ar.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			got, err := lang.AddInputs(in.Data, "a", entries, []string{"param.base", "param.base"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want.Data), string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			again, err := lang.AddInputs(got, "a", entries, []string{"param.base"})
			if err != nil || strings.Contains(in.Name, "wrapped") {
				return
			}
			if diff := cmp.Diff(string(got), string(again)); diff != "" {
				t.Errorf("adding again changed it (%v):\n%s", err, diff)
			}
		})
	}
}

func TestAddInputs_refused(t *testing.T) {
	src := []byte("stage \"a\" {\n  params  = { \"x.yaml\" = [param.a] }\n  command = [\"a\"]\n}\n")
	if _, err := lang.AddInputs(src, "a", nil, []string{"param.base"}); err == nil {
		t.Error("params were added to one of several files")
	}
	if _, err := lang.AddInputs(src, "b", nil, nil); err == nil {
		t.Error("a stage that is not there was changed")
	}
}

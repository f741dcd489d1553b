package space_test

import (
	"path"
	"testing"

	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

func TestMakes(t *testing.T) {
	a := kept(commit("a"))
	for _, x := range []struct {
		from, path string
		want       bool
	}{
		{"top", "anywhere/o", true}, {"near", "near/o", true}, {"near", "near", false}, {"near", "o", false}, {"near", "nearer/o", false},
		{"git", a + "/g/o", true}, {"git", a + "/o", false}, {"git", "o", false}, {"inner", a + "/g/o", false},
	} {
		if got := project()[x.from].space.Makes(x.path); got != x.want {
			t.Errorf("%s makes %s: %v", x.from, x.path, got)
		}
	}
}

func TestMadeAt_table(t *testing.T) {
	a, b := kept(commit("a")), kept(commit("b"))
	for _, x := range []struct{ from, path, to, want string }{
		{"near", "near/o", "top", "near/o"},
		{"git", a + "/g/o", "top", "git/o"},
		{"git", a + "/g/o", "near", "git/o"},
		{"git", a + "/g/o", "inner", a + "/g/o"},
		{"git", a + "/g/o", "again", a + "/.caller/git/o"},
		{"git", a + "/g/o", "deep", b + "/.caller/g/o"},
		{"top", "o", "deep", b + "/.caller/.caller/o"},
		{"deep", b + "/d/o", "git", a + "/g/deep/n=1/o"},
		{"deep", b + "/d/o", "top", "git/deep/n=1/o"},
		{"deep", b + "/d/o", "again", a + "/.caller/git/deep/n=1/o"},
	} {
		p := project()
		if got := p[x.from].space.MadeAt(x.path, p[x.to].space); got != x.want {
			t.Errorf("%s of %s is seen from %s at %s, want %s", x.path, x.from, x.to, got, x.want)
		}
	}
}

// What a command sees is as if the pipeline ran alone; where its outputs are put is the workspace's.
func TestOutside(t *testing.T) {
	a := kept(commit("a"))
	at := func(dir string) graph.Instance {
		return graph.Instance{
			WorkingDir: path.Join(dir, "work"),
			Inputs:     []graph.Input{{At: dir + "/x", Path: "real"}},
			Outputs:    []graph.Output{{Path: dir + "/o", At: dir + "/at"}},
			Params:     []graph.Section{{Path: dir + "/params.json"}},
			Scratch:    []graph.Scratch{{Name: "s"}, {Name: "t", Path: dir + "/t"}},
		}
	}
	for from, x := range map[string]struct{ dir, seen, put string }{
		"top": {"a", "a", "a/o"}, "near": {"near", "near", "near/o"}, "git": {a + "/g", "g", "git/o"}, "inner": {a + "/g/inner", "g/inner", "git/part/o"},
	} {
		got, want := at(x.dir), at(x.seen)
		want.Outputs[0].Path = x.put
		own := got.Outputs
		project()[from].space.Outside(&got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", from, diff)
		}
		if own[0].Path != x.dir+"/o" {
			t.Errorf("%s: the pipeline's own output was moved", from)
		}
	}
}

func TestBring(t *testing.T) {
	p, b := project(), kept(commit("b"))
	deep, other := p["deep"].space, p["git"].kids["deep"][0].space
	if at := deep.Bring(b+"/d/x", false); at != "git/deep/n=1/x" {
		t.Errorf("at a point: %s", at)
	}
	if at := deep.Bring(b+"/d/y", true); at != "git/deep/y" {
		t.Errorf("for all points: %s", at)
	}
	for path, want := range map[string]string{b + "/d/x": "git/deep/n=1/x", b + "/d/y/z": "git/deep/y/z", b + "/d/z": b + "/d/z", b + "/.caller/x": kept(commit("a")) + "/x"} {
		if real := deep.Real(path); real != want {
			t.Errorf("%s is %s", path, real)
		}
	}
	if real := other.Real(b + "/d/x"); real != b+"/d/x" {
		t.Errorf("at another point it is %s", real)
	}
	at := kept(commit("a")) + "/g/inner/x"
	for _, x := range []struct{ of, git string }{{"inner", "git/part/x"}, {"git", "git/inner/x"}, {"inner", "git/inner/x"}} {
		p[x.of].space.Bring(at, false)
		if real := p["git"].space.Real(at); real != x.git { // its own counts, or else that of a part
			t.Errorf("what is brought for %s is %s to git, want %s", x.of, real, x.git)
		}
		if real := p["inner"].space.Real(at); real != "git/part/x" {
			t.Errorf("inner has %s", real)
		}
	}
}

func TestStrange(t *testing.T) {
	p, a := project(), kept(commit("a"))
	for _, x := range []struct {
		from, path string
		want       bool
	}{
		{"top", ".external", true}, {"top", ".external/b", true}, {"top", ".External/b", true}, {"top", ".externals/b", false}, {"top", "a/.external/b", false}, {"top", ".caller/b", false},
		{"git", a + "/.external/b", true}, {"git", a + "/.caller/b", true}, {"git", a + "/g/.caller/b", false}, {"git", ".external/b", false}, {"git", a, false},
	} {
		if got := p[x.from].space.Strange(x.path); got != x.want {
			t.Errorf("%s to %s: %v", x.path, x.from, got)
		}
	}
}

// No two of the names that data has have one directory.
func TestExternal(t *testing.T) {
	p, a := project(), kept(commit("a"))
	for _, x := range []struct {
		from, name string
		above      bool
		want       string
	}{
		{"top", "raw", false, ".external/raw/x.csv"}, {"top", "m/raw", false, ".external/data.m@@raw/x.csv"},
		{"git", "raw", false, a + "/.external/raw/x.csv"}, {"git", "raw", true, a + "/.external/data..raw/x.csv"},
		{"git", "m/raw", true, a + "/.external/data..m@@raw/x.csv"},
	} {
		if got := p[x.from].space.External(x.name, x.above, "x.csv"); got != x.want {
			t.Errorf("%s of %s is seen at %s, want %s", x.name, x.from, got, x.want)
		}
	}
	if got := space.ExternalPlace("m@k=1/raw", "x.csv"); got != ".external/data.m@k=1@@raw/x.csv" {
		t.Errorf("it lies at %s", got)
	}
}

func TestWritten(t *testing.T) {
	w := space.NewWritten([]string{".", "m"}, []string{"pipeline.hcl", "m/pipeline.hcl", "conf/b/params.yaml", "conf/a.yaml"})
	for p, want := range map[string]string{
		"o.txt": "", "m/o.txt": "", "conf/b/o": "", "x.pipeline.hclx": "", "other/x.pipeline.hcl": "", "other/pipeline.lock": "",
		"x.pipeline.hcl": "part of a pipeline", "m/x.pipeline.hcl": "part of a pipeline",
		"pipeline.lock": "the lock of a pipeline", "m/pipeline.lock": "the lock of a pipeline",
		"pipeline.hcl": "what a pipeline is read from", "conf/b/params.yaml": "what a pipeline is read from",
		"m":             "around m/pipeline.hcl, and an output is replaced as a whole",
		"conf":          "around conf/a.yaml, and an output is replaced as a whole",
		"conf/a.yaml/o": "inside conf/a.yaml, and that is a file",
	} {
		if got := w.At(p); got != want {
			t.Errorf("at %s: %q, want %q", p, got, want)
		}
	}
}

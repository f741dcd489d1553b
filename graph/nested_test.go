package graph_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

func TestStageOf(t *testing.T) {
	for ref, want := range map[string]string{
		"clean":                  "clean",
		"clean@C=1":              "clean",
		"prep/clean":             "prep/clean",
		"prep@lang=de/clean":     "prep@lang=de/clean",
		"prep@lang=de/clean@C=1": "prep@lang=de/clean",
		"a@x=1/b@y=2/c@z=3":      "a@x=1/b@y=2/c",
	} {
		if got := graph.StageOf(ref); got != want {
			t.Errorf("%s: got %q", ref, got)
		}
	}
}

// TestSelect_modules: a part of a selector without a point means all of them, and modules
// alone mean what is in them.
func TestSelect_modules(t *testing.T) {
	g := &graph.Graph{}
	add := func(stage string, points ...string) {
		st := graph.Stage{Name: stage, First: graph.ID(len(g.Instances)), N: graph.ID(max(1, len(points))), Template: len(points) > 0}
		if len(points) == 0 {
			points = []string{""}
		}
		for _, p := range points {
			x := graph.Instance{Stage: stage, Key: p}
			if name, value, ok := strings.Cut(p, "="); ok {
				x.Point = []graph.Axis{{Name: name, Value: value}}
			}
			g.Instances = append(g.Instances, x)
		}
		g.Stages = append(g.Stages, st)
	}
	add("all")
	add("prep@lang=de/clean", "C=1", "C=2")
	add("prep@lang=en/clean", "C=1", "C=2")
	add("prep@lang=en/in/clean")
	add("other/clean")
	add("many@n=1,path=a%2Fb/s")
	add("many@n=2,path=a%2Fb/s")
	for text, want := range map[string]string{
		"prep":                      "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 prep@lang=en/in/clean",
		"prep/":                     "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 prep@lang=en/in/clean",
		"prep@lang=en":              "prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 prep@lang=en/in/clean",
		"prep@lang=en/in":           "prep@lang=en/in/clean",
		"prep/in/clean":             "prep@lang=en/in/clean",
		"prep/clean":                "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2",
		"prep/clean@C=2":            "prep@lang=de/clean@C=2 prep@lang=en/clean@C=2",
		"prep@lang=de/clean@C=2":    "prep@lang=de/clean@C=2",
		"prep@lang=de/clean":        "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2",
		"*/clean":                   "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 other/clean",
		"all":                       "all",
		"*":                         "all",
		"prep[lang=de]":             "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2",
		"prep[lang=de]/":            "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2",
		"prep[lang=\"de\"]/":        "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2",
		"prep[lang=en]/in":          "prep@lang=en/in/clean",
		"prep[lang=en]/clean":       "prep@lang=en/clean@C=1 prep@lang=en/clean@C=2",
		"prep[lang=de]/clean[C=2]":  "prep@lang=de/clean@C=2",
		"prep[lang=de]/clean@C=2":   "prep@lang=de/clean@C=2",
		"prep@lang=de/clean[C=2]":   "prep@lang=de/clean@C=2",
		"prep/clean[C=2]":           "prep@lang=de/clean@C=2 prep@lang=en/clean@C=2",
		"*[lang=de]/cl*":            "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2",
		"many[n=2]/s":               "many@n=2,path=a%2Fb/s",
		"many[path=a/b]/s":          "many@n=1,path=a%2Fb/s many@n=2,path=a%2Fb/s",
		"many[path=\"a/b\", n=1.0]": "many@n=1,path=a%2Fb/s",
		"clean":                     "E-selector-unknown",
		"prep/clean/":               "E-selector-unknown",
		"prep@lang=fr":              "E-selector-unknown",
		"prep/clean@C=9":            "E-selector-unknown",
		"prep[lang=fr]/clean":       "E-selector-unknown",
		"prep[lang=de]/other":       "E-selector-unknown",
		"other[lang=de]/clean":      "E-selector-unknown",
		"othe[lang=r]/clean":        "E-selector-unknown",
		"othe[lang=r/clean":         "E-selector",
		"othe[ra]/clean":            "other/clean",
	} {
		ids, ds := graph.Select(g, []string{text})
		var got []string
		for _, id := range ids {
			got = append(got, g.Instances[id].Ref())
		}
		for _, d := range ds {
			got = append(got, d.Code)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestSelect_modulePoints: who names a point that a module has not is told which it has.
func TestSelect_modulePoints(t *testing.T) {
	g := &graph.Graph{}
	for i, name := range []string{"prep@lang=de/clean", "prep@lang=en/clean", "one/clean"} {
		g.Stages = append(g.Stages, graph.Stage{Name: name, First: graph.ID(i), N: 1})
		g.Instances = append(g.Instances, graph.Instance{Stage: name, Outputs: []graph.Output{{Path: name}}})
	}
	g.Stages = append(g.Stages, graph.Stage{Name: "prep@lang=de/s", First: 3, N: 1, Template: true})
	g.Instances = append(g.Instances, graph.Instance{Stage: "prep@lang=de/s", Key: "p=1"})
	if s, err := graph.ParseSelector("on[l=e]/clean"); err != nil || s.Names(g) {
		t.Error("a point in brackets is no class of letters")
	}
	for text, want := range map[string]string{
		"prep[lang=fr]/clean": "the module has no such point. Its points are lang=de; lang=en.",
		"prep[lang=fr]":       "the module has no such point. Its points are lang=de; lang=en.",
		"prep@lang=fr/clean":  "the module has no such point. Its points are lang=de; lang=en.",
		"one[lang=de]/clean":  "the module has no for_each, so it has no points: write one.",
		"one@lang=de":         "the module has no for_each, so it has no points: write one.",
		"on[l=e]/clean":       "neither a stage nor an output",
		"prep[lang=de]/clear": "neither a stage nor an output. Did you mean \"prep@lang=de/clean\"?",
		"prep@lang=de/one/x":  "neither a stage nor an output",
		"one/clean[C=1]":      "the stage has no for_each, so it has no points: write one/clean.",
		"prep/clean[lang=de]": "write prep/clean, or put the point behind the module that has it.",
		"prep[lang=de]/s@p=2": "no point of the stage is that. Did you mean \"p=1\"? Its points are p=1.",
	} {
		if _, ds := graph.Select(g, []string{text}); len(ds) != 1 || !strings.Contains(ds[0].Detail, want) {
			t.Errorf("%s: got %v", text, ds)
		}
	}
}

// TestSelect_idle: a module in which there are no stages is there, as a stage without points is.
func TestSelect_idle(t *testing.T) {
	g := &graph.Graph{
		Stages:    []graph.Stage{{Name: "full@n=1/s", N: 1}},
		Instances: []graph.Instance{{Stage: "full@n=1/s"}},
		Idle:      []string{"data@n=1", "empty", "full@n=1/in"},
	}
	for text, want := range map[string]string{
		"empty": "", "empty/": "", "data": "", "data@n=1": "", "data[n=1]": "", "full/in": "", "full[n=1]/in": "",
		"empty@n=1":    "there are no stages in module empty: its for_each is empty",
		"empty[n=1]/s": "there are no stages in module empty: its for_each is empty",
		"empty/s":      "there are no stages in module empty: its for_each is empty",
		"full/in/s":    "there are no stages in module full/in: its for_each is empty",
		"full@n=2/in":  "the module has no such point. Its points are n=1.",
		"emptyy":       "neither a stage nor an output",
	} {
		ids, ds := graph.Select(g, []string{text})
		if want == "" && (len(ids) > 0 || len(ds) > 0) || want != "" && (len(ds) != 1 || !strings.Contains(ds[0].Detail, want)) {
			t.Errorf("%s: got %v and %v", text, ids, ds)
		}
	}
	if u := graph.Unite([]*graph.Graph{g, {Idle: []string{"also", "empty"}}}); !cmp.Equal(u.Graph.Idle, []string{"also", "data@n=1", "empty", "full@n=1/in"}) {
		t.Errorf("united: %v", u.Graph.Idle)
	}
}

// TestSelect_idleSomewhere: a module that is idle at one point of another may not be at the next.
func TestSelect_idleSomewhere(t *testing.T) {
	g := &graph.Graph{
		Idle:      []string{"outer@x=1/prep", "none"},
		Stages:    []graph.Stage{{Name: "outer@x=2/prep@lang=de/clean", N: 1}},
		Instances: []graph.Instance{{Stage: "outer@x=2/prep@lang=de/clean"}},
	}
	for text, want := range map[string]string{
		"outer/prep/clen":              `Did you mean "outer/prep/clean"?`,
		"outer/prep@lang=fr/clean":     "the module has no such point. Its points are lang=de.",
		"outer@x=1/prep/clean":         "there are no stages in module outer@x=1/prep",
		"none/x":                       "there are no stages in module none",
		"module.outer/prep/clean":      `Did you mean "outer/prep/clean"?`,
		"module.outer.outputs.o":       `Did you mean "outer"?`,
		"module.none":                  `Did you mean "none"?`,
		"stage.nothing.outputs.nobody": "neither a stage nor an output",
	} {
		if _, ds := graph.Select(g, []string{text}); len(ds) != 1 || !strings.Contains(ds[0].Detail, want) {
			t.Errorf("%s: got %v", text, ds)
		}
	}
}

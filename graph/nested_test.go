package graph_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

func TestStageOf(t *testing.T) {
	for ref, want := range map[string][2]string{
		"clean":                  {"clean", ""},
		"clean@C=1":              {"clean", "C=1"},
		"prep/clean":             {"prep/clean", ""},
		"prep@lang=de/clean":     {"prep@lang=de/clean", ""},
		"prep@lang=de/clean@C=1": {"prep@lang=de/clean", "C=1"},
		"a@x=1/b@y=2/c@z=3":      {"a@x=1/b@y=2/c", "z=3"},
	} {
		if got := [2]string{graph.StageOf(ref), graph.KeyOf(ref)}; got != want {
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
	for text, want := range map[string]string{
		"prep":                   "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 prep@lang=en/in/clean",
		"prep/":                  "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 prep@lang=en/in/clean",
		"prep@lang=en":           "prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 prep@lang=en/in/clean",
		"prep@lang=en/in":        "prep@lang=en/in/clean",
		"prep/in/clean":          "prep@lang=en/in/clean",
		"prep/clean":             "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2",
		"prep/clean@C=2":         "prep@lang=de/clean@C=2 prep@lang=en/clean@C=2",
		"prep@lang=de/clean@C=2": "prep@lang=de/clean@C=2",
		"prep@lang=de/clean":     "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2",
		"*/clean":                "prep@lang=de/clean@C=1 prep@lang=de/clean@C=2 prep@lang=en/clean@C=1 prep@lang=en/clean@C=2 other/clean",
		"all":                    "all",
		"*":                      "all",
		"clean":                  "E-selector-unknown",
		"prep/clean/":            "E-selector-unknown",
		"prep@lang=fr":           "E-selector-unknown",
		"prep/clean@C=9":         "E-selector-unknown",
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

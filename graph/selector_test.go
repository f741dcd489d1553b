package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
)

func TestSelect(t *testing.T) {
	g := sketch(t,
		"prepare: >build/data/",
		"train@C=0.1,s=a%20b: >m/1", "train@C=0.1,s=c: >m/2", "train@C=1,s=c: >m/3",
		"trial@fold=1: >t/1",
		"named@x=1: >n/1")
	g.Instances[5].Key = "mine"
	for selector, want := range map[string]string{
		"":                  "prepare train@C=0.1,s=a%20b train@C=0.1,s=c train@C=1,s=c trial@fold=1 named@mine",
		"prepare":           "prepare",
		"train":             "train@C=0.1,s=a%20b train@C=0.1,s=c train@C=1,s=c",
		"train@C=0.1,s=c":   "train@C=0.1,s=c",
		"train@s=c,C=0.1":   "train@C=0.1,s=c",
		"train@C=0.1":       "train@C=0.1,s=a%20b train@C=0.1,s=c",
		"train@C=1e-1,s=c":  "train@C=0.1,s=c",
		"train[C=1]":        "train@C=1,s=c",
		"train[s=\"a b\"]":  "train@C=0.1,s=a%20b",
		"train@s=a%20b":     "train@C=0.1,s=a%20b",
		"train@s=a b":       "train@C=0.1,s=a%20b",
		"named@mine":        "named@mine",
		"named@x=1":         "named@mine",
		"tr*":               "train@C=0.1,s=a%20b train@C=0.1,s=c train@C=1,s=c trial@fold=1",
		"*@fold=1":          "trial@fold=1",
		"build/data":        "prepare",
		"build/data/":       "prepare",
		"build/data/x.csv":  "prepare",
		"build":             "prepare",
		"m/[12]":            "train@C=0.1,s=a%20b train@C=0.1,s=c",
		"trial m/3 prepare": "prepare train@C=1,s=c trial@fold=1",
	} {
		var selectors []string
		if selector == "train@s=a b" {
			selectors = []string{selector}
		} else if strings.HasPrefix(selector, "train[s=") {
			selectors = []string{selector}
		} else {
			selectors = strings.Fields(selector)
		}
		ids, list := graph.Select(g, selectors)
		var got []string
		for _, id := range ids {
			got = append(got, g.Instances[id].Ref())
		}
		if strings.Join(got, " ") != want || len(list) > 0 {
			t.Errorf("%q: %v %+v", selector, got, list)
		}
	}
}

// TestSelect_quoted: a value in quotes may have what ends one that has none.
func TestSelect_quoted(t *testing.T) {
	g := sketch(t, "t@p=g%2Ch,q=1: >m/1", "t@p=g%2Ch,q=2: >m/2", "t@p=c: >m/3", "t@p=c%5Dd: >m/4")
	for selector, want := range map[string]string{
		`t[p="g,h"]`:     "t@p=g%2Ch,q=1 t@p=g%2Ch,q=2",
		`t@p="g,h",q=2`:  "t@p=g%2Ch,q=2",
		`t[q=2,p="g,h"]`: "t@p=g%2Ch,q=2",
		`t[p="c"]`:       "t@p=c",
		`t[p="c]d"]`:     "t@p=c%5Dd",
	} {
		ids, list := graph.Select(g, []string{selector})
		var got []string
		for _, id := range ids {
			got = append(got, g.Instances[id].Ref())
		}
		if strings.Join(got, " ") != want || len(list) > 0 {
			t.Errorf("%s: %v %+v", selector, got, list)
		}
	}
	for _, selector := range []string{`t[p="c",]`, `t[p="c"d]`, `t[p="c]`, `t[p="]`} {
		if ids, list := graph.Select(g, []string{selector}); len(ids) > 0 || len(list) != 1 {
			t.Errorf("%s: %v %+v", selector, ids, list)
		}
	}
}

// A stage's own key names parts of an axis of objects; selectors take these names too.
func TestSelect_ownKey(t *testing.T) {
	g := sketch(t, "t@kind=svm,fold=1: >m/1", "t@kind=svm,fold=2: >m/2", "t@kind=tree,fold=1: >m/3")
	for i := range g.Instances {
		p := g.Instances[i].Point
		g.Instances[i].Point = append(slices.DeleteFunc(p, func(a graph.Axis) bool { return a.Name == "kind" }), graph.Axis{Name: "model", Value: "{}"})
	}
	g.Stages[0].Axes = []string{"fold", "model"}
	for selector, want := range map[string]string{
		"t@kind=svm":         "t@kind=svm,fold=1 t@kind=svm,fold=2",
		"t[fold=1,kind=svm]": "t@kind=svm,fold=1",
		"t@kind=forest":      "no point of the stage is that.",
		"t@sort=svm":         "the stage has no axis",
	} {
		ids, list := graph.Select(g, []string{selector})
		var got []string
		for _, id := range ids {
			got = append(got, g.Instances[id].Ref())
		}
		for _, d := range list {
			got = append(got, d.Detail)
		}
		if s := strings.Join(got, " "); !strings.Contains(s, want) || len(list) == 0 && s != want {
			t.Errorf("%s: %s", selector, s)
		}
	}
}

func TestSelectSuggests(t *testing.T) {
	g := sketch(t, "prepare: >build/data/", "train@C=0.1: >m/1", "train@C=1: >m/2")
	g.Stages = append(g.Stages, graph.Stage{Name: "empty", Template: true, First: 3}, graph.Stage{Name: "prep@lang=de/clean", First: 3})
	g.Params = []graph.Param{{Name: "model"}}
	for selector, want := range map[string]string{
		"prepaer":        `E-selector-unknown Did you mean "prepare"?`,
		"build/dat":      `E-selector-unknown Did you mean "build/data"?`,
		"stage.train":    `E-selector-unknown Did you mean "train"?`,
		"module.prep":    `E-selector-unknown Did you mean "prep"?`,
		"stage.prep":     "E-selector-unknown neither a stage nor an output.",
		"nothing-like":   "E-selector-unknown neither a stage nor an output.",
		"model=tree":     "E-selector-unknown To set the param, write -p model=tree.",
		"model.C=1":      "E-selector-unknown To set the param, write -p model.C=1.",
		"model=[1, 2]":   "E-selector-unknown To set the param, write -p model='[1, 2]'.",
		"model=/a/b":     "E-selector-unknown To set the param, write -p model=/a/b.",
		"+model=tree":    "E-selector-unknown To set the param, write -p model=tree.",
		"++model.C=it's": `E-selector-unknown To set the param, write -p model.C='it'\''s'.`,
		"+x=1":           `E-selector-unknown declare param "x" in the pipeline, and set it with -p x=1.`,
		"~model":         "E-selector-unknown -p model=null if it is optional.",
		"~model.C":       "E-selector-unknown -p model.C=null if it is optional.",
		"~train":         "E-selector-unknown neither a stage nor an output.",
		"modle=tree":     `E-selector-unknown there is no param "modle". Did you mean "model"?`,
		"nothing=1":      "E-selector-unknown neither a stage nor an output.",
		"model":          "E-selector-unknown neither a stage nor an output.",
		"tarin@C=1":      `E-selector-unknown Did you mean "train"?`,
		"train@D=1":      "E-selector-unknown Its axes are C.",
		"train@C=2":      "E-selector-unknown Its points are C=0.1; C=1.",
		"prepare@C=1":    "E-selector-unknown no for_each",
		"empty@C=1":      "E-selector-unknown its for_each is empty",
		"train[C=1":      `E-selector "]" is missing`,
		"@C=1":           "E-selector the stage is missing",
	} {
		_, list := graph.Select(g, []string{selector})
		code, detail, _ := strings.Cut(want, " ")
		if len(list) != 1 || list[0].Code != code || !strings.Contains(list[0].Detail, detail) {
			t.Errorf("%q: %+v", selector, list)
		}
	}
	if ids, list := graph.Select(g, []string{"empty"}); len(ids) > 0 || len(list) > 0 {
		t.Errorf("a stage without instances: %v %v", ids, list)
	}
}

func FuzzParseSelector(f *testing.F) {
	for _, s := range []string{"train@C=0.1", "train[C=1]", "a/[bc]*", "[", "@", "%zz"} {
		f.Add(s)
	}
	g := gridGraph(2)
	f.Fuzz(func(t *testing.T, s string) {
		sel, err := graph.ParseSelector(s)
		if err == nil && sel.Text != s {
			t.Errorf("%q: %+v", s, sel)
		}
		graph.Select(g, []string{s})
	})
}

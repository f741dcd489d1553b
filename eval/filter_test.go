package eval_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
)

var row = map[string]any{
	"train.C": 0.1, "train.solver": "saga", "test_accuracy": 0.93, "state": "done", "odd name": 2.0,
	"flag": true, `scores["f1 macro"]`: 0.5, "folds[0].acc": 0.7, "m.json:acc": 0.9, "max-iter": 100.0,
}

func TestFilter(t *testing.T) {
	for text, want := range map[string]bool{
		`test_accuracy > 0.9 && train.C != 1`:          true,
		`test_accuracy > 0.95`:                         false,
		`state == "done"`:                              true,
		`state == "done" && !(train.solver == "saga")`: false,
		`metrics["odd name"] == 2`:                     true,
		`params["train.C"] == 0.1`:                     true,
		`metrics["m.json:acc"] >= 0.9`:                 true,
		`scores["f1 macro"] == 0.5`:                    true,
		`folds[0].acc < 1`:                             true,
		`max-iter == 100`:                              true,
		`flag`:                                         true,
		`!flag`:                                        false,
		`absent > 1`:                                   false,
		`absent != 1`:                                  false,
		`absent == absent`:                             false,
		`!(absent > 1)`:                                true,
		`absent == null && train.C != null`:            true,
		`null == null`:                                 true,
		`null < 1`:                                     false,
		`absent`:                                       false,
		`absent + 1 > 0`:                               false,
		`train.solver > 1`:                             false,
		`train.solver != 1`:                            false,
		`flag == "true"`:                               false,
		`flag > false`:                                 false,
		`train.solver == "saga" || absent.x.y`:         true,
		`train.C / 0 > 1`:                              false,
		`test_accuracy - train.C > 0.8`:                true,
		`test_accuracy * 10 % 2 < 2`:                   true,
		`-train.C < 0`:                                 true,
		`"a" + "b" == 1`:                               false,
		`"done" < state`:                               false,
		`contains(["lbfgs", "saga"], train.solver)`:    true,
		`contains(["lbfgs"], absent)`:                  false,
		`startswith(state, "do")`:                      true,
		`length(train.C) > 0`:                          false,
		`flag ? test_accuracy > 0.9 : false`:           true,
		`(state == "done" ? train.C : 7) < 1`:          true,
		`true`:                                         true,
		`state && flag`:                                false,
		`round(test_accuracy) == 1 && max(train.C, 2, 3) == 3.0`: true,
	} {
		f, ds := eval.ParseFilter(text)
		if len(ds) > 0 {
			t.Errorf("%s: %s", text, render(ds, diag.SourceMap{"<--filter>": []byte(text)}))
			continue
		}
		got, err := f.Match(func(name string) any { return row[name] })
		if got != want || err != nil {
			t.Errorf("%s: %v %v, want %v", text, got, err, want)
		}
	}
}

func TestFilterNames(t *testing.T) {
	f, ds := eval.ParseFilter(`train.C > 1 && (metrics["odd name"] < b || b == null) && scores["f1 macro"] == x["y"].z[2]`)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	want := []string{"b", "odd name", `scores["f1 macro"]`, "train.C", "x.y.z[2]"}
	if !slices.Equal(f.Names(), want) {
		t.Errorf("%q, want %q", f.Names(), want)
	}
}

func TestFilterMistakes(t *testing.T) {
	for text, want := range map[string]string{
		``:                         "empty",
		`x = 1`:                    "Equality is written ==",
		`x > 1 and y < 2`:          "&& and ||",
		`x == 'a'`:                 "double quotes",
		`x >`:                      "This is not an expression. A value is missing here.",
		`x ** 2 > 1`:               "pow(2, 10)",
		`x in [1]`:                 "contains(list, value)",
		`test_accuracy`:            "", // it may be a bool
		`test_accuracy + 1`:        "no condition",
		`(1)`:                      "no condition",
		`"a"`:                      "no condition",
		`null`:                     "no condition",
		`[x]`:                      "no condition",
		`-x`:                       "no condition",
		`x ? 1 : 2`:                "no condition",
		`contians([1], x)`:         `Did you mean "contains"?`,
		`contains([1])`:            "takes 2 values",
		`[for a in x : a]`:         "none of them",
		`"a${x}" == "b"`:           "plain",
		`x[*].y == 1`:              "none of them",
		`f(x...) == 1`:             "no function",
		strings.Repeat("(", 70000): "longer than",
	} {
		_, ds := eval.ParseFilter(text)
		if want == "" {
			if len(ds) > 0 {
				t.Errorf("%s: %v", text, ds)
			}
			continue
		}
		got := render(ds, diag.SourceMap{"<--filter>": []byte(text)})
		if len(ds) != 1 || ds[0].Code != "E-filter" || !strings.Contains(strings.Join(strings.Fields(got), " "), want) {
			t.Errorf("%.40s: want %q in\n%s", text, want, got)
		}
	}
	f, _ := eval.ParseFilter("test_accuracy")
	if _, err := f.Match(func(string) any { return 0.5 }); err == nil || !strings.Contains(err.Error(), "the number 0.5") {
		t.Error(err)
	}
	f, _ = eval.ParseFilter("upper(state)")
	if _, err := f.Match(func(string) any { return "done" }); err == nil || !strings.Contains(err.Error(), `the text "DONE"`) {
		t.Error(err)
	}
}

// FuzzFilter: no text and no row make a filter panic.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{`a > 1 && !b`, `contains([1, "x"], a.b["c d"]) ? a : -1 < 2`, `a % 0 == null`, "substr(a, 1, 2) == replace(a, b, c)"} {
		f.Add(s, 1.5, "x")
	}
	f.Fuzz(func(t *testing.T, text string, n float64, s string) {
		x, ds := eval.ParseFilter(text)
		if ds.HasErrors() {
			return
		}
		for i := range 3 {
			x.Match(func(name string) any { return []any{n, s, nil}[(len(name)+i)%3] })
		}
	})
}

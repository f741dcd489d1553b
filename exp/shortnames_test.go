package exp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each metric is called as shortly as it can be, whatever the others are called, and what it is
// called means no other.
func TestShortNames(t *testing.T) {
	for _, c := range []struct{ names, want []string }{
		{[]string{"a.json:loss", "b.json:f1"}, []string{"loss", "f1"}},
		{[]string{"x/a.json:loss", "x/b.json:loss", "x/b.json:f1"}, []string{"a.json:loss", "b.json:loss", "f1"}},
		{[]string{"x/a.json:n", "y/a.json:n", "x/b.json:n", "x/b.json:f1"}, []string{"x/a.json:n", "y:n", "b.json:n", "f1"}}, // x is of two
		{[]string{"build/forecast/temp_max/score.json:skill", "build/forecast/wind/score.json:skill"}, []string{"temp_max:skill", "wind:skill"}},
		{[]string{"b/a=1/x/m.json:f1", "b/a=1/y/m.json:f1", "b/a=2/y/m.json:f1"}, []string{"a=1/x:f1", "a=1/y:f1", "a=2/y:f1"}},
		{[]string{"x/m.json:n", "x/y/m.json:n"}, []string{"x/m.json:n", "y:n"}}, // x is of both
		{[]string{"m.json:n", "x/m.json:n"}, []string{"m.json:n", "x:n"}},
		{[]string{"x/a/m.json:n", "y/b/m.json:n", "z/x/a/k.json:n"}, []string{"x/a/m.json:n", "y/b:n", "k.json:n"}},
		{[]string{"x/a.txt", "y/a.txt"}, []string{"x/a.txt", "y/a.txt"}},
		{[]string{"x/a.txt:", "y/a.txt:"}, []string{"x:", "y:"}},
		{nil, []string{}},
	} {
		got := ShortNames(c.names)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v: %s", c.names, diff)
		}
		for i, short := range got {
			var fields []Field
			for _, n := range c.names {
				fields = append(fields, Field{Name: n})
			}
			if called := MetricsCalled(fields, short); fmt.Sprint(called) != fmt.Sprint(c.names[i:i+1]) {
				t.Errorf("%s of %v means %v", short, c.names, called)
			}
		}
	}
}

// Whatever the paths: a short name means its metric alone, and of the name, the name in its file and what is
// longer it is the first that does.
func TestShortNames_property(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	words := []string{"a", "b", "c", "m.json", "a:b", "k=1"}
	for range 2000 {
		var names []string
		for range 1 + r.IntN(15) {
			var parts []string
			for range 1 + r.IntN(5) {
				parts = append(parts, words[r.IntN(len(words))])
			}
			names = append(names, strings.Join(parts, "/")+":"+[]string{"n", "a"}[r.IntN(2)])
		}
		slices.Sort(names)
		names = slices.Compact(names)
		fields := make([]Field, len(names))
		for i, n := range names {
			fields[i] = Field{Name: n}
		}
		means := func(short, full string) bool { return slices.Equal(MetricsCalled(fields, short), []string{full}) }
		for i, short := range ShortNames(names) {
			first := names[i]
			for _, s := range []string{inFile(first), leafName(first)} {
				if means(s, names[i]) {
					first = s
				}
			}
			if !means(short, names[i]) || len(short) > len(first) {
				t.Fatalf("%s of %q is called %s, %q; it could be %s", names[i], names, short, MetricsCalled(fields, short), first)
			}
		}
	}
}

// Many metrics of one name are as short as few.
func TestShortNames_many(t *testing.T) {
	var names, want []string
	for i := range 5000 {
		names = append(names, fmt.Sprintf("build/model=%d/score.json:f1", i))
		want = append(want, fmt.Sprintf("model=%d:f1", i))
	}
	if diff := cmp.Diff(want, ShortNames(names)); diff != "" {
		t.Error(diff)
	}
}

func TestMetricIs(t *testing.T) {
	const full = "build/forecast/wind/score.json:a.skill"
	for name, want := range map[string]bool{
		full: true, "a.skill": true, "score.json:a.skill": true, "wind:a.skill": true, "forecast/wind:a.skill": true, "build:a.skill": true,
		"skill": false, "win:a.skill": false, "forecast/score.json:a.skill": false, ":a.skill": false, "wind:skill": false, "": false, "wind:": false,
	} {
		if got := MetricIs(full, name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

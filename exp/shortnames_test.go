package exp

import (
	"fmt"
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

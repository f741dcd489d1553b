package main

import (
	"testing"

	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/google/go-cmp/cmp"
)

// A line has room for few metrics: those that the pipeline says something of go first.
func TestSummaryOf_importance(t *testing.T) {
	number := func(text string) frame.Value { return frame.Value{Kind: frame.Number, Text: text, Number: 1} }
	r := exp.Row{Metrics: []exp.Field{
		{Name: "a.json:rows", Value: number("1")}, {Name: "b.json:rows", Value: number("2")}, {Name: "c.json:rows", Value: number("3")},
		{Name: "d.json:rows", Value: number("4")}, {Name: "e.json:loss", Value: number("5")}, {Name: "f.json:f1", Value: number("6")},
	}}
	for _, c := range []struct {
		better []exp.Better
		want   string
	}{
		{nil, "  -> a.json:rows=1 b.json:rows=2 c.json:rows=3 d.json:rows=4"},
		{[]exp.Better{{Name: "e.json:loss"}}, "  -> loss=5 a.json:rows=1 b.json:rows=2 c.json:rows=3"},
		{[]exp.Better{{Name: "f1", Higher: true}, {Name: "e.json:loss"}}, "  -> f1=6 loss=5 a.json:rows=1 b.json:rows=2"},
		{[]exp.Better{{Name: "gone.json:loss"}}, "  -> a.json:rows=1 b.json:rows=2 c.json:rows=3 d.json:rows=4"},
	} {
		r.Better = c.better
		if diff := cmp.Diff(c.want, summaryOf(&r)); diff != "" {
			t.Error(diff)
		}
	}
}

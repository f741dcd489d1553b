package diag_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/diag"
)

func line(file string, n int) diag.Span {
	return diag.Span{File: file, Start: diag.Pos{Line: n, Column: 1, Byte: n * 10}, End: diag.Pos{Line: n, Column: 2, Byte: n*10 + 1}}
}

func TestSorted_order(t *testing.T) {
	want := diag.List{
		{Code: "E-z"},
		{Code: "E-a", Span: line("a", 1)},
		{Code: "E-b", Span: line("a", 1)},
		{Code: "W-a", Span: line("a", 1), Severity: diag.Warning},
		{Code: "E-a", Span: line("a", 2), Detail: "one"},
		{Code: "E-a", Span: line("a", 2), Detail: "two"},
		{Code: "W-a", Span: line("a", 3), Severity: diag.Warning},
		{Code: "E-a", Span: line("b", 1)},
	}
	for range 20 {
		l := append(append(diag.List{}, want...), want...) // everything twice
		rand.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
		if diff := cmp.Diff(want, l.Sorted()); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	}
}

func TestSorted_pointsOfOneMistakeAreOneMessage(t *testing.T) {
	l := diag.List{
		{Code: "E-a", Span: line("a", 1), Detail: "got 3", Instances: []string{"C=3"}, Total: 9},
		{Code: "E-b", Span: line("a", 1), Detail: "other", Instances: []string{"C=3"}},
		{Code: "E-a", Span: line("a", 1), Detail: "got 1", Instances: []string{"C=1", "C=3"}, Total: 9},
		{Code: "E-a", Span: line("a", 1), Detail: "of all"},
	}
	want := diag.List{
		{Code: "E-a", Span: line("a", 1), Detail: "of all"},
		{Code: "E-a", Span: line("a", 1), Detail: "got 3", Instances: []string{"C=3", "C=1"}, Total: 9},
		{Code: "E-b", Span: line("a", 1), Detail: "other", Instances: []string{"C=3"}},
	}
	if diff := cmp.Diff(want, l.Sorted()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(l[0].Instances) != 1 {
		t.Error("Sorted changed the list it was given")
	}
}

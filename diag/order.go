package diag

import (
	"cmp"
	"slices"
)

// Sorted returns l in the order people see it: by file, place, errors before
// warnings, code, text. What is said twice is said once, and what is said of
// several points of one grid becomes one message that lists them.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, compare)
	return merge(out)
}

func compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.Span.File, b.Span.File),
		cmp.Compare(a.Span.Start.Line, b.Span.Start.Line),
		cmp.Compare(a.Span.Start.Byte, b.Span.Start.Byte),
		cmp.Compare(a.Span.Start.Column, b.Span.Start.Column),
		cmp.Compare(a.Severity, b.Severity),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Span.End.Byte, b.Span.End.Byte),
		cmp.Compare(a.Subject, b.Subject),
		byInstances(a, b),
	)
}

// byInstances compares what is left: the points of one mistake stay in the
// order in which they were reported, which is that of the grid.
func byInstances(a, b Diagnostic) int {
	if len(a.Instances) > 0 && len(b.Instances) > 0 {
		return 0
	}
	return cmp.Or(
		cmp.Compare(len(a.Instances), len(b.Instances)),
		cmp.Compare(a.Detail, b.Detail),
	)
}

// merge folds neighbours that are the same mistake into the first of them.
func merge(l List) List {
	var out List
	var seen map[string]bool // instances of the last of out
	for _, d := range l {
		n := len(out)
		if n == 0 || !same(out[n-1], d) {
			out, seen = append(out, d), nil
			continue
		}
		if seen == nil {
			out[n-1].Instances = slices.Clone(out[n-1].Instances) // it is the caller's
			seen = make(map[string]bool)
			for _, x := range out[n-1].Instances {
				seen[x] = true
			}
		}
		for _, x := range d.Instances {
			if !seen[x] {
				seen[x] = true
				out[n-1].Instances = append(out[n-1].Instances, x)
			}
		}
	}
	return out
}

// same reports whether b says nothing that a does not say, but for the points.
func same(a, b Diagnostic) bool {
	if a.Severity != b.Severity || a.Code != b.Code || a.Span != b.Span || a.Subject != b.Subject {
		return false
	}
	points := len(a.Instances) > 0 && len(b.Instances) > 0
	return a.Detail == b.Detail || points && !a.Span.IsZero()
}

// capped returns the first limit messages of a sorted list. Errors are kept
// before warnings, so that no number of warnings hides an error.
func capped(l List, limit int) List {
	if limit < 0 || len(l) <= limit {
		return l
	}
	out := make(List, 0, limit)
	for _, s := range [...]Severity{Error, Warning} {
		for _, d := range l {
			if d.Severity == s && len(out) < limit {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, compare)
	return out
}

package foreign

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// didYouMean offers paths that may have been meant by one; "" if none is near.
func didYouMean(rel string, names []string) string {
	if list := near(rel, names); len(list) > 0 {
		return " Did you mean " + strings.Join(list, " or ") + "?"
	}
	return ""
}

// near returns paths that may have been meant by one, the likeliest first, at most three.
func near(rel string, names []string) []string {
	type candidate struct {
		name string
		far  int
	}
	var list []candidate
	base := path.Base(rel)
	for _, n := range slices.Compact(slices.Sorted(slices.Values(names))) {
		far := levenshtein.Distance(rel, n, nil)
		if path.Base(n) == base || strings.EqualFold(n, rel) {
			far = 0
		}
		if far <= max(2, len(rel)/4) {
			list = append(list, candidate{n, far})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	var out []string
	for _, n := range list[:min(3, len(list))] {
		out = append(out, n.name)
	}
	return out
}

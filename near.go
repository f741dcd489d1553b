package dewar

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// nearest returns the one of names that name is most likely a misspelling of, by at most so many letters; "" if
// it is of none. Of equal ones the first counts.
func nearest(name string, names []string, most int) string {
	best, least := "", most+1
	for _, n := range names {
		if d := levenshtein.Distance(name, n, nil); d < least {
			best, least = n, d
		}
	}
	return best
}

// meant offers the nearest of names; "" if none is near.
func meant(name string, names []string) string {
	if best := nearest(name, names, max(2, len(name)/3)); best != "" {
		return fmt.Sprintf(" Did you mean %s?", best)
	}
	return ""
}

// didYouMean offers the nearest of names, or all if none is near.
func didYouMean(name string, names []string) string {
	if s := meant(name, names); s != "" {
		return s
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) > 10 {
		names = append(names[:10:10], "…")
	}
	return " There are: " + strings.Join(names, ", ") + "."
}

// near returns a path beside rel that it may be a misspelling of.
func (s *session) near(rel string) string {
	entries, err := s.p.view.ReadDir(path.Dir(rel))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if e.Name == path.Base(rel) { // it is there, but leads nowhere
			return ""
		}
		names = append(names, e.Name)
	}
	if best := nearest(path.Base(rel), names, 2); best != "" {
		return join(path.Dir(rel), best)
	}
	return ""
}

package config

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// didYouMean returns " Did you mean …?" for the name nearest to s, or else lists
// them all: there are never many.
func didYouMean(s string, names []string) string {
	if best := nearest(s, names); best != "" {
		return fmt.Sprintf(" Did you mean %q?", best)
	}
	if len(names) == 0 {
		return ""
	}
	return " There are: " + strings.Join(names, ", ") + "."
}

func nearest(s string, names []string) string {
	best, least := "", max(1, len(s)/3)+1
	for _, n := range names {
		if d := levenshtein.Distance(s, n, nil); d < least {
			best, least = n, d
		}
	}
	return best
}

package lang

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/dewar-build/dewar/diag"
)

// name reports whether s may name a declaration.
func (d *declarer) name(s string, at diag.Span, subject string) bool {
	detail := ""
	switch {
	case reserved(s):
		detail = fmt.Sprintf("%q is a word of the syntax. Take another name.", s)
	case !validName(s):
		detail = fmt.Sprintf("%q is no name: a name begins with a letter (a to z), and letters, digits, _ and - follow.", s)
	default:
		return true
	}
	d.report(diag.Diagnostic{Code: "E-name", Detail: detail, Span: at, Subject: subject})
	return false
}

// validName: ASCII only, because names become parts of point keys, selectors,
// action keys and file names, where two spellings of one letter would differ.
func validName(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789_-", rune(s[i]))) {
			return false
		}
	}
	return s != ""
}

// reserved reports whether s is a word of the syntax of expressions.
func reserved(s string) bool {
	switch s {
	case "true", "false", "null", "for", "in", "if", "else", "endif", "endfor":
		return true
	}
	return false
}

// didYouMean returns " Did you mean …?" for the name nearest to s, or "".
func didYouMean(s string, names []string) string {
	if best := Nearest(s, names); best != "" {
		return fmt.Sprintf(" Did you mean %q?", best)
	}
	return ""
}

// Nearest returns the one of names that s most likely stands for: at most two
// edits away, one for short words, or the only one that it begins or that
// begins it. Of equal ones the first counts.
func Nearest(s string, names []string) string {
	best, bestDist := "", 3
	if len(s) <= 4 {
		bestDist = min(1, len(s)/2) + 1 // two edits make any word of four letters another
	}
	for _, n := range names {
		if abs(len(n)-len(s)) >= bestDist {
			continue
		}
		if dist := edits(s, n); dist < bestDist {
			best, bestDist = n, dist
		}
	}
	if best != "" || len(s) < 3 {
		return best
	}
	for _, n := range names {
		if strings.HasPrefix(n, s) || len(n) >= 3 && strings.HasPrefix(s, n) {
			if best != "" {
				return ""
			}
			best = n
		}
	}
	return best
}

// edits is how far two words are from each other; two letters that have changed places are one edit.
func edits(a, b string) int {
	if len(a) == len(b) {
		for i := range len(a) - 1 {
			if a[i] == b[i+1] && a[i+1] == b[i] && a[:i] == b[:i] && a[i+2:] == b[i+2:] && a != b {
				return 1
			}
		}
	}
	return levenshtein.Distance(a, b, nil)
}

// article begins a sentence about a kind of block.
func article(kind string) string {
	if strings.ContainsRune("aeiou", rune(kind[0])) {
		return "An " + kind
	}
	return "A " + kind
}

func abs(n int) int { return max(n, -n) }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func lowerFirst(s string) string {
	if s == "" || len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

package table

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// ColumnError says that a name is of no column, or of several.
type ColumnError struct {
	Name       string
	Candidates []string // full names: all that it could be, or all that there are
	Ambiguous  bool     // it is of several columns
	Suggestion string   // a full name that it resembles; "" if there is none
}

func (e *ColumnError) Error() string {
	switch {
	case e.Ambiguous:
		return fmt.Sprintf("The name %q is of several columns: %s.", e.Name, list(e.Candidates))
	case e.Suggestion != "":
		return fmt.Sprintf("There is no column %q; did you mean %q?", e.Name, e.Suggestion)
	case len(e.Candidates) == 0:
		return fmt.Sprintf("There is no column %q, nor any other.", e.Name)
	default:
		return fmt.Sprintf("There is no column %q; there are %s.", e.Name, list(e.Candidates))
	}
}

// list writes some names, and how many more there are.
func list(names []string) string {
	const enough = 8
	more := ""
	if len(names) > enough {
		more = fmt.Sprintf(" and %d more", len(names)-enough)
		names = names[:enough]
	}
	return strings.Join(names, ", ") + more
}

// Find returns where the column is that a user means: one of that very name; or
// else the only one whose header it is or whose name ends with it, behind a dot
// or a colon; or else the only one when capitals do not matter. The error
// is a *ColumnError.
func (t *Table) Find(name string) (int, error) {
	for i, c := range t.Columns {
		if c.Name == name {
			return i, nil
		}
	}
	for _, as := range []func(string) string{func(s string) string { return s }, strings.ToLower} {
		found := t.where(func(_ int, c Column) bool { return called(as(c.Name), as(c.Header), as(name)) })
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			return 0, &ColumnError{Name: name, Candidates: t.names(found), Ambiguous: true}
		}
	}
	all := t.where(func(int, Column) bool { return true })
	return 0, &ColumnError{Name: name, Candidates: t.names(all), Suggestion: t.resembling(name)}
}

func called(full, header, name string) bool {
	if name == "" {
		return false
	}
	before, isSuffix := strings.CutSuffix(full, name)
	return full == name || header == name || isSuffix && (strings.HasSuffix(before, ".") || strings.HasSuffix(before, ":"))
}

func (t *Table) names(columns []int) []string {
	var out []string
	for _, c := range columns {
		out = append(out, t.Columns[c].Name)
	}
	return out
}

// resembling returns the name of the column that is called nearly so, in full, by
// its header or by its end.
func (t *Table) resembling(name string) string {
	best, found := max(1, len(name)/3)+1, ""
	for _, c := range t.Columns {
		end := c.Name[strings.LastIndexAny(c.Name, ".:")+1:]
		for _, s := range []string{c.Name, c.Header, end} {
			if d := levenshtein.Distance(strings.ToLower(s), strings.ToLower(name), nil); s != "" && d < best && d < len(s) {
				best, found = d, c.Name
			}
		}
	}
	return found
}

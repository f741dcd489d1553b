package lock

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// MergeFiles is the merge driver of Git: it merges by line identity (instance,
// data name, override name), so that neighbours never conflict. Where both sides
// changed one line differently, both are written between conflict markers, which Read counts as
// absent; conflicts is how many. Lines are taken as they are, so that lines of a newer
// version survive.
func MergeFiles(base, ours, theirs []byte) (merged []byte, conflicts int) {
	b, o, t := linesByID(base), linesByID(ours), linesByID(theirs)
	for _, id := range sortedIDs(b, o, t) {
		was, a, c := b[id], o[id], t[id]
		switch {
		case a == c || c == was:
			merged = appendLine(merged, a)
		case a == was:
			merged = appendLine(merged, c)
		default:
			conflicts++
			merged = append(merged, markOurs+" ours\n"...)
			merged = appendLine(merged, a)
			merged = append(merged, "=======\n"...)
			merged = appendLine(merged, c)
			merged = append(merged, markTheirs+" theirs\n"...)
		}
	}
	return merged, conflicts
}

// appendLine adds a line; "" is a line that is not there.
func appendLine(b []byte, line string) []byte {
	if line == "" {
		return b
	}
	return append(append(b, line...), '\n')
}

// lineID is what a line is about, in the order of the file.
type lineID struct {
	rank int // header, override, data, instance, anything else
	name string
}

func linesByID(b []byte) map[lineID]string {
	lines := make(map[lineID]string)
	for line := range strings.SplitSeq(string(b), "\n") {
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			lines[identify(line)] = line
		}
	}
	return lines
}

func identify(line string) lineID {
	var w struct {
		Version                  *json.Number `json:"dewar_lock"`
		Override, Data, Instance *string
	}
	err := json.Unmarshal([]byte(line), &w)
	switch {
	case err != nil:
		return lineID{4, line}
	case w.Instance != nil:
		return lineID{3, *w.Instance}
	case w.Data != nil:
		return lineID{2, *w.Data}
	case w.Override != nil:
		return lineID{1, *w.Override}
	case w.Version != nil:
		return lineID{0, ""}
	}
	return lineID{4, line}
}

func sortedIDs(maps ...map[lineID]string) []lineID {
	var ids []lineID
	for _, m := range maps {
		for id := range m {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b lineID) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name))
	})
	return slices.Compact(ids)
}

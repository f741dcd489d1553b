package checkout

import (
	"bytes"
	"slices"
	"strings"
)

// The lines around the managed section of a .gitignore.
const (
	ignoreBegin = "# >>> dewar: outputs of the pipeline; written by dewar, edits are lost"
	ignoreEnd   = "# <<< dewar"
)

// Gitignore returns existing with the managed section set to patterns, in the
// order given, the rest untouched. Without patterns the section goes. If the section is
// as it should be, so are the bytes.
func Gitignore(existing []byte, patterns []string) []byte {
	before, after, found := cutSection(existing)
	eol := "\n"
	if bytes.Contains(existing, []byte("\r\n")) {
		eol = "\r\n"
	}
	var section string
	if len(patterns) > 0 {
		section = ignoreBegin + eol + strings.Join(patterns, eol) + eol + ignoreEnd + eol
	}
	if !found && section != "" && len(before) > 0 {
		if !bytes.HasSuffix(before, []byte("\n")) {
			section = eol + section
		}
		section = eol + section // a blank line between
	}
	return slices.Concat(before, []byte(section), after)
}

// Ignored returns the patterns of the managed section.
func Ignored(existing []byte) []string {
	before, after, found := cutSection(existing)
	if !found {
		return nil
	}
	lines := strings.Split(string(existing[len(before):len(existing)-len(after)]), "\n")
	var out []string
	for _, line := range lines {
		if line = strings.TrimRight(line, "\r"); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// cutSection cuts the managed section out. One without an end, as an editing
// accident leaves it, is taken to be its first line only: what follows may be
// somebody's own.
func cutSection(b []byte) (before, after []byte, found bool) {
	begin, end := lineOf(b, 0, ignoreBegin)
	if begin < 0 {
		return b, nil, false
	}
	if _, last := lineOf(b, end, ignoreEnd); last >= 0 {
		end = last
	}
	return b[:begin], b[end:], true
}

// lineOf finds a line at or after from and returns where it begins and where
// the next one does, or -1.
func lineOf(b []byte, from int, line string) (begin, end int) {
	for begin = from; begin < len(b); begin = end {
		end = len(b)
		if i := bytes.IndexByte(b[begin:], '\n'); i >= 0 {
			end = begin + i + 1
		}
		if string(bytes.TrimRight(b[begin:end], "\r\n")) == line {
			return begin, end
		}
	}
	return -1, -1
}

package lock

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// Problem is something in a lock that could not be used. What it is about
// counts as absent.
type Problem struct {
	Line, End int    // the first and the last line, from 1
	Text      string // "merge conflict: …", "not a line of this format: …"
}

// VersionError says that a lock is too new for this program.
type VersionError struct{ Version int64 }

func (e *VersionError) Error() string {
	return fmt.Sprintf("pipeline.lock has format version %d, this program knows up to %d: a newer dewar wrote it, update yours", e.Version, Version)
}

// Read reads the bytes of a pipeline.lock; none are an empty lock. Lines that
// are damaged or in conflict count as absent and are named by a Problem. It is an
// error, of type *VersionError, only if a newer dewar wrote it.
func Read(b []byte) (*Lock, []Problem, error) {
	r := reader{entries: numbered[Entry]{what: "instance"}, data: numbered[Data]{what: "data"},
		overrides: numbered[graph.Override]{what: "override"}}
	rest := string(b)                                             // every string of the lock is a part of this one
	r.entries.grow(min(strings.Count(rest, "\n"), len(rest)/128)) // no line of an instance is shorter
	for n := 1; rest != ""; n++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if err := r.line(n, strings.TrimSuffix(line, "\r")); err != nil {
			return nil, nil, err
		}
	}
	return r.finish(), r.sortedProblems(), nil
}

// The markers that a merge leaves, each at the start of a line.
const (
	markOurs   = "<<<<<<<"
	markTheirs = ">>>>>>>"
)

// reader is a lock being read.
type reader struct {
	dec       decoder
	lines     int
	conflict  int // the line that opened a conflict; 0 outside
	header    bool
	problems  []Problem
	entries   numbered[Entry]
	data      numbered[Data]
	overrides numbered[graph.Override]
}

func (r *reader) line(n int, line string) error {
	r.lines = n
	switch {
	case line == "":
		return nil
	case r.conflict != 0:
		if strings.HasPrefix(line, markTheirs) {
			r.problem(r.conflict, n, "merge conflict: what is between the markers counts as absent")
			r.conflict = 0
		}
		return r.tooNew(line) // the header may be what is in conflict
	case strings.HasPrefix(line, markOurs):
		r.conflict = n
		return nil
	}
	rec, err := r.dec.line(line)
	if err != nil {
		r.problem(n, n, "not a line of this format: "+err.Error())
		return nil
	}
	switch rec.kind {
	case entryLine:
		r.entries.add(n, rec.entry)
	case dataLine:
		r.data.add(n, rec.data)
	case overrideLine:
		r.overrides.add(n, rec.override)
	case headerLine:
		r.header = true
		if rec.version > Version {
			return &VersionError{rec.version}
		}
	}
	return nil
}

// tooNew finds the header of a newer version in the middle of a conflict.
func (r *reader) tooNew(line string) error {
	if !strings.HasPrefix(line, `{"dewar_lock":`) {
		return nil
	}
	if rec, err := r.dec.line(line); err == nil && rec.version > Version {
		return &VersionError{rec.version}
	}
	return nil
}

func (r *reader) problem(line, end int, text string) {
	r.problems = append(r.problems, Problem{line, end, text})
}

func (r *reader) finish() *Lock {
	if r.conflict != 0 {
		r.problem(r.conflict, r.lines, "merge conflict without an end: what follows the marker counts as absent")
	}
	if !r.header && r.lines > 0 && len(r.problems) == 0 {
		r.problem(1, 1, "no header: read as version 1")
	}
	return &Lock{
		Overrides: unique(r, &r.overrides, overrideName),
		Data:      unique(r, &r.data, dataName),
		Entries:   unique(r, &r.entries, entryName),
	}
}

func (r *reader) sortedProblems() []Problem {
	slices.SortFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return r.problems
}

// numbered is a list with the lines its members stood in.
type numbered[T any] struct {
	what  string
	list  []T
	lines []int
}

func (l *numbered[T]) grow(n int) {
	l.list, l.lines = slices.Grow(l.list, n), slices.Grow(l.lines, n)
}

func (l *numbered[T]) add(line int, x T) {
	l.list = append(l.list, x)
	l.lines = append(l.lines, line)
}

// unique returns the list sorted. What is there twice with different content is
// in conflict, as careless merges leave it, and counts as absent.
func unique[T any](r *reader, l *numbered[T], name func(T) string) []T {
	if len(l.list) == 0 {
		return nil
	}
	if increasing(l.list, name) {
		return l.list
	}
	order := make([]int, len(l.list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(name(l.list[i]), name(l.list[j])) })
	var out []T
	for len(order) > 0 {
		n, same := 1, true
		for ; n < len(order) && name(l.list[order[n]]) == name(l.list[order[0]]); n++ {
			same = same && reflect.DeepEqual(l.list[order[n]], l.list[order[0]])
		}
		if same {
			out = append(out, l.list[order[0]])
		} else {
			r.problem(l.lines[order[0]], l.lines[order[n-1]], fmt.Sprintf("%s %q has lines that differ: all count as absent", l.what, name(l.list[order[0]])))
		}
		order = order[n:]
	}
	return out
}

func increasing[T any](list []T, name func(T) string) bool {
	for i := 1; i < len(list); i++ {
		if name(list[i-1]) >= name(list[i]) {
			return false
		}
	}
	return true
}

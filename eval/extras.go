package eval

import (
	"iter"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// extras are what each has besides the values of its axes: the names of a point of files()
// that are no axes, and what is known of those that are. A stage may have a hundred thousand
// points that are files, so that this is kept small: names are shared among the points of a
// list, and the mark of a file, for which cty has a map of its own on every value, is kept as
// what it says and put on when it is asked for.
type extras struct {
	names  []string
	values []cty.Value // by index of names
	files  []fileAxis
}

// fileAxis is an axis whose value is the path of a file that files() found.
type fileAxis struct {
	name string
	mark fileMark
}

// extra returns the value of a name with what its axis does not say, or NilVal.
func (in *instance) extra(name string) cty.Value {
	if in.extras == nil {
		return cty.NilVal
	}
	if i := slices.Index(in.extras.names, name); i >= 0 {
		return in.extras.values[i]
	}
	for _, f := range in.extras.files {
		if f.name == name {
			return in.marked(f)
		}
	}
	return cty.NilVal
}

// allExtras yields all that extra returns, each once.
func (in *instance) allExtras() iter.Seq2[string, cty.Value] {
	return func(yield func(string, cty.Value) bool) {
		if in.extras == nil {
			return
		}
		for i, n := range in.extras.names {
			if !yield(n, in.extras.values[i]) {
				return
			}
		}
		for _, f := range in.extras.files {
			if !yield(f.name, in.marked(f)) {
				return
			}
		}
	}
}

func (in *instance) marked(f fileAxis) cty.Value { return in.point.Get(f.name).Mark(f.mark) }

// pathOfFile returns the mark of a text that has no other one. Of a list, each element has its own.
func pathOfFile(bare cty.Value, marks cty.ValueMarks) (fileMark, bool) {
	if len(marks) == 1 && bare.Type() == cty.String {
		for m := range marks {
			f, ok := m.(fileMark)
			return f, ok
		}
	}
	return fileMark{}, false
}

// extrasOf gathers the extras of one point after another.
type extrasOf struct {
	names  []string    // of this point
	values []cty.Value // by index of names
	files  []fileAxis
	shared []string // the names of the point before
}

func (e *extrasOf) reset() { e.names, e.values, e.files = e.names[:0], e.values[:0], e.files[:0] }

func (e *extrasOf) has(name string) bool {
	return slices.Contains(e.names, name) || slices.ContainsFunc(e.files, func(f fileAxis) bool { return f.name == name })
}

func (e *extrasOf) add(name string, v cty.Value) {
	e.names, e.values = append(e.names, name), append(e.values, v)
}

// done returns what was gathered, or nil if that is nothing.
func (e *extrasOf) done() *extras {
	if len(e.names)+len(e.files) == 0 {
		return nil
	}
	if !slices.Equal(e.shared, e.names) {
		e.shared = slices.Clone(e.names)
	}
	return &extras{names: e.shared, values: slices.Clone(e.values), files: slices.Clone(e.files)}
}

package eval

import (
	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// Marks are how a value remembers where it came from. They sit on leaves; an
// operation on marked values puts their marks on its result. Only the first three
// make dependencies.
type (
	// artifactMark is on the path of what an instance makes.
	artifactMark struct {
		instance graph.ID
		output   int32 // index in the instance's outputs
	}
	// dataMark is on the path of a data block.
	dataMark struct{ index int32 }
	// fileMark is on the path of a file that files() found.
	fileMark struct {
		path string // in the project
		data int32  // the data block that tracks it; -1: none
	}
	// sensitiveMark is on values that must not be shown or written anywhere.
	sensitiveMark struct{ name string }
	// placeMark is on a path that came from another pipeline as plain text of type path, or
	// from glob there. It makes no dependency, but can be translated for a third one.
	placeMark struct{ path string } // in the workspace
	// argfileMark is on the path of a file of arguments, which depends on what its lines do.
	argfileMark struct{ *argfile }
	// collectedMark is on inputs.x of a collected directory. It makes no dependency.
	collectedMark struct{ *collected }
)

// origins are the marks of a value, sorted by kind.
type origins struct {
	artifacts []artifactMark
	data      []dataMark
	files     []fileMark
	argfiles  []*argfile
	places    []placeMark
	sensitive string // a sensitive param that the value was made from
}

// add takes in the marks of one value. Order is settled by whoever uses them:
// what they become is sorted there.
func (o *origins) add(marks cty.ValueMarks) {
	for m := range marks {
		switch m := m.(type) {
		case artifactMark:
			o.artifacts = append(o.artifacts, m)
		case dataMark:
			o.data = append(o.data, m)
		case fileMark:
			o.files = append(o.files, m)
		case placeMark:
			o.places = append(o.places, m)
		case argfileMark:
			o.argfiles = append(o.argfiles, m.argfile)
			o.add(m.marks)
		case sensitiveMark:
			if o.sensitive == "" || m.name < o.sensitive {
				o.sensitive = m.name
			}
		}
	}
}

func (o *origins) empty() bool {
	return len(o.artifacts) == 0 && len(o.data) == 0 && len(o.files) == 0 && len(o.argfiles) == 0
}

// secrecy returns the marks that a decision passes on to what was decided: a
// condition is no dependency, but it must not leak.
func secrecy(marks cty.ValueMarks) cty.ValueMarks {
	var out cty.ValueMarks
	for m := range marks {
		if _, ok := m.(sensitiveMark); ok {
			if out == nil {
				out = cty.ValueMarks{}
			}
			out[m] = struct{}{}
		}
	}
	return out
}

// bareValue returns v without marks at any depth, and all of them. What has no parts, as most
// values, is spared the walk.
func bareValue(v cty.Value) (cty.Value, cty.ValueMarks) {
	if t := v.Type(); t.IsPrimitiveType() || t.IsCapsuleType() {
		return v.Unmark()
	}
	return v.UnmarkDeep()
}

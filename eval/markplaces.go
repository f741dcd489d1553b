package eval

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/eval/space"
)

// A path in a value is translated where the value goes from one pipeline to another, by the
// mark that says what it is. Package space translates; here is what marks are of.

// asker is whose paths a view wants.
func (ev *evaluator) asker(vw view) *evaluator {
	if vw.to == nil {
		return ev
	}
	return vw.to
}

// pathOf is where the pipeline sees an artifact.
func (ev *evaluator) pathOf(m artifactMark) string {
	in := ev.instanceAt(m.instance)
	return in.st.ev.space.MadeAt(in.out[m.output].Path, ev.space)
}

// seenBy is where to sees tracked data. The pipeline that declares external data sees it under
// its name there, and another by what the data is called from it.
func (d *data) seenBy(to *evaluator) string {
	switch {
	case d.at != "" && to.space.Root() == d.ev.space.Root():
		return d.at
	case d.out.Host == "":
		return to.space.Seen(d.out.Path)
	}
	name, above := d.block.Name, false
	if to != d.ev {
		name, above = to.called(d.out.Name)
	}
	return to.space.External(name, above, path.Base(d.out.Path))
}

// called is what data of a name in the whole is called as a part of the pipeline has it, or
// what that is a part of, which is above it.
func (ev *evaluator) called(name string) (called string, above bool) {
	if ev.used == nil {
		return name, false
	}
	for _, own := range []string{ev.used.prefix, ev.used.names} {
		if rest, is := strings.CutPrefix(name, own); is {
			return rest, false
		}
	}
	return name, true
}

// fileAt is where the pipeline sees a file that a function found.
func (ev *evaluator) fileAt(m fileMark) string {
	if m.data >= 0 {
		d := ev.family.data[m.data]
		if sub, is := space.Within(d.out.Path, m.path); is && d.at != "" {
			return path.Join(d.seenBy(ev), sub)
		}
	}
	return ev.space.Seen(m.path)
}

// places returns where we and where to see what a mark is of.
func (ev *evaluator) places(mark any, to *evaluator) (here, there string, ok bool) {
	switch m := mark.(type) {
	case artifactMark:
		return ev.pathOf(m), to.pathOf(m), true
	case dataMark:
		d := ev.family.data[m.index]
		return d.seenBy(ev), d.seenBy(to), true
	case fileMark:
		return ev.fileAt(m), to.fileAt(m), true
	case placeMark:
		return ev.space.Seen(m.path), to.space.Seen(m.path), true
	}
	return "", "", false
}

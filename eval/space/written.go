package space

import (
	"path"
	"strings"
)

// Written are the files that people write to say what is done: pipelines, params files and
// locks. No output may be put over them, or a stranger's pipeline could have us read what it likes.
type Written struct {
	files  map[string]bool
	around map[string]string // a directory: such a file in it
	dirs   map[string]bool   // of pipelines
}

// NewWritten returns the locks of pipelines in some directories, and other files.
func NewWritten(dirs, files []string) *Written {
	w := &Written{files: map[string]bool{}, around: map[string]string{}, dirs: map[string]bool{}}
	for _, dir := range dirs {
		w.dirs[dir] = true
		w.add(path.Join(dir, "pipeline.lock"))
	}
	for _, name := range files {
		w.add(name)
	}
	return w
}

func (w *Written) add(name string) {
	w.files[name] = true
	for dir := range Around(path.Dir(name)) {
		if first := w.around[dir]; first == "" || name < first {
			w.around[dir] = name
		}
	}
}

// At says what an output at p would be put over; "" if nothing.
func (w *Written) At(p string) string {
	if strings.HasSuffix(p, ".pipeline.hcl") && w.dirs[path.Dir(p)] {
		return "part of a pipeline"
	}
	if f := w.around[p]; f != "" {
		return "around " + f + ", and an output is replaced as a whole"
	}
	for at := range Around(p) {
		switch {
		case !w.files[at]:
		case at != p:
			return "inside " + at + ", and that is a file"
		case path.Base(at) == "pipeline.lock":
			return "the lock of a pipeline"
		default:
			return "what a pipeline is read from"
		}
	}
	return ""
}

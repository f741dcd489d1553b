package foreign

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// trackedByLock returns what a pipeline.lock names: data, and outputs of instances.
func (p *Project) trackedByLock(name string, b []byte) ([]Tracked, error) {
	l, _, err := lock.Read(b)
	if err != nil {
		return nil, err
	}
	top := p.Top(path.Dir(name))
	var out []Tracked
	add := func(by, at string, c digest.Content, files, bytes int64) {
		rel, err := fs.CleanProjectPath(".", path.Join(top, at))
		if err != nil || strings.HasPrefix(at, graph.External+"/") || c.Kind == digest.None {
			return
		}
		if c.Kind == digest.File {
			files, bytes = 1, c.Digest.Size
		} else if files == 0 {
			files, bytes = -1, -1
		}
		out = append(out, Tracked{Path: rel, Kind: c.Kind, Files: files, Bytes: bytes, By: by, Top: top, Content: c})
	}
	for _, d := range l.Data {
		add("data."+d.Name, d.Path, d.Content, 0, 0)
	}
	for _, e := range l.Entries {
		for _, o := range e.Outputs {
			add(e.Instance, o.Path, o.Content, o.Files, o.Bytes)
		}
	}
	return out, nil
}

// Top is the directory of the project of dewar that a pipeline in dir is of: the nearest one with
// .dewar in it, else dir itself.
func (p *Project) Top(dir string) string {
	for at := dir; ; at = path.Dir(at) {
		if info, err := p.View.Stat(path.Join(at, dewarDir)); err == nil && info.IsDir() {
			return at
		}
		if at == "." {
			return dir
		}
	}
}

package toolchain

import (
	"encoding/json"
	"io"
	"path/filepath"
	"reflect"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// seen is a path that a finding rests on, as it was then. A path that was not
// there has no time.
type seen struct {
	Path  string `json:"path"`
	Size  int64  `json:"size"`
	MTime int64  `json:"mtime"`
	CTime int64  `json:"ctime"`
	Ino   uint64 `json:"ino"`
}

// look describes path as it is now, following symbolic links.
func (h *Host) look(path string) seen {
	s := seen{Path: path}
	if info, err := h.FS.Stat(path); err == nil {
		s.Size, s.MTime, s.CTime, s.Ino = info.Size, info.MTime, info.CTime, info.Ino
	}
	return s
}

// lookAll describes every path, each once.
func (h *Host) lookAll(paths []string) []seen {
	done := make(map[string]bool, len(paths))
	var out []seen
	for _, p := range paths {
		if !done[p] {
			done[p] = true
			out = append(out, h.look(p))
		}
	}
	return out
}

func (h *Host) keptPath(t graph.Toolchain) string {
	return filepath.Join(h.Cache, digest.Of([]byte(t.Name+"\x00"+t.Kind+"\x00"+t.Path)).Short()+".json")
}

// load returns what was found before, if everything it rests on is unchanged.
// Whatever is wrong with the file, the toolchain is found anew.
func (h *Host) load(t graph.Toolchain) (run.Binding, bool) {
	b, err := readFile(h.FS, h.keptPath(t))
	if err != nil {
		return run.Binding{}, false
	}
	var f found
	if json.Unmarshal(b, &f) != nil {
		return run.Binding{}, false
	}
	t.Span = diag.Span{}
	if !reflect.DeepEqual(f.Declared, t) || f.Path != h.Getenv("PATH") || len(f.Seen) == 0 {
		return run.Binding{}, false
	}
	for _, s := range f.Seen {
		if h.look(s.Path) != s {
			return run.Binding{}, false
		}
	}
	return f.Binding, true
}

// keep writes f for later. Failing to is no failure: it is only found again.
func (h *Host) keep(f found) {
	b, err := json.Marshal(f)
	if err != nil {
		return
	}
	if h.FS.MkdirAll(h.Cache, 0o777) == nil {
		_ = fs.WriteFile(h.FS, h.keptPath(f.Declared), b)
	}
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

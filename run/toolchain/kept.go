package toolchain

import (
	"encoding/json"
	"io"
	"maps"
	"path/filepath"
	"reflect"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
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

// holds reports whether every path is as it was.
func (h *Host) holds(list []seen) bool {
	for _, s := range list {
		if h.look(s.Path) != s {
			return false
		}
	}
	return true
}

// env are the variables that decide what is found. Others are not given to the programs that
// are asked, but to a python, for pyenv has many of its own.
func (h *Host) env() map[string]string {
	out := map[string]string{}
	for _, name := range []string{"PATH", "HOME", "CONDA_PREFIX", "PYENV_VERSION"} {
		if v := h.Getenv(name); v != "" {
			out[name] = v
		}
	}
	return out
}

// keptAs changes with what is kept and with what the kinds find. What another dewar kept is found again.
const keptAs = "2"

func (h *Host) keptPath(t graph.Toolchain) string {
	return filepath.Join(h.Cache, digest.Of([]byte(keptAs+probe+probeR+probeNode+"\x00"+t.Name+"\x00"+t.Kind+"\x00"+t.Path)).Short()+".json")
}

// known returns what was found before, if everything it rests on is unchanged. The error is
// that of a command which failed in this process already.
func (h *Host) known(t graph.Toolchain) (*found, error) {
	f, err := h.Memory.get(t)
	if err != nil {
		return nil, err
	}
	if f == nil {
		f = h.load(t)
	}
	if f == nil || !reflect.DeepEqual(f.Declared, t) || !maps.Equal(f.Env, h.env()) || len(f.Seen) == 0 || !h.holds(f.Seen) {
		return nil, nil
	}
	h.Memory.put(f)
	return f, nil
}

// load reads what is kept. Whatever is wrong with the file, the toolchain is found anew.
func (h *Host) load(t graph.Toolchain) *found {
	b, err := h.read(h.keptPath(t))
	if err != nil {
		return nil
	}
	var f found
	if json.Unmarshal(b, &f) != nil {
		return nil
	}
	return &f
}

// keep writes f for later. Failing to is no failure: it is only found again.
func (h *Host) keep(f *found) {
	h.Memory.put(f)
	if f.brief {
		return
	}
	b, err := json.Marshal(f)
	if err != nil {
		return
	}
	if h.FS.MkdirAll(h.Cache, 0o777) == nil {
		_ = fs.WriteFile(h.FS, h.keptPath(f.Declared), b)
	}
}

// read returns what is in a file of the host.
func (h *Host) read(name string) ([]byte, error) {
	f, err := h.FS.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

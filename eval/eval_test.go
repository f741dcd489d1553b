package eval_test

import (
	iofs "io/fs"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// The cases of the language are in spec/cases, where other front ends find them too;
// go test ./spec runs them.

// files is a project in memory.
type files map[string]string

func (f files) ReadFile(name string) ([]byte, error) {
	s, ok := f[name]
	if !ok {
		return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
	}
	return []byte(s), nil
}

func (f files) ReadDir(name string) ([]fs.Entry, error) {
	seen := map[string]iofs.FileMode{}
	for p := range f {
		rest, ok := strings.CutPrefix(p, name+"/")
		if name == "." {
			rest, ok = p, true
		}
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		if deeper {
			seen[first] = iofs.ModeDir
		} else if seen[first] == 0 {
			seen[first] = 0
		}
	}
	if len(seen) == 0 {
		return nil, &iofs.PathError{Op: "readdir", Path: name, Err: iofs.ErrNotExist}
	}
	var out []fs.Entry
	for n, m := range seen {
		out = append(out, fs.Entry{Name: n, Type: m})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

func (f files) Lstat(name string) (fs.Info, error) {
	if s, ok := f[name]; ok {
		return fs.Info{Mode: 0o644, Size: int64(len(s))}, nil
	}
	for p := range f {
		if strings.HasPrefix(p, name+"/") || name == "." {
			return fs.Info{Mode: 0o755 | iofs.ModeDir}, nil
		}
	}
	return fs.Info{}, &iofs.PathError{Op: "lstat", Path: name, Err: iofs.ErrNotExist}
}

func render(ds diag.List, src diag.Sources) string {
	var b strings.Builder
	if err := diag.Text(&b, ds, src, diag.TextOptions{Limit: -1}); err != nil {
		return err.Error()
	}
	return b.String()
}

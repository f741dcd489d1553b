package sandbox

import (
	iofs "io/fs"
	"os"
	"path/filepath"
	"sort"

	"github.com/dewar-build/dewar/run"
)

// maxUndeclared bounds the list: beyond it nobody reads on.
const maxUndeclared = 1000

// undeclared lists what an action left below root and did not declare.
// inputs is true if its inputs lie there too. What cannot be read is not listed:
// this is advice, not a verdict.
func undeclared(root string, x *run.Execution, inputs bool) []run.Written {
	skip := make(map[string]bool, len(x.Action.Outputs))
	for _, o := range x.Action.Outputs {
		skip[o.At] = true
	}
	for _, s := range x.Scratch {
		skip[s.Path] = true
	}
	if inputs {
		for _, l := range x.Action.Inputs {
			skip[l.At] = true
		}
	}
	var list []run.Written
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		at, err := filepath.Rel(root, path)
		at = filepath.ToSlash(at)
		switch {
		case err != nil:
			return nil
		case skip[at] && d.IsDir():
			return iofs.SkipDir
		case skip[at], d.IsDir(), d.Type()&iofs.ModeCharDevice != 0: // overlayfs marks deletions by devices
			return nil
		case len(list) == maxUndeclared:
			return iofs.SkipAll
		}
		w := run.Written{At: at}
		if info, err := d.Info(); err == nil {
			w.Size = info.Size()
		}
		list = append(list, w)
		return nil
	})
	sort.Slice(list, func(i, j int) bool { return list[i].At < list[j].At })
	return list
}

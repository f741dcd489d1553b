package toolchain

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// A package installed in editable form is no copy: a .pth file adds the
// directory of its sources to sys.path, often one of the project itself. No
// list of files tells what is in it, and nothing about the environment changes
// when it is edited, so its code is hashed: all modules below it.

// outside returns the digest of the modules below dir and the paths that it
// rests on: directories, for modules that come and go, and the modules.
func (h *Host) outside(dir string) (d digest.Digest, looked []string, err error) {
	w := digest.NewWriter()
	var walk func(rel string) error
	walk = func(rel string) error {
		at := filepath.Join(dir, rel)
		looked = append(looked, at)
		entries, err := h.FS.ReadDir(at)
		if err != nil {
			return err
		}
		for _, e := range entries { // sorted by name
			name := filepath.Join(rel, e.Name)
			switch {
			case e.Type.IsDir():
				if h.holdsModules(filepath.Join(dir, name)) {
					err = walk(name)
				}
			case isModule(e.Name):
				var sum digest.Digest
				if sum, err = h.hash(filepath.Join(dir, name)); err == nil {
					looked = append(looked, filepath.Join(dir, name))
					fmt.Fprintf(w, "%q %s\n", filepath.ToSlash(name), sum)
				}
			}
			if err != nil {
				return fmt.Errorf("%s, which a .pth file adds to python's path: %w", filepath.Join(dir, name), err)
			}
		}
		return nil
	}
	err = walk("")
	return w.Digest(), looked, err
}

// isModule reports whether python may import a file of this name.
func isModule(name string) bool {
	return slices.Contains([]string{".py", ".so", ".pyd"}, strings.ToLower(filepath.Ext(name)))
}

// holdsModules leaves out directories that no import leads into: hidden ones,
// compiled code, and other environments that lie in a project.
func (h *Host) holdsModules(dir string) bool {
	name := filepath.Base(dir)
	if strings.HasPrefix(name, ".") || name == "__pycache__" || name == "node_modules" {
		return false
	}
	_, err := h.FS.Stat(filepath.Join(dir, "pyvenv.cfg"))
	return err != nil
}

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
// when it is edited, so its code is hashed: all modules below it. It is the same with packages that are
// links in a node_modules.

// outside returns the digest of the modules below dir and the paths that it
// rests on: directories, for modules that come and go, and the modules.
func (h *Host) outside(dir string, l language) (d digest.Digest, looked []string, err error) {
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
				if l.leadsInto(h, filepath.Join(dir, name)) {
					err = walk(name)
				}
			case l.isModule(e.Name):
				var sum digest.Digest
				if sum, err = h.hash(filepath.Join(dir, name)); err == nil {
					looked = append(looked, filepath.Join(dir, name))
					fmt.Fprintf(w, "%q %s\n", filepath.ToSlash(name), sum)
				}
			}
			if err != nil {
				return fmt.Errorf("%s, which %s: %w", filepath.Join(dir, name), l.because, err)
			}
		}
		return nil
	}
	err = walk("")
	return w.Digest(), looked, err
}

// language is what is code to a language, outside of where its packages are.
type language struct {
	ends    []string // of names of modules
	marks   string   // a file of directories that are another environment; "": there are none
	because string   // why a directory counts
}

func pythonCode() language {
	return language{[]string{".py", ".so", ".pyd"}, "pyvenv.cfg", "a .pth file adds to python's path"}
}

func nodeCode() language {
	return language{[]string{".js", ".cjs", ".mjs", ".jsx", ".ts", ".json", ".node", ".wasm"}, "", "a link in node_modules leads to"}
}

// isModule reports whether an import may read a file of this name.
func (l language) isModule(name string) bool {
	return slices.Contains(l.ends, strings.ToLower(filepath.Ext(name)))
}

// leadsInto leaves out directories that no import leads into: hidden ones,
// compiled code, and other environments that lie in a project.
func (l language) leadsInto(h *Host, dir string) bool {
	name := filepath.Base(dir)
	if strings.HasPrefix(name, ".") || name == "__pycache__" || name == "node_modules" {
		return false
	}
	return l.marks == "" || !h.there(filepath.Join(dir, l.marks))
}

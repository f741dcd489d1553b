package dewar

import (
	"fmt"
	"path"
	"path/filepath"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/fs"
)

// KeptModules returns a way to have commits of other projects that are in the project at
// root already: nothing is opened and nothing fetched, as befits who evaluates while a
// person types.
func KeptModules(fsys fs.FS, root string) func(eval.GitModule) (string, error) {
	return func(m eval.GitModule) (string, error) {
		dir := path.Join(modulesDir, m.Rev)
		detail := fmt.Sprintf("%q is not a full commit, and what a branch or a tag means changes. dewar validate says which commit it is now.", m.Rev)
		if fullCommit(m.Rev) {
			rec := readModuleRecord(fsys, root, m.Rev)
			if rec != nil && rec.has(m) && exists(fsys, filepath.Join(root, filepath.FromSlash(dir))) {
				return dir, nil
			}
			detail = "The commit is not in this project yet. dewar validate brings it."
		}
		return "", failure(diag.Diagnostic{Code: "E-module-git", Subject: "rev", Detail: detail})
	}
}

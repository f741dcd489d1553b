package dewar

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// A store that several projects share knows them: whoever collects garbage in it
// has to keep what the others need. Each leaves a file under projects/, at most once
// a day, and a project that is gone is told by its directory being gone.

// SharedProject is an entry of the registry.
type SharedProject struct {
	Root string    `json:"root"`
	Used time.Time `json:"used"` // to the day
}

// registerAfter is how old an entry must be to be written again.
const registerAfter = 24 * time.Hour

// projectID is the name of a project in a shared store.
func projectID(root string) string { return digest.Of([]byte(filepath.ToSlash(root))).Hex() }

// register writes that this project uses the store in dir; and if that is the
// own store of another project, that that one does. Failing to is no failure.
func (p *Project) register(dir string) {
	roots := []string{p.Root}
	if filepath.Base(dir) == "cache" && filepath.Base(filepath.Dir(dir)) == Dir {
		roots = append(roots, filepath.Dir(filepath.Dir(dir)))
	}
	now := p.host.Now().UTC().Truncate(time.Second)
	for _, root := range roots {
		at := filepath.Join(dir, "projects", projectID(root)+".json")
		var was SharedProject
		if b, err := fs.ReadFile(p.host.FS, at); err == nil && json.Unmarshal(b, &was) == nil && was.Root == root {
			if age := now.Sub(was.Used); age >= 0 && age < registerAfter {
				continue
			}
		}
		b, err := json.Marshal(SharedProject{root, now})
		if err == nil && p.host.FS.MkdirAll(filepath.Dir(at), 0o777) == nil {
			_ = fs.WriteFile(p.host.FS, at, append(b, '\n'))
		}
	}
}

// SharedProjects returns the projects that use the same store, by their
// entries, this one included. Entries that are none are passed over.
func (p *Project) SharedProjects() ([]SharedProject, error) {
	dir := filepath.Join(p.cacheDir(), "projects")
	entries, err := p.host.FS.ReadDir(dir)
	if isNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []SharedProject
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name, ".json")
		if !ok {
			continue
		}
		b, err := fs.ReadFile(p.host.FS, filepath.Join(dir, e.Name))
		if err != nil {
			return nil, err
		}
		var s SharedProject
		if json.Unmarshal(b, &s) == nil && projectID(s.Root) == id {
			out = append(out, s)
		}
	}
	return out, nil
}

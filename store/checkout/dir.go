package checkout

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path"

	"github.com/dewar-build/dewar/digest"
)

// dir makes the path at, whose parent is a real directory, hold a directory: what is
// right stays untouched, what is different is replaced, what is more goes.
func (w *writer) dir(at string, d digest.Digest, known digest.Content, private bool) error {
	want, err := w.deps.Store.Dir(d)
	if err != nil {
		return fmt.Errorf("check out %s: %w", at, err)
	}
	info, err := w.deps.FS.Lstat(w.native(at))
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return fmt.Errorf("check out %s: %w", at, err)
	}
	if err == nil && !info.IsDir() {
		if err := w.evict(at, known); err != nil {
			return err
		}
	}
	if err != nil || !info.IsDir() {
		if done, err := w.freshDir(at, want, private); done || err != nil {
			return err
		}
	}
	return w.reconcile(at, want, w.children(known), private)
}

// freshDir makes a whole directory beside its place and renames it: faster, and nobody
// sees half of it. It is not done if something is there meanwhile.
func (w *writer) freshDir(at string, want digest.Dir, private bool) (done bool, err error) {
	var made []madeFile
	tmp, err := w.temp(at, func(tmp string) error { return w.build(tmp, at, want, &made, private) })
	if err == nil {
		if err = w.deps.FS.Rename(tmp, w.native(at)); err == nil {
			return true, w.each(len(made), func(i int) error {
				w.count(&w.report.Written)
				return w.record(made[i].at, made[i].digest)
			})
		}
	}
	w.deps.FS.RemoveAll(tmp)
	if info, serr := w.deps.FS.Lstat(w.native(at)); serr == nil && info.IsDir() {
		return false, nil
	}
	return false, fmt.Errorf("check out %s: %w", at, err)
}

type madeFile struct {
	at     string
	digest digest.Digest
}

// build writes the directory name, which does not exist, for the path at.
func (w *writer) build(name, at string, want digest.Dir, made *[]madeFile, private bool) error {
	if err := w.deps.FS.Mkdir(name, 0o755); err != nil {
		return err
	}
	err := w.each(len(want.Files), func(i int) error {
		f := want.Files[i]
		return w.clone(name+"/"+f.Name, digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}, private)
	})
	if err != nil {
		return err
	}
	for _, f := range want.Files {
		*made = append(*made, madeFile{path.Join(at, f.Name), f.Digest})
	}
	for _, l := range want.Symlinks {
		if err := w.deps.FS.Symlink(l.Target, name+"/"+l.Name); err != nil {
			return err
		}
	}
	for _, sub := range want.Dirs {
		dir, err := w.deps.Store.Dir(sub.Digest)
		if err != nil {
			return err
		}
		if err := w.build(name+"/"+sub.Name, path.Join(at, sub.Name), dir, made, private); err != nil {
			return err
		}
	}
	return nil
}

// reconcile changes an existing directory into want.
func (w *writer) reconcile(at string, want digest.Dir, known map[string]child, private bool) error {
	if err := w.removeOthers(at, want, known); err != nil {
		return err
	}
	err := w.each(len(want.Files), func(i int) error {
		f := want.Files[i]
		c := digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}
		return w.file(path.Join(at, f.Name), c, known[f.Name].content, private)
	})
	if err != nil {
		return err
	}
	for _, l := range want.Symlinks {
		if err := w.symlink(path.Join(at, l.Name), l.Target, known[l.Name]); err != nil {
			return err
		}
	}
	for _, sub := range want.Dirs {
		if err := w.dir(path.Join(at, sub.Name), sub.Digest, known[sub.Name].content, private); err != nil {
			return err
		}
	}
	return nil
}

// removeOthers takes everything out of a directory that is not in want.
func (w *writer) removeOthers(at string, want digest.Dir, known map[string]child) error {
	names := make(map[string]bool)
	for _, f := range want.Files {
		names[f.Name] = true
	}
	for _, l := range want.Symlinks {
		names[l.Name] = true
	}
	for _, d := range want.Dirs {
		names[d.Name] = true
	}
	entries, err := w.deps.FS.ReadDir(w.native(at))
	if err != nil {
		return fmt.Errorf("check out %s: %w", at, err)
	}
	for _, e := range entries {
		if names[e.Name] {
			continue
		}
		if ignored, err := w.plan.Ignore.Match(path.Join(at, e.Name), e.Type.IsDir()); ignored || err != nil {
			if err != nil {
				return fmt.Errorf("check out %s: %w", at, err)
			}
			continue
		}
		if err := w.discard(path.Join(at, e.Name), known[e.Name]); err != nil {
			return err
		}
	}
	return nil
}

// discard evicts an entry; a symbolic link that is as it was made is just removed.
func (w *writer) discard(at string, known child) error {
	if known.link != "" && w.isLink(w.native(at), known.link) {
		return w.deps.FS.Remove(w.native(at))
	}
	return w.evict(at, known.content)
}

func (w *writer) symlink(at, target string, known child) error {
	if w.isLink(w.native(at), target) {
		return nil
	}
	if err := w.discard(at, known); err != nil {
		return err
	}
	if err := w.deps.FS.Symlink(target, w.native(at)); err != nil {
		return fmt.Errorf("check out %s: %w", at, err)
	}
	return nil
}

// removeItem removes what is at an item's path, and the directories above it that
// are then empty.
func (w *writer) removeItem(it Item) error {
	dir, ok, err := w.realDir(path.Dir(it.Path), false)
	if !ok || err != nil {
		return err
	}
	at := path.Join(dir, path.Base(it.Path))
	if _, err := w.deps.FS.Lstat(w.native(at)); errors.Is(err, iofs.ErrNotExist) {
		return nil
	}
	if err := w.evict(at, it.Known); err != nil {
		return err
	}
	for ; dir != "."; dir = path.Dir(dir) {
		entries, err := w.deps.FS.ReadDir(w.native(dir))
		if err != nil || len(entries) > 0 || w.deps.FS.Remove(w.native(dir)) != nil {
			return nil // somebody needs it
		}
		clear(w.reals)
		w.reals["."] = "."
	}
	return nil
}

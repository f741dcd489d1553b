package checkout

import (
	"encoding/json"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"syscall"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// evict takes whatever is at a path out of the way, and takes care of it.
func (w *writer) evict(at string, known digest.Content) error {
	info, err := w.deps.FS.Lstat(w.native(at))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	was := w.indexed(at, info)
	out, err := w.temp(at, func(tmp string) error { return w.deps.FS.Rename(w.native(at), tmp) })
	if errors.Is(err, iofs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("move %s out of the way: %w", at, err)
	}
	return w.dispose(out, at, was, known, true)
}

// dispose takes care of out, which was at a path: what the store knows, if that
// will do, or what was known to be there, is removed; everything else is kept. gone says that nothing
// takes its place, for the count. What cannot be read is not ours to remove: it is kept.
func (w *writer) dispose(out, at string, was seen, known digest.Content, gone bool) error {
	info, err := w.deps.FS.Lstat(out)
	if err != nil {
		return w.keep(out, at, Kept{Path: at, Kind: "something that cannot be read"})
	}
	switch {
	case info.IsDir():
		return w.disposeDir(out, at, known)
	case info.IsRegular():
		d, err := w.identify(out, info, was)
		if err != nil {
			return w.keep(out, at, Kept{Path: at, Kind: "a file"})
		}
		if d != known.Digest && (w.plan.Exact || !w.deps.Store.Has(d)) {
			return w.keep(out, at, Kept{Path: at, Digest: d, Kind: "a file"})
		}
		if gone {
			w.count(&w.report.Removed)
		}
		return w.deps.FS.Remove(out)
	case info.IsSymlink():
		if w.madeHere(out) {
			if gone {
				w.count(&w.report.Removed)
			}
			return w.deps.FS.Remove(out)
		}
		return w.keep(out, at, Kept{Path: at, Kind: "a symbolic link"})
	}
	return w.keep(out, at, Kept{Path: at, Kind: "something special"})
}

// madeHere reports whether a symbolic link is one into a store: what it leads to is
// still there, or was never the person's.
func (w *writer) madeHere(name string) bool {
	_, into := w.linked(name)
	return into
}

// identify returns the digest of a file that was moved. Moving changes its change time, so
// that the index cannot know it by that; what the index said before serves as well if
// nothing else is different. What was read a moment ago does not: it could
// have been written to within one tick of the clock.
func (w *writer) identify(out string, info fs.Info, was seen) (digest.Digest, error) {
	now := was.info
	now.CTime = info.CTime
	if was.indexed && info.Ino != 0 && now == info {
		return was.digest, nil
	}
	return w.hash(out)
}

// disposeDir takes care of a directory that was moved away as a whole.
func (w *writer) disposeDir(out, at string, known digest.Content) error {
	kids := w.children(known)
	entries, err := w.deps.FS.ReadDir(out)
	if err != nil {
		return w.keep(out, at, Kept{Path: at, Kind: "a directory"})
	}
	for _, e := range entries {
		sub, kid := path.Join(at, e.Name), kids[e.Name]
		if kid.link != "" && w.isLink(out+"/"+e.Name, kid.link) {
			continue
		}
		var was seen
		if info, err := w.deps.FS.Lstat(out + "/" + e.Name); err == nil {
			was = w.indexed(sub, info) // moving a directory leaves its entries as they are
		}
		if err := w.dispose(out+"/"+e.Name, sub, was, kid.content, true); err != nil {
			return err
		}
	}
	return w.deps.FS.RemoveAll(out)
}

// child is an entry of a known directory.
type child struct {
	content digest.Content
	link    string // the target of a symbolic link
}

// children returns the entries of a directory by name; none if the store does not have it.
func (w *writer) children(c digest.Content) map[string]child {
	if c.Kind != digest.Directory {
		return nil
	}
	dir, err := w.deps.Store.Dir(c.Digest)
	if err != nil {
		return nil
	}
	kids := make(map[string]child)
	for _, f := range dir.Files {
		kids[f.Name] = child{content: digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}}
	}
	for _, d := range dir.Dirs {
		kids[d.Name] = child{content: digest.Content{Kind: digest.Directory, Digest: d.Digest}}
	}
	for _, l := range dir.Symlinks {
		kids[l.Name] = child{link: l.Target}
	}
	return kids
}

func (w *writer) isLink(name, target string) bool {
	got, err := w.deps.FS.Readlink(name)
	return err == nil && got == target
}

// keep moves out to where things are kept, under the path it had.
func (w *writer) keep(out, at string, k Kept) error {
	if w.plan.Force {
		return w.deps.FS.RemoveAll(out)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	where, err := w.keptPlace(at)
	if err != nil {
		return fmt.Errorf("keep what was at %s (it is in %s now): %w", at, out, err)
	}
	if err := w.move(out, where); err != nil {
		return fmt.Errorf("keep what was at %s (it is in %s now): %w", at, out, err)
	}
	k.Where = where
	w.report.Kept = append(w.report.Kept, k)
	return nil
}

// move renames a file or symbolic link, or copies it to another filesystem.
func (w *writer) move(from, to string) error {
	err := w.deps.FS.Rename(from, to)
	if info, lerr := w.deps.FS.Lstat(from); !errors.Is(err, syscall.EXDEV) || lerr != nil || !info.IsRegular() && !info.IsSymlink() {
		return err
	}
	if target, lerr := w.deps.FS.Readlink(from); lerr == nil {
		err = w.deps.FS.Symlink(target, to)
	} else {
		err = w.deps.FS.Clone(from, to, 0o644)
	}
	if err != nil {
		return err
	}
	return w.deps.FS.Remove(from)
}

// keptPlace returns a free name for what was at a path, in a directory of this
// Checkout: <time>-<n>, made when it is first needed.
func (w *writer) keptPlace(at string) (string, error) {
	for range 1000 {
		if w.keptDir != "" {
			where := w.keptDir + "/" + at
			err := w.deps.FS.MkdirAll(path.Dir(where), 0o755)
			if _, lerr := w.deps.FS.Lstat(where); err == nil && errors.Is(lerr, iofs.ErrNotExist) {
				return where, nil
			}
		}
		if err := w.newKeptDir(); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("no free name in %s", w.plan.Kept)
}

func (w *writer) newKeptDir() error {
	if err := w.deps.FS.MkdirAll(w.plan.Kept, 0o755); err != nil {
		return err
	}
	base := w.plan.Kept + "/" + w.deps.Now().UTC().Format("20060102T150405Z")
	for {
		w.keptN++
		w.keptDir = fmt.Sprintf("%s-%d", base, w.keptN)
		if err := w.deps.FS.Mkdir(w.keptDir, 0o755); !errors.Is(err, iofs.ErrExist) {
			return err
		}
	}
}

// writeRecord writes down what was kept, beside the last directory of it: for
// the person who comes back in a month.
func (w *writer) writeRecord() error {
	if len(w.report.Kept) == 0 {
		return nil
	}
	var b []byte
	for _, k := range w.report.Kept {
		line, err := json.Marshal(struct {
			Path   string `json:"path"`
			Where  string `json:"where"`
			Kind   string `json:"kind"`
			Digest string `json:"digest,omitempty"`
		}{k.Path, k.Where, k.Kind, digestText(k.Digest)})
		if err != nil {
			return err
		}
		b = append(append(b, line...), '\n')
	}
	return fs.WriteFile(w.deps.FS, w.keptDir+".jsonl", b)
}

func digestText(d digest.Digest) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

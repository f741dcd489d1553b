package dewar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/git"
	"github.com/dewar-build/dewar/image"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store"
)

// What a collection must keep is read from the files that name it, generously: a line
// of a lock that is in conflict counts, and in what cannot be read, whatever looks
// like a digest does. To keep too much costs space, to keep too little costs work.

// gcRoots tells a collection what is named.
type gcRoots struct {
	c    *store.Collection
	s    *store.Store
	seen map[[32]byte]struct{} // lines of locks: most are the same in all versions
}

// lockText keeps what the text of a lock names. of is the root of the project.
func (r *gcRoots) lockText(b []byte, of string) error {
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		h := digest.Of(line).Hash
		if _, ok := r.seen[h]; ok || len(line) == 0 {
			continue
		}
		r.seen[h] = struct{}{}
		l, _, err := lock.Read(line) // by itself: another line about the same instance is another version
		var newer *lock.VersionError
		if errors.As(err, &newer) {
			return err
		}
		if err != nil || len(l.Entries)+len(l.Data) == 0 {
			r.text(line)
			continue
		}
		if err := r.lock(l, of); err != nil {
			return err
		}
	}
	return nil
}

// lock keeps what a lock names.
func (r *gcRoots) lock(l *lock.Lock, of string) error {
	for _, e := range l.Entries {
		r.c.KeepResult(e.Action)
		for _, in := range e.Inputs {
			r.c.Keep(in.Content)
		}
		for _, o := range e.Outputs {
			r.c.Keep(o.Content)
		}
	}
	for _, d := range l.Data {
		r.c.Keep(d.Content)
		if err := noteData(r.s, of, d); err != nil {
			return err
		}
	}
	return nil
}

// noteData sees to it that what is tracked now is known as data when it is not any more.
func noteData(s *store.Store, root string, list ...lock.Data) error {
	for _, d := range list {
		if isExternal(d.Path) || !s.Has(d.Content.Digest) {
			continue // it is not ours to keep
		}
		if err := s.NoteData(store.DataNote{Content: d.Content, Name: d.Name, Path: d.Path, Project: root}); err != nil {
			return err
		}
	}
	return nil
}

// text keeps everything that a text names by its digest. What a digest stands
// for is not known: it may be an action key as well.
func (r *gcRoots) text(b []byte) {
	const hexa = 64
	for i := 0; ; {
		slash := bytes.IndexByte(b[i:], '/')
		if slash < 0 {
			return
		}
		slash += i
		i = slash + 1
		end := i
		for end < len(b) && b[end] >= '0' && b[end] <= '9' {
			end++
		}
		if slash < hexa || end == i {
			continue
		}
		d, err := digest.Parse(string(b[slash-hexa : end]))
		if err != nil || r.c.Keeps(d) {
			continue
		}
		r.c.KeepResult(d)
		r.c.KeepUnknown(d)
	}
}

// project keeps what one project names.
func (r *gcRoots) project(ctx context.Context, p *Project, o GCScope, records gcRecords) error {
	for _, part := range []func() error{
		func() error { return r.locks(p, "") },
		func() error { return r.files(p.path("pins"), func(b []byte) error { return r.lockText(b, p.Root) }) },
		func() error { return r.commits(ctx, p, o) },
		func() error { return r.experiments(p, o) },
		func() error { return r.records(p, records) },
		func() error { return r.images(p) },
	} {
		if err := part(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// locks keeps what the locks of all pipelines of a project name, wherever they
// are. What may not be read is no pipeline of ours.
func (r *gcRoots) locks(p *Project, dir string) error {
	entries, err := p.host.FS.ReadDir(p.hostPath(dir))
	if err != nil {
		if isPermission(err) && dir != "" || isNotExist(err) {
			return nil
		}
		return err
	}
	for _, e := range entries {
		at := join(dir, e.Name)
		switch {
		case e.Type.IsDir() && e.Name != Dir && e.Name != ".git":
			err = r.locks(p, at)
		case e.Name == "pipeline.lock":
			var b []byte
			if b, err = fs.ReadFile(p.host.FS, p.hostPath(at)); err == nil {
				if err = r.lockText(b, p.Root); err != nil {
					err = failure(diag.Diagnostic{Code: "E-lock-version", Detail: fmt.Sprintf("%s: %v. Nothing was removed.", p.hostPath(at), err)})
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// files calls each with the files of a directory of .dewar.
func (r *gcRoots) files(dir string, each func([]byte) error) error { return r.eachFile(dir, "", each) }

func (r *gcRoots) eachFile(dir, ext string, each func([]byte) error) error {
	fsys := r.s.FS()
	entries, err := fsys.ReadDir(dir)
	if isNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name) != ext && ext != "" || !e.Type.IsRegular() {
			continue
		}
		b, err := fs.ReadFile(fsys, filepath.Join(dir, e.Name))
		if isNotExist(err) {
			continue
		}
		if err == nil {
			err = each(b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commits keeps what the locks of commits name.
func (r *gcRoots) commits(ctx context.Context, p *Project, o GCScope) error {
	scope := git.Scope{Branches: o.Branches, Tags: o.Tags, Commits: o.Commits}
	if scope == (git.Scope{}) || !p.inGit() {
		return nil
	}
	repo, err := p.repo(ctx)
	if err == nil && repo == nil {
		err = errors.New("git cannot be asked")
	}
	if err == nil {
		err = repo.Versions(ctx, "pipeline.lock", scope, func(b []byte) error { return r.lockText(b, p.Root) })
	}
	if err != nil && ctx.Err() == nil {
		return failure(diag.Diagnostic{Code: "E-gc-git", Detail: fmt.Sprintf("What the commits of %s name is not known, so nothing was removed: %v. With --workspace alone it need not be.", p.Root, err)})
	}
	return err
}

// experiments keeps what the records of experiments name.
func (r *gcRoots) experiments(p *Project, o GCScope) error {
	if !o.Experiments {
		return nil
	}
	return r.eachFile(p.path("exp", "records"), ".json", func(b []byte) error {
		var rec exp.Record
		if json.Unmarshal(b, &rec) == nil {
			for _, line := range rec.Lock {
				if err := r.lockText(line, p.Root); err != nil {
					return err
				}
			}
		}
		r.text(b)
		return nil
	})
}

// images keeps the images that the pipelines of a project name.
func (r *gcRoots) images(p *Project) error {
	named := p.namedImages()
	return r.imagesThat(p, func(n image.Note) bool { return named[n.Image] })
}

func (r *gcRoots) imagesThat(p *Project, stays func(image.Note) bool) error {
	notes, err := p.images().Notes()
	for _, n := range notes {
		if stays(n) {
			r.c.Keep(digest.Content{Kind: digest.Directory, Digest: n.Tree})
		}
	}
	return err
}

// gcRecords says which records of runs stay: the last of each instance does in any case.
type gcRecords struct {
	since string            // the name of the first that is young enough
	old   func(name string) // told of the others
}

// records keeps the logs that records of runs name.
func (r *gcRoots) records(p *Project, o gcRecords) error {
	entries, err := p.host.FS.ReadDir(p.path("runs"))
	if isNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	last := map[[2]string]bool{}
	for _, e := range slices.Backward(entries) { // the newest first
		name := p.path("runs", e.Name)
		if e.Name < "0" || e.Name > "9~" || !strings.HasSuffix(e.Name, ".json") {
			continue
		}
		b, err := fs.ReadFile(p.host.FS, name)
		if isNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		var rec Record
		readable := json.Unmarshal(b, &rec) == nil
		newest := false
		for _, x := range rec.Instances {
			if of := [2]string{rec.Dir, x.Instance}; !last[of] {
				last[of], newest = true, true
			}
		}
		if readable && !newest && e.Name < o.since {
			o.old(name)
			continue
		}
		r.text(b)
	}
	return nil
}

package dewar

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/git"
)

// freshness says how new a clone has to be.
type freshness bool

const (
	fromClone freshness = false // what was cloned before will do, if it has the revision
	asOfNow   freshness = true  // the other side is asked what it is now
)

// openForeign opens the project of a request at its revision.
func (p *Project) openForeign(ctx context.Context, r ImportRequest, how freshness) (*stranger, error) {
	f := &stranger{Project: foreign.Project{Name: config.Redact(r.Project), Warn: p.warn}, p: p}
	if bad := foreign.BadAddress(r.Project); bad != "" {
		return nil, failure(diag.Diagnostic{Code: "E-data-from", Detail: bad})
	}
	if p.isKept(r.Base) && !foreign.IsElsewhere(r.Project) {
		return nil, failure(diag.Diagnostic{Code: "E-data-from", Detail: fmt.Sprintf("%q is a directory of this machine, and who names it is a project that is itself brought from Git. %s", r.Project, onlyAddresses)})
	}
	if root, committed := p.foreignRoot(r); root != "" {
		ok, err := f.openHere(ctx, root, r.Rev, committed)
		if ok || err != nil {
			return f, err
		}
	} else if !foreign.IsAddress(r.Project) {
		return nil, failure(diag.Diagnostic{Code: "E-import-project", Detail: fmt.Sprintf("There is no directory %s. A project is a directory of this machine, or what git clones: https://…, ssh://…, user@host:path.", r.Project)})
	}
	if p.host.Command == nil {
		return nil, failure(diag.Diagnostic{Code: "E-import-project", Detail: "Projects that lie elsewhere are cloned with git, and here no programs are started."})
	}
	return f, f.openClone(ctx, r, how)
}

const onlyAddresses = "There, a project is named with its address: https://…, ssh://…, user@host:path."

// isKept reports whether a directory of this machine is one of a project that is kept for modules.
func (p *Project) isKept(dir string) bool {
	sub, err := filepath.Rel(p.path("modules"), dir)
	return err == nil && filepath.IsLocal(sub)
}

// foreignRoot returns the directory of this machine that a project is; "" if it is none.
// committed says that it was written as an address, which means what is committed there.
// For a pipeline from Git there is none: host:path could lead anywhere in its user's project.
func (p *Project) foreignRoot(r ImportRequest) (root string, committed bool) {
	if p.isKept(r.Base) {
		return "", false
	}
	root = filepath.FromSlash(r.Project)
	if rest, ok := strings.CutPrefix(r.Project, "file://"); ok {
		path, err := url.PathUnescape(strings.TrimPrefix(rest, "localhost"))
		if err != nil {
			return "", true
		}
		root, committed = filepath.FromSlash(path), true
	} else if strings.Contains(r.Project, "://") {
		return "", false
	}
	if !filepath.IsAbs(root) {
		root = filepath.Join(r.Base, root)
	}
	if info, err := p.host.FS.Stat(root); err != nil || !info.IsDir() {
		return "", committed
	}
	return filepath.Clean(root), committed
}

const readWithoutRev = " Without one it is read as it lies."

// openHere opens a directory of this machine; false if it has to be cloned: a repository without
// a work tree.
func (f *stranger) openHere(ctx context.Context, root, rev string, committed bool) (bool, error) {
	if f.p.host.Command != nil {
		repo, err := git.Open(ctx, f.p.host.Command, root)
		switch {
		case errors.Is(err, git.ErrNone):
			if isBare(f.p.host.FS, root) {
				return false, nil
			}
		case err != nil:
			return true, f.unreachable(err)
		default:
			f.repo = repo
		}
	}
	f.root = root
	if rev == "" && !committed {
		f.View = fs.NewProject(f.p.host.FS, root)
		return true, nil
	}
	if f.repo == nil {
		return true, failure(diag.Diagnostic{Code: "E-import-rev", Detail: fmt.Sprintf("%s is in no Git repository, so it has no revisions."+readWithoutRev, f.Name)})
	}
	if rev == "" {
		rev = "HEAD"
	}
	c, err := f.repo.Resolve(ctx, rev)
	if err != nil {
		return true, f.noRevision(rev, err)
	}
	return true, f.see(ctx, c)
}

// isBare reports whether a directory is a repository itself.
func isBare(fsys fs.FS, root string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := fsys.Lstat(filepath.Join(root, name)); err != nil {
			return false
		}
	}
	return true
}

// see has the files be those of a commit.
func (f *stranger) see(ctx context.Context, c git.Commit) error {
	tree, err := f.repo.Tree(ctx, c)
	if err != nil {
		return err
	}
	f.commit, f.Revision, f.View = c, c.Short(), tree
	return nil
}

// openClone opens the clone of what lies elsewhere, making it if need be.
func (f *stranger) openClone(ctx context.Context, r ImportRequest, how freshness) error {
	address := r.Project
	if at, _ := f.p.foreignRoot(r); at != "" {
		address = at // a repository without a work tree; git's current directory is not what it was relative to
	}
	dir := f.p.path("projects", digest.Of([]byte(address)).Hex())
	if err := f.p.host.FS.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return err
	}
	unlock, err := f.p.host.FS.Lock(dir+".lock", true, true)
	if err != nil {
		return fmt.Errorf("lock the clone of %s: %w", f.Name, err)
	}
	defer func() { _ = unlock() }()
	if how == fromClone && exists(f.p.host.FS, dir) {
		if f.repo, err = git.OpenClone(ctx, f.p.host.Command, dir); err == nil {
			if c, err := f.repo.ResolveClone(ctx, r.Rev); err == nil {
				return f.see(ctx, c)
			}
		}
	}
	r.progress(f.Name, 0, -1)
	if err := git.Clone(ctx, f.p.host.Command, address, dir); err != nil {
		return f.unreachable(err)
	}
	if f.repo, err = git.OpenClone(ctx, f.p.host.Command, dir); err != nil {
		return f.unreachable(err)
	}
	c, err := f.repo.ResolveClone(ctx, r.Rev)
	if err != nil && git.CloneCommit(ctx, f.p.host.Command, address, dir, r.Rev) == nil {
		c, err = f.repo.ResolveClone(ctx, r.Rev)
	}
	if err != nil {
		return f.noRevision(r.Rev, err)
	}
	return f.see(ctx, c)
}

// unreachable is what git says of a project that cannot be had.
func (f *stranger) unreachable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return failure(diag.Diagnostic{
		Code:   "E-import-project",
		Detail: fmt.Sprintf("%s cannot be had. %s. If it is private, git has to know your login: what `git ls-remote %s` says is what counts.", f.Name, capitalized(strings.TrimRight(gitWords(err), ".\n ")), f.Name),
	})
}

// gitWords is what git said, on one line and without secrets.
func gitWords(err error) string {
	text := err.Error()
	if _, said, ok := strings.Cut(text, "fatal: "); ok {
		text = strings.TrimPrefix(said, "fatal: ")
	}
	words := strings.Fields(text)
	for i, w := range words {
		if strings.Contains(w, "://") {
			words[i] = config.Redact(w)
		}
	}
	return strings.Join(words, " ")
}

func (f *stranger) noRevision(rev string, err error) error {
	var unknown *git.UnknownError
	if !errors.As(err, &unknown) {
		return f.unreachable(err)
	}
	if rev == "" || rev == "HEAD" {
		return failure(diag.Diagnostic{Code: "E-import-rev", Detail: fmt.Sprintf("%s has no commit that HEAD leads to: it is empty, or its main branch is not there. Say which revision is meant.", f.Name)})
	}
	d := diag.Diagnostic{Code: "E-import-rev", Detail: fmt.Sprintf("%s has no branch, tag or commit %s.", f.Name, rev)}
	if len(unknown.Near) > 0 {
		d.Detail += fmt.Sprintf(" Did you mean %s?", strings.Join(unknown.Near, " or "))
	}
	return failure(d)
}

package dewar

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/git"
)

// freshness says how new a clone has to be.
type freshness bool

const (
	fromClone freshness = false // what was cloned before will do, if it has the revision
	asOfNow   freshness = true  // the other side is asked what it is now
)

// gitSchemes are what may stand before :// in the address of a repository.
var gitSchemes = []string{"https", "http", "ssh", "git", "file"}

// shortAddress is ssh's short form of an address: [user@]host:path.
var shortAddress = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:[^:\\].*$`)

// openForeign opens the project of a request at its revision.
func (p *Project) openForeign(ctx context.Context, r ImportRequest, how freshness) (*foreign, error) {
	f := &foreign{p: p, name: config.Redact(r.Project)}
	if bad := badProject(r.Project); bad != "" {
		return nil, failure(diag.Diagnostic{Code: "E-data-from", Detail: bad})
	}
	if root, committed := p.foreignRoot(r); root != "" {
		ok, err := f.openHere(ctx, root, r.Rev, committed)
		if ok || err != nil {
			return f, err
		}
	} else if !isAddress(r.Project) {
		return nil, failure(diag.Diagnostic{Code: "E-import-project", Detail: fmt.Sprintf("There is no directory %s. A project is a directory of this machine, or what git clones: https://…, ssh://…, user@host:path.", r.Project)})
	}
	if p.host.Command == nil {
		return nil, failure(diag.Diagnostic{Code: "E-import-project", Detail: "Projects that lie elsewhere are cloned with git, and here no programs are started."})
	}
	return f, f.openClone(ctx, r, how)
}

// badProject says why a text cannot be where a project is; "" if it can.
func badProject(s string) string {
	const login = " Leave it out: git asks for it, or takes it from where you keep such things (a credential helper, ssh's agent); pipeline.hcl is committed."
	shown := config.Redact(s)
	switch {
	case s == "" || s[0] == '-' || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Sprintf("%q is not where a project can be: it is a directory, or what git clones.", shown)
	case strings.Contains(s, "::"):
		return fmt.Sprintf("%s would have git start a program that the address names, and that is not done. Write https://…, ssh://…, git://…, file://… or user@host:path.", shown)
	}
	scheme, _, ok := strings.Cut(s, "://")
	if !ok {
		return ""
	}
	known := false
	for _, k := range gitSchemes {
		known = known || k == scheme
	}
	if !known {
		return fmt.Sprintf("Projects are not cloned from %s://. Write https://…, ssh://…, git://…, file://…, user@host:path, or a directory.", scheme)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return fmt.Sprintf("%s is no address: %s.", shown, strings.TrimPrefix(err.Error(), "parse "))
	case u.User != nil && (scheme != "ssh" || hasPassword(u.User)):
		return fmt.Sprintf("%s has a login in it.%s", shown, login)
	case strings.ContainsAny(s, "?#"):
		return fmt.Sprintf("%s has a part that begins with ? or #, and git knows none; a revision is given as rev.", shown)
	}
	return ""
}

func hasPassword(u *url.Userinfo) bool { _, has := u.Password(); return has }

// isAddress reports whether s can be nothing but what git clones.
func isAddress(s string) bool {
	return strings.Contains(s, "://") || shortAddress.MatchString(s) && !filepath.IsAbs(filepath.FromSlash(s))
}

// foreignRoot returns the directory of this machine that a project is; "" if it is none.
// committed says that it was written as an address, which means what is committed there.
func (p *Project) foreignRoot(r ImportRequest) (root string, committed bool) {
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

// openHere opens a directory of this machine; false if it has to be cloned: a repository without
// a work tree.
func (f *foreign) openHere(ctx context.Context, root, rev string, committed bool) (bool, error) {
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
		f.view = fs.NewProject(f.p.host.FS, root)
		return true, nil
	}
	if f.repo == nil {
		return true, failure(diag.Diagnostic{Code: "E-import-rev", Detail: fmt.Sprintf("%s is in no Git repository, so it has no revisions. Without one it is read as it lies.", f.name)})
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
func (f *foreign) see(ctx context.Context, c git.Commit) error {
	tree, err := f.repo.Tree(ctx, c)
	if err != nil {
		return err
	}
	f.commit, f.view = c, tree
	return nil
}

// openClone opens the clone of what lies elsewhere, making it if need be.
func (f *foreign) openClone(ctx context.Context, r ImportRequest, how freshness) error {
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
		return fmt.Errorf("lock the clone of %s: %w", f.name, err)
	}
	defer func() { _ = unlock() }()
	if how == fromClone && exists(f.p.host.FS, dir) {
		if f.repo, err = git.OpenClone(ctx, f.p.host.Command, dir); err == nil {
			if c, err := f.repo.ResolveClone(ctx, r.Rev); err == nil {
				return f.see(ctx, c)
			}
		}
	}
	r.progress(f.name, 0, -1)
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
func (f *foreign) unreachable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return failure(diag.Diagnostic{
		Code:   "E-import-project",
		Detail: fmt.Sprintf("%s cannot be had. %s. If it is private, git has to know your login: what `git ls-remote %s` says is what counts.", f.name, capitalized(strings.TrimRight(gitWords(err), ".\n ")), f.name),
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

func (f *foreign) noRevision(rev string, err error) error {
	var unknown *git.UnknownError
	if !errors.As(err, &unknown) {
		return f.unreachable(err)
	}
	if rev == "" || rev == "HEAD" {
		return failure(diag.Diagnostic{Code: "E-import-rev", Detail: fmt.Sprintf("%s has no commit that HEAD leads to: it is empty, or its main branch is not there. Say which revision is meant.", f.name)})
	}
	d := diag.Diagnostic{Code: "E-import-rev", Detail: fmt.Sprintf("%s has no branch, tag or commit %s.", f.name, rev)}
	if len(unknown.Near) > 0 {
		d.Detail += fmt.Sprintf(" Did you mean %s?", strings.Join(unknown.Near, " or "))
	}
	return failure(d)
}

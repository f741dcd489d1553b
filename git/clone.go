package git

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A clone is what we keep of a repository that lies elsewhere: bare, with the other
// side's branches and tags under their own names, and its HEAD as cloneHead. It holds no
// work tree, so nothing that is in it takes effect here: no attributes, no hooks, no filters.

// cloneHead is what the other side's HEAD is called in a clone.
const cloneHead = "refs/remotes/origin/HEAD"

// protocols are the ways in which a clone is had. All others are shut: some of them run
// whatever program the address names.
var protocols = []string{"https", "http", "ssh", "git", "file"}

// Clone makes dir a clone of the repository at url, or brings the one that is there up to
// date. Whoever else may do so at the same time has to be kept out by the caller.
func Clone(ctx context.Context, run Command, url, dir string) error {
	if url == "" || url[0] == '-' || strings.ContainsAny(url, "\x00\n") || strings.Contains(url, "::") {
		return fmt.Errorf("git fetch: %q is no address of a repository", url)
	}
	if _, err := run(ctx, []string{"git", "init", "--quiet", "--bare", "--template=", "--", dir}); err != nil {
		return fmt.Errorf("git init: %w", ended(ctx, err))
	}
	heads := []string{"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"}
	err := fetch(ctx, run, dir, url, append(heads, "+HEAD:"+cloneHead)...)
	if err != nil && strings.Contains(err.Error(), "remote ref HEAD") { // it is empty, or on a branch that is not there
		err = fetch(ctx, run, dir, url, heads...)
	}
	return err
}

// CloneCommit brings one commit into a clone that no branch or tag leads to, if the other
// side gives it away.
func CloneCommit(ctx context.Context, run Command, url, dir, id string) error {
	if len(id) < 40 || !isHex(id) {
		return &UnknownError{Rev: id}
	}
	return fetch(ctx, run, dir, url, id)
}

func fetch(ctx context.Context, run Command, dir, url string, refs ...string) error {
	argv := []string{"git", "--git-dir=" + dir, "-c", "protocol.allow=never", "-c", "gc.autoDetach=false", "-c", "fetch.recurseSubmodules=false"}
	for _, name := range protocols {
		argv = append(argv, "-c", "protocol."+name+".allow=always")
	}
	argv = append(argv, "fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--", url)
	if _, err := run(ctx, append(argv, refs...)); err != nil {
		return fmt.Errorf("git fetch: %w", ended(ctx, err))
	}
	return nil
}

// ended is the error of a program, or why it was ended.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// OpenClone opens what Clone made. The project that its trees show is the whole repository.
func OpenClone(ctx context.Context, run Command, dir string) (*Repo, error) {
	r := &Repo{run: run, place: []string{"--git-dir=" + dir}, blobs: map[string]*blob{}}
	out, err := r.git(ctx, "rev-parse", "--show-object-format")
	if err != nil {
		return nil, err
	}
	r.sha256 = strings.TrimSpace(string(out)) == "sha256"
	return r, nil
}

// ResolveClone returns the commit that a person means by rev in a clone: a branch of the
// other side rather than a tag, a tag rather than the beginning of an ID; "" is the other side's HEAD.
func (r *Repo) ResolveClone(ctx context.Context, rev string) (Commit, error) {
	if rev == "" || rev == "HEAD" {
		return r.Resolve(ctx, cloneHead)
	}
	for _, kind := range []string{"refs/heads/", "refs/tags/"} {
		c, err := r.Resolve(ctx, kind+strings.TrimPrefix(rev, "origin/"))
		var unknown *UnknownError
		if err == nil || !errors.As(err, &unknown) {
			return c, err
		}
	}
	return r.Resolve(ctx, rev)
}

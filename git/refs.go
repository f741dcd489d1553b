package git

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// What for-each-ref is asked for: names and IDs, and what a commit is described
// by. Fields with an asterisk are of the commit that a tag object stands for.
const (
	briefFields = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
	fullFields  = briefFields + "%00%(committerdate:unix)%00%(authorname)%00%(contents:subject)%00%(*committerdate:unix)%00%(*authorname)%00%(*contents:subject)"
)

// ref is a branch or tag that leads to a commit.
type ref struct {
	name   string // "refs/heads/main"
	commit Commit // the ID; with fullFields the rest but its names
}

func (f ref) short() string {
	if s, ok := strings.CutPrefix(f.name, "refs/heads/"); ok {
		return s
	}
	return strings.TrimPrefix(f.name, "refs/tags/")
}

// Branch returns the name of the branch that the work tree is on, which need not
// have a commit; "" if it is on none.
func (r *Repo) Branch(ctx context.Context) string {
	out, err := r.git(ctx, "symbolic-ref", "--quiet", "HEAD")
	if err != nil {
		return ""
	}
	return ref{name: strings.TrimSpace(string(out))}.short()
}

// Branches returns the commits that branches of this repository point at, newest
// first.
func (r *Repo) Branches(ctx context.Context) ([]Commit, error) { return r.tips(ctx, "refs/heads/") }

// Tags returns the commits that tags point at, newest first.
func (r *Repo) Tags(ctx context.Context) ([]Commit, error) { return r.tips(ctx, "refs/tags/") }

func (r *Repo) tips(ctx context.Context, kind string) ([]Commit, error) {
	refs, err := r.refs(ctx, fullFields, "refs/heads", "refs/tags")
	if err != nil {
		return nil, err
	}
	names := namesOf(refs)
	var out []Commit
	seen := map[string]bool{}
	for _, f := range refs {
		if strings.HasPrefix(f.name, kind) && !seen[f.commit.ID] {
			seen[f.commit.ID] = true
			f.commit.Names = names[f.commit.ID]
			out = append(out, f.commit)
		}
	}
	slices.SortStableFunc(out, func(a, b Commit) int {
		if c := b.Time.Compare(a.Time); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}

// refs lists the refs under args that lead to commits, sorted by name.
func (r *Repo) refs(ctx context.Context, fields string, args ...string) ([]ref, error) {
	out, err := r.git(ctx, append([]string{"for-each-ref", "--format=" + fields}, args...)...)
	if err != nil {
		return nil, err
	}
	var list []ref
	for line := range strings.Lines(string(out)) {
		f, ok, err := r.parseRef(ctx, strings.Split(strings.TrimSuffix(line, "\n"), "\x00"))
		if err != nil {
			return nil, fmt.Errorf("git for-each-ref: %w", err)
		}
		if ok {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b ref) int { return strings.Compare(a.name, b.name) })
	return list, nil
}

// parseRef reads a line of for-each-ref; false if it leads to no commit.
func (r *Repo) parseRef(ctx context.Context, f []string) (ref, bool, error) {
	if len(f) < 5 {
		return ref{}, false, fmt.Errorf("cannot read %q", strings.Join(f, " "))
	}
	name, kind, id, at := f[0], f[1], f[2], 5
	if kind == "tag" {
		kind, id, at = f[3], f[4], 8
	}
	switch {
	case kind == "tag": // a tag of a tag, which git looks through once only
		id, err := r.verify(ctx, name)
		if err != nil || id == "" {
			return ref{}, false, err
		}
		list, err := r.list(ctx, 1, id)
		if err != nil || len(list) == 0 {
			return ref{}, false, err
		}
		return ref{name, list[0]}, true, nil
	case kind != "commit":
		return ref{}, false, nil
	case len(f) < at+3:
		return ref{name, Commit{ID: id}}, true, nil
	}
	c, err := parseCommit([]string{id, f[at], f[at+1], f[at+2]})
	return ref{name, c}, err == nil, err
}

// namesOf returns the names of each commit, sorted; a branch and a tag of one
// name are one.
func namesOf(refs []ref) map[string][]string {
	out := map[string][]string{}
	for _, f := range refs {
		out[f.commit.ID] = append(out[f.commit.ID], text(f.short()))
	}
	for id := range out {
		slices.Sort(out[id])
		out[id] = slices.Compact(out[id])
	}
	return out
}

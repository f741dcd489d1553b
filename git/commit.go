package git

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Commit is one commit, without what is in it.
type Commit struct {
	ID      string    // in full: 40 digits, or 64
	Time    time.Time // of the commit, in UTC
	Subject string    // the first paragraph of its message, on one line
	Author  string    // the name, without the address
	Names   []string  // branches and tags that point at it, sorted
}

// Short is the ID as people write it.
func (c Commit) Short() string { return c.ID[:min(7, len(c.ID))] }

// Head returns the commit that the work tree is at; false if there is none yet.
func (r *Repo) Head(ctx context.Context) (Commit, bool, error) {
	id, err := r.verify(ctx, "HEAD")
	if err != nil || id == "" {
		return Commit{}, false, err
	}
	c, err := r.commit(ctx, id)
	return c, err == nil, err
}

// Commits returns up to n commits: from, which is a revision, and those before
// it, newest first.
func (r *Repo) Commits(ctx context.Context, from string, n int) ([]Commit, error) {
	first, err := r.Resolve(ctx, from)
	if err != nil || n <= 0 {
		return nil, err
	}
	list, err := r.list(ctx, n, first.ID)
	if err != nil {
		return nil, err
	}
	refs, err := r.refs(ctx, briefFields, "refs/heads", "refs/tags")
	if err != nil {
		return nil, err
	}
	names := namesOf(refs)
	for i := range list {
		list[i].Names = names[list[i].ID]
	}
	return list, nil
}

// All returns every commit that a branch or a tag leads to, newest first, without their names.
func (r *Repo) All(ctx context.Context) ([]Commit, error) {
	if tips, err := r.git(ctx, "for-each-ref", "--count=1", "refs/heads", "refs/tags"); err != nil || len(tips) == 0 {
		return nil, err
	}
	return r.list(ctx, math.MaxInt32, "--branches", "--tags")
}

// verify returns the ID of the commit that rev leads to, or "" if it leads to none.
// What git cannot even look up is an error.
func (r *Repo) verify(ctx context.Context, rev string) (string, error) {
	out, err := r.git(ctx, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if exitCode(err) == 1 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

// commit describes the commit with an ID.
func (r *Repo) commit(ctx context.Context, id string) (Commit, error) {
	list, err := r.list(ctx, 1, id)
	if err != nil {
		return Commit{}, err
	}
	if len(list) != 1 {
		return Commit{}, fmt.Errorf("git rev-list: no commit %s", id)
	}
	refs, err := r.refs(ctx, briefFields, "--points-at="+id, "refs/heads", "refs/tags")
	if err != nil {
		return Commit{}, err
	}
	list[0].Names = namesOf(refs)[id]
	return list[0], nil
}

// list describes n commits from some on, without their names.
func (r *Repo) list(ctx context.Context, n int, from ...string) ([]Commit, error) {
	args := []string{"rev-list", "--encoding=UTF-8", "--max-count=" + strconv.Itoa(n), "--format=%H%x00%ct%x00%an%x00%s"}
	out, err := r.git(ctx, append(args, from...)...)
	if err != nil {
		return nil, err
	}
	var list []Commit
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "\x00") {
			continue // "commit ID", which older gits cannot leave out
		}
		c, err := parseCommit(strings.Split(strings.TrimSuffix(line, "\n"), "\x00"))
		if err != nil {
			return nil, fmt.Errorf("git rev-list: %w", err)
		}
		list = append(list, c)
	}
	return list, nil
}

// parseCommit reads ID, seconds, author and subject.
func parseCommit(fields []string) (Commit, error) {
	if len(fields) < 4 {
		return Commit{}, fmt.Errorf("cannot read %q", strings.Join(fields, " "))
	}
	seconds, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return Commit{}, fmt.Errorf("commit %s: %w", fields[0], err)
	}
	return Commit{ID: fields[0], Time: time.Unix(seconds, 0).UTC(), Author: text(fields[2]), Subject: text(strings.Join(fields[3:], " "))}, nil
}

// text is s with what is no Unicode replaced.
func text(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

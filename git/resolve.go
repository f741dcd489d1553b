package git

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// UnknownError says that a revision leads to no commit.
type UnknownError struct {
	Rev  string
	Near []string // branches, tags or IDs that may have been meant, likeliest first
}

func (e *UnknownError) Error() string {
	s := fmt.Sprintf("Git knows no commit %q", e.Rev)
	if len(e.Near) > 0 {
		s += "; did you mean " + strings.Join(e.Near, " or ") + "?"
	}
	return s
}

// Resolve returns the commit that rev leads to: a branch, a tag, an ID or the
// beginning of one, HEAD~2 and whatever else git reads. The error is an
// *UnknownError if there is none. What could be an option is never given to git.
func (r *Repo) Resolve(ctx context.Context, rev string) (Commit, error) {
	if rev == "" || rev[0] == '-' || strings.ContainsAny(rev, "\x00\n") {
		return Commit{}, &UnknownError{Rev: rev}
	}
	id, err := r.verify(ctx, rev)
	if err != nil && exitCode(err) < 0 {
		return Commit{}, err
	}
	if !r.isID(id) { // none, or what rev-parse takes for something else: a range
		return Commit{}, r.unknown(ctx, rev)
	}
	return r.commit(ctx, id)
}

func (r *Repo) isID(s string) bool {
	digits := 40
	if r.sha256 {
		digits = 64
	}
	return len(s) == digits && isHex(s)
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

func (r *Repo) unknown(ctx context.Context, rev string) error {
	near, err := r.begun(ctx, rev)
	if err != nil {
		return err
	}
	if len(near) > 0 {
		return &UnknownError{Rev: rev, Near: near}
	}
	refs, err := r.refs(ctx, briefFields, "refs/heads", "refs/tags")
	if err != nil {
		return err
	}
	var names []string
	for _, f := range refs {
		names = append(names, text(f.short()))
	}
	return &UnknownError{Rev: rev, Near: nearest(rev, names)}
}

// begun returns the commits whose IDs begin with rev, when that are several.
func (r *Repo) begun(ctx context.Context, rev string) ([]string, error) {
	if rev = strings.ToLower(rev); len(rev) < 4 || len(rev) > 40 || !isHex(rev) {
		return nil, nil
	}
	out, err := r.git(ctx, "rev-parse", "--disambiguate="+rev)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, id := range strings.Fields(string(out)) {
		commit, err := r.verify(ctx, id)
		if err != nil {
			return nil, err
		}
		if commit == id {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(most, len(ids))], nil
}

const most = 3 // suggestions

// nearest returns the names that rev may be a misspelling of, nearest first.
func nearest(rev string, names []string) []string {
	distance := map[string]int{}
	for _, n := range names {
		d := levenshtein.Distance(strings.ToLower(rev), strings.ToLower(n), nil)
		last := n[strings.LastIndexByte(n, '/')+1:]
		if strings.EqualFold(rev, last) { // feature/x for x
			d = 0
		}
		if d <= 2 && d < max(len(rev), len(n)) {
			distance[n] = d
		}
	}
	var out []string
	for n := range distance {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b string) int {
		if distance[a] != distance[b] {
			return distance[a] - distance[b]
		}
		return strings.Compare(a, b)
	})
	return out[:min(most, len(out))]
}

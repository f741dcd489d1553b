package dewar

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/lock"
)

// DataChange is a file of tracked data or of an output that two places have differently.
type DataChange struct {
	Of       string // "data.penguins", "train@C=0.1"
	Path     string // in the project
	Change   string // "added", "deleted", "modified", "renamed"
	From     string // renamed: where it was
	Old, New digest.Content
	Table    *TableChange // of a table that was modified; nil if it is none, or one side's bytes are not here
}

// DataDiff compares tracked data and outputs in two places: Workspace, or commits in Git's words.
// Directories of which the cache does not have both sides are one change. External data that may not be read
// here is not compared with what was.
func (p *Project) DataDiff(ctx context.Context, ev *Evaluation, a, b string, names []string) ([]DataChange, error) {
	only, err := selection(ev.Graph, names)
	if err != nil {
		return nil, err
	}
	s, diags := p.newSession(ctx, ev, nil, true)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	old, err := s.placed(ctx, a)
	if err != nil {
		return nil, err
	}
	now, err := s.placed(ctx, b)
	if err != nil {
		return nil, err
	}
	d := differ{s: s, here: b == Workspace}
	unread := map[string]bool{}
	if a == Workspace || b == Workspace {
		unread = s.unreadData()
	}
	for _, n := range bothNames(old, now) {
		if (only == nil || only[n.of]) && !unread[n.of] {
			d.compare(n.of, old[n], now[n])
		}
	}
	slices.SortStableFunc(d.out, func(a, b DataChange) int { return cmp.Compare(a.Path, b.Path) })
	return d.out, p.index.Save()
}

// placedName names data, or an output of an instance.
type placedName struct{ of, name string }

// placed is where it is, and what.
type placed struct {
	path    string
	content digest.Content
}

// placed returns all data and outputs of a place.
func (s *session) placed(ctx context.Context, name string) (map[placedName]placed, error) {
	if name == Workspace {
		return s.placedHere(ctx)
	}
	repo, err := s.p.repoFor(ctx, name)
	if err != nil {
		return nil, err
	}
	if repo == nil {
		return nil, failure(diag.Diagnostic{Code: "E-revision-unknown", Detail: fmt.Sprintf("There is no Git repository here, so there is no commit %s.", name)})
	}
	c, err := repo.Resolve(ctx, name)
	if err != nil {
		return nil, revisionUnknown(name, err)
	}
	tree, err := repo.Tree(ctx, c)
	if err != nil {
		return nil, err
	}
	out := map[placedName]placed{}
	b, err := tree.ReadFile(join(s.ev.Dir, "pipeline.lock"))
	if isNotExist(err) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	l, _, err := lock.Read(b)
	if err != nil {
		return nil, fmt.Errorf("read pipeline.lock of %s: %w", name, err)
	}
	for _, d := range l.Data {
		out[placedName{"data." + d.Name, ""}] = placed{d.Path, d.Content}
	}
	for _, e := range l.Entries {
		for _, o := range e.Outputs {
			out[placedName{e.Instance, string(o.Group) + "." + o.Name}] = placed{o.Path, o.Content}
		}
	}
	return out, nil
}

// unreadData is external data that may not be read here: what it is now is not known.
func (s *session) unreadData() map[string]bool {
	out := map[string]bool{}
	for _, d := range s.g.Data {
		if _, ok := s.external.host(d.Path); d.Host != "" && !ok {
			out["data."+d.Name] = true
		}
	}
	return out
}

// placedHere looks at the workspace.
func (s *session) placedHere(ctx context.Context) (map[placedName]placed, error) {
	out := map[placedName]placed{}
	for _, d := range s.g.Data {
		now, err := s.peek(ctx, d.Path)
		if err != nil {
			return nil, dataUnreadable(d, err)
		}
		if now.Content.Kind != digest.None {
			out[placedName{"data." + d.Name, ""}] = placed{d.Path, now.Content}
		}
	}
	for i := range s.g.Instances {
		x := &s.g.Instances[i]
		for _, o := range x.Outputs {
			if o.NoCheckout {
				continue
			}
			c, err := s.outputs.hash.Content(ctx, o.Path)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", o.Path, err)
			}
			if c.Kind != digest.None {
				out[placedName{x.Ref(), string(o.Group) + "." + o.Name}] = placed{o.Path, c}
			}
		}
	}
	return out, nil
}

func bothNames(a, b map[placedName]placed) []placedName {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.SortedFunc(maps.Keys(all), func(a, b placedName) int { return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.name, b.name)) })
}

type differ struct {
	s    *session
	here bool // the new side lies in the workspace
	out  []DataChange
}

func (d *differ) compare(of string, old, now placed) {
	if old == now {
		return
	}
	at := now.path
	if at == "" {
		at = old.path
	}
	if old.content == now.content {
		d.out = append(d.out, DataChange{Of: of, Path: at, Change: "renamed", From: old.path, Old: old.content, New: now.content})
		return
	}
	list, err := treeChanges(d.s.dir, old.content, now.content)
	if err != nil { // the cache does not have a directory of one side
		list = []TreeChange{change("", old.content, now.content)}
	}
	for _, c := range list {
		x := DataChange{Of: of, Path: path.Join(at, c.Path), Change: c.Change, Old: c.Old, New: c.New}
		if c.Change == "renamed" {
			x.From = path.Join(old.path, c.From)
		}
		if c.Change == "modified" {
			x.Table = d.table(x)
		}
		d.out = append(d.out, x)
	}
}

// table compares two versions of a table; nil if that cannot be.
func (d *differ) table(c DataChange) *TableChange {
	comma, ok := tableComma(c.Path)
	if !ok || c.Old.Kind != digest.File || c.New.Kind != digest.File || max(c.Old.Digest.Size, c.New.Digest.Size) > maxTable {
		return nil
	}
	old, err := d.s.p.store.Open(c.Old.Digest)
	if err != nil {
		return nil
	}
	defer old.Close()
	now, err := d.open(c)
	if err != nil {
		return nil
	}
	defer now.Close()
	t, err := compareTables(old, now, comma)
	if err != nil {
		return nil
	}
	return t
}

func (d *differ) open(c DataChange) (io.ReadCloser, error) {
	if f, err := d.s.p.store.Open(c.New.Digest); err == nil || !d.here {
		return f, err
	}
	return d.s.p.host.FS.Open(d.s.hostOf(c.Path))
}

func tableComma(name string) (rune, bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		return ',', true
	case ".tsv":
		return '\t', true
	}
	return 0, false
}

package dewar

import (
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// TreeChange is a file that two contents have differently.
type TreeChange struct {
	Path     string // in the directory; "" for a file that is the content
	Change   string // "added", "deleted", "modified" or "renamed"
	From     string // renamed: what it was called
	Old, New digest.Content
}

// treeChanges compares two contents file by file, by path; one that was added where an equal one was deleted was
// renamed.
func treeChanges(dirs graph.DirGetter, old, now digest.Content) ([]TreeChange, error) {
	if old == now {
		return nil, nil
	}
	whole := func(c digest.Content) digest.Digest {
		if c.Kind == digest.Directory {
			return c.Digest
		}
		return digest.Empty // the directory with nothing in it
	}
	list, err := graph.DiffTrees(dirs, whole(old), whole(now))
	if err != nil {
		return nil, err
	}
	var out []TreeChange
	if old.Kind == digest.File || now.Kind == digest.File {
		out = append(out, change("", fileOf(old), fileOf(now)))
	}
	for _, c := range list {
		out = append(out, change(c.Label, contentOrNone(c.Old), contentOrNone(c.New)))
	}
	return pairRenames(out), nil
}

func fileOf(c digest.Content) digest.Content {
	if c.Kind == digest.File {
		return c
	}
	return digest.Content{}
}

// contentOrNone reads a content of a tree; what is no file, as a link, has no content.
func contentOrNone(text string) digest.Content {
	c, err := graph.ParseContent(text)
	if err != nil {
		return digest.Content{}
	}
	return c
}

func change(at string, old, now digest.Content) TreeChange {
	c := TreeChange{Path: at, Change: "modified", Old: old, New: now}
	switch {
	case old.Kind == digest.None && now.Kind != digest.None:
		c.Change = "added"
	case now.Kind == digest.None && old.Kind != digest.None:
		c.Change = "deleted"
	}
	return c
}

// pairRenames makes one change of a file that was deleted here and added there. Of several
// equal ones, those with the same name belong together, then in the order of their paths.
func pairRenames(list []TreeChange) []TreeChange {
	gone := map[digest.Content][]int{}
	for i, c := range list {
		if c.Change == "deleted" && c.Old.Digest.Size > 0 {
			gone[c.Old] = append(gone[c.Old], i)
		}
	}
	drop := map[int]bool{}
	for i := range list {
		c := &list[i]
		from := gone[c.New]
		if c.Change != "added" || len(from) == 0 {
			continue
		}
		n := max(0, slices.IndexFunc(from, func(k int) bool { return path.Base(list[k].Path) == path.Base(c.Path) }))
		c.Change, c.From, c.Old = "renamed", list[from[n]].Path, c.New
		drop[from[n]] = true
		gone[c.New] = slices.Delete(slices.Clone(from), n, n+1)
	}
	out := list[:0]
	for i, c := range list {
		if !drop[i] {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b TreeChange) int { return strings.Compare(a.Path, b.Path) })
	return out
}

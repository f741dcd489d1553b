package store

import (
	iofs "io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/fs"
)

const linkType = iofs.ModeSymlink

// maxLinks is how many symbolic links a path may go through, as in Linux.
const maxLinks = 40

// checkLinks faults every symbolic link that does not resolve within the root.
// Each is followed as the kernel would: `..` after a link leads to the parent
// of where the link leads, which comparing the text of paths gets wrong.
func (w *treeWalk) checkLinks() {
	for at, target := range w.links { // the faults are sorted afterwards
		if !utf8.ValidString(target) {
			w.fault(at, fs.NameNotUTF8, strings.ToValidUTF8(target, "\uFFFD"))
			continue
		}
		left := maxLinks
		if _, p := w.resolve(parent(at), target, &left); p != 0 {
			w.fault(at, p, target)
		}
	}
}

// resolve follows target from the directory dir and returns the path it leads
// to, or what is wrong with it.
func (w *treeWalk) resolve(dir, target string, left *int) (string, fs.EntryProblem) {
	if strings.HasPrefix(target, "/") {
		return "", fs.LinkAbsolute
	}
	if *left--; *left < 0 {
		return "", fs.LinkLoop
	}
	at := dir
	for _, part := range strings.Split(target, "/") {
		switch {
		case w.kinds[at] != dirEntry:
			return "", fs.LinkDangling
		case part == "" || part == ".":
			continue
		case part == ".." && at == "":
			return "", fs.LinkEscapes
		case part == "..":
			at = parent(at)
			continue
		}
		next := path.Join(at, part)
		if w.kinds[next] == linkEntry {
			to, p := w.resolve(at, w.links[next], left)
			if p != 0 {
				return "", p
			}
			next = to
		}
		if w.kinds[next] == noEntry {
			return "", fs.LinkDangling
		}
		at = next
	}
	return at, 0
}

// parent returns the directory of a path within a root, "" for the root.
func parent(at string) string {
	dir, _ := path.Split(at)
	return strings.TrimSuffix(dir, "/")
}

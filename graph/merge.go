package graph

import (
	"path"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// merger unites directories that have to stand at one place.
type merger struct {
	dirs    DirGetter
	newDirs [][]byte
}

// part is something that belongs into a directory: at rest inside it, or, when
// rest is "", the directory (or file, or link) itself.
type part struct {
	rest    string
	content digest.Content
	link    string // the target, if it is a symbolic link; content is zero then
}

func (m *merger) read(d digest.Digest) (digest.Dir, error) {
	if d == digest.Empty {
		return digest.Dir{}, nil
	}
	return m.dirs(d)
}

// merge returns what the parts make together at one path.
func (m *merger) merge(at string, parts []part) (digest.Content, error) {
	same := true
	for _, p := range parts[1:] {
		same = same && p == parts[0]
	}
	if same && parts[0].rest == "" {
		return parts[0].content, nil
	}
	byName := map[string][]part{}
	for _, p := range parts {
		if p.rest != "" {
			name, rest, _ := strings.Cut(p.rest, "/")
			byName[name] = append(byName[name], part{rest, p.content, p.link})
			continue
		}
		if p.content.Kind != digest.Directory {
			return digest.Content{}, conflict(at, p, parts)
		}
		if err := m.spread(byName, p.content.Digest); err != nil {
			return digest.Content{}, err
		}
	}
	return m.unite(at, byName, parts)
}

// spread adds the entries of a directory as parts.
func (m *merger) spread(byName map[string][]part, d digest.Digest) error {
	dir, err := m.read(d)
	if err != nil {
		return err
	}
	for _, f := range dir.Files {
		byName[f.Name] = append(byName[f.Name], part{content: digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}})
	}
	for _, s := range dir.Dirs {
		byName[s.Name] = append(byName[s.Name], part{content: digest.Content{Kind: digest.Directory, Digest: s.Digest}})
	}
	for _, s := range dir.Symlinks {
		byName[s.Name] = append(byName[s.Name], part{link: s.Target})
	}
	return nil
}

// unite makes one directory of named parts.
func (m *merger) unite(at string, byName map[string][]part, parts []part) (digest.Content, error) {
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	sort.Strings(names)
	var dir digest.Dir
	for _, name := range names {
		ps := byName[name]
		c, err := m.merge(path.Join(at, name), ps)
		if err != nil {
			return digest.Content{}, err
		}
		switch c.Kind {
		case digest.File:
			dir.Files = append(dir.Files, digest.FileEntry{Name: name, Digest: c.Digest, Exec: c.Exec})
		case digest.Directory:
			dir.Dirs = append(dir.Dirs, digest.DirEntry{Name: name, Digest: c.Digest})
		default:
			dir.Symlinks = append(dir.Symlinks, digest.SymlinkEntry{Name: name, Target: ps[0].link})
		}
	}
	return m.keep(dir, parts), nil
}

// keep returns the content of dir, and remembers its bytes unless one of the
// parts had them already.
func (m *merger) keep(dir digest.Dir, parts []part) digest.Content {
	b := dir.Encode()
	c := digest.Content{Kind: digest.Directory, Digest: digest.Of(b)}
	for _, p := range parts {
		if p.rest == "" && p.content == c {
			return c
		}
	}
	if len(b) > 0 {
		m.newDirs = append(m.newDirs, b)
	}
	return c
}

func conflict(at string, p part, parts []part) error {
	for _, q := range parts {
		if q == p {
			continue
		}
		other := q.content
		if q.rest != "" {
			other = digest.Content{Kind: digest.Directory, Digest: digest.Empty}
		}
		return &ConflictError{at, p.content, other}
	}
	return &ConflictError{at, p.content, p.content}
}

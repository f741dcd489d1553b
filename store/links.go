package store

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Files of the workspace may be links into the store, hard or symbolic ones. A
// Store is an fs.Links: it says which of its blobs a file is.

// Symlink says which blob a symbolic link leads to: by the text of the link alone, for a blob's name is
// what it holds. into is true of every link that looks as if it had been made as
// one into a store, of a project that was moved too; d is zero unless it leads
// to a blob that is there.
func (s *Store) Symlink(text string) (d digest.Digest, exec, into bool) {
	text = filepath.ToSlash(text)
	dir, hash := path.Split(text)
	rest, shard := path.Split(strings.TrimSuffix(dir, "/"))
	root, area := path.Split(strings.TrimSuffix(rest, "/"))
	if !path.IsAbs(text) && !filepath.IsAbs(text) || !isHash(hash) || shard != hash[:2] || area != "cas" && area != "exec" {
		return digest.Digest{}, false, false
	}
	if strings.TrimSuffix(root, "/") != filepath.ToSlash(s.dir) {
		return digest.Digest{}, area == "exec", true
	}
	info, err := s.fs.Lstat(text)
	if err != nil {
		return digest.Digest{}, area == "exec", true
	}
	d = digest.Digest{Hash: hashOf(hash), Size: info.Size}
	if s.look(d, text) != nil {
		return digest.Digest{}, area == "exec", true
	}
	return d, area == "exec", true
}

// IsBlob reports whether a file with this Info is the blob d itself, under another name, and
// nothing has written to it.
func (s *Store) IsBlob(d digest.Digest, info fs.Info) bool {
	if info.Nlink < 2 || info.Ino == 0 || info.Size != d.Size || info.MTime != epoch*1e9 {
		return false
	}
	blob, err := s.fs.Lstat(s.blob(d, info.Exec()))
	return err == nil && blob == info
}

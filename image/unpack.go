package image

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// unpacking is an image on its way into the store.
type unpacking struct {
	cache    *Cache
	ref      Ref
	root     *entry
	layers   int     // applied so far
	entries  int     // met so far
	plain    limited // the layer that is being read; how much all of them may have
	done     int64   // bytes that came
	total    int64   // that are to come; 0: not known
	progress Progress
}

// unpack brings an image into the store.
func (c *Cache) unpack(ctx context.Context, ref Ref, progress Progress) (*Note, error) {
	s, err := c.source(ctx, ref)
	if err != nil {
		return nil, err
	}
	defer s.close()
	f, err := c.find(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	cfg, err := parseConfig(f.contents.config)
	if err != nil {
		return nil, err
	}
	limits := c.Limits.orDefault()
	if n := len(f.contents.layers); n > limits.Layers {
		return nil, problem(TooLarge, "%s has %d layers, more than %d", ref, n, limits.Layers)
	}
	u := &unpacking{cache: c, ref: ref, root: newDir(0), total: f.bytes, progress: progress}
	u.plain.left = limits.Bytes
	for i, l := range f.contents.layers {
		u.layers = i + 1
		if err := u.layer(ctx, i, l); err != nil {
			return nil, err
		}
	}
	note := &Note{
		Image: f.digest, Kind: f.kind, Manifest: f.manifest, Platform: c.Platform(), Ref: ref.Source,
		Env: cfg.Config.Env, Brought: c.Now().UTC(),
	}
	note.Files, note.Bytes = u.root.amount()
	note.Tree, err = u.root.put(c.Store)
	return note, keepProblem(Damaged, err, "store "+ref.String())
}

// The names by which a layer says what it removes.
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

// apply applies the entries of a layer.
func (u *unpacking) apply(t *tar.Reader, what string) error {
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return keepProblem(Damaged, err, what+" is no tar archive")
		}
		if u.entries++; u.entries > u.cache.Limits.orDefault().Entries {
			return problem(TooLarge, "%s has more than %d files, links and directories", u.ref, u.entries-1)
		}
		if err := u.entry(t, h); err != nil {
			return u.badEntry(err, h, what)
		}
	}
}

// badEntry says which entry of which layer is wrong.
func (u *unpacking) badEntry(err error, h *tar.Header, what string) error {
	var known *Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	var bad badName
	if errors.As(err, &bad) {
		return problem(Damaged, "%s has an entry %q, %s", what, h.Name, bad)
	}
	return keepProblem(Damaged, err, fmt.Sprintf("%s, at %q", what, h.Name))
}

// badName says what is wrong with an entry.
type badName string

func (b badName) Error() string { return string(b) }

// entry applies one entry.
func (u *unpacking) entry(t *tar.Reader, h *tar.Header) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	at, err := segments(h.Name)
	if err != nil {
		return err
	}
	if len(at) == 0 { // the root itself; it can be nothing else
		if h.Typeflag != tar.TypeDir {
			return badName("which has the place of the root directory")
		}
		return nil
	}
	name := at[len(at)-1]
	if strings.HasPrefix(name, whiteout) {
		return u.remove(at[:len(at)-1], name)
	}
	x, err := u.made(t, h)
	if err != nil {
		return err
	}
	dir := u.root.dir(at[:len(at)-1], u.layers)
	switch was := dir.children[name]; {
	case x == nil: // a device or a pipe: it hides what was there
		if was != nil {
			delete(dir.children, name)
		}
	case x.isDir() && was != nil && was.isDir():
		was.layer = u.layers
	default:
		dir.children[name] = x
	}
	return nil
}

// made is what an entry makes; nil if that is left out.
func (u *unpacking) made(t *tar.Reader, h *tar.Header) (*entry, error) {
	switch h.Typeflag {
	case tar.TypeDir:
		return newDir(u.layers), nil
	case tar.TypeSymlink:
		if h.Linkname == "" || !utf8.ValidString(h.Linkname) || len(h.Linkname) > maxPath || strings.ContainsRune(h.Linkname, 0) {
			return nil, badName(fmt.Sprintf("a symbolic link to %q, which no link can lead to", h.Linkname))
		}
		return &entry{leads: h.Linkname, layer: u.layers}, nil
	case tar.TypeLink:
		return u.linked(h)
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		return u.file(t, h)
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		return nil, nil
	}
	return nil, badName(fmt.Sprintf("of the kind %q, which no image has", h.Typeflag))
}

// file takes a file into the store.
func (u *unpacking) file(t *tar.Reader, h *tar.Header) (*entry, error) {
	if h.Size > u.plain.left { // holes that are not in the archive count as well
		return nil, problem(TooLarge, "%s unpacks to more than is allowed: %q alone has %d bytes", u.ref, h.Name, h.Size)
	}
	before := u.plain.left
	d, err := u.cache.Store.PutReader(t)
	if err != nil {
		return nil, err
	}
	if read := before - u.plain.left; d.Size > read {
		u.plain.left -= d.Size - read
	}
	return &entry{digest: d, exec: h.FileInfo().Mode().Perm()&0o111 != 0, layer: u.layers}, nil
}

// linked is another name of a file that is there already, in this layer or one below.
func (u *unpacking) linked(h *tar.Header) (*entry, error) {
	to, err := segments(h.Linkname)
	if err != nil {
		return nil, badName(fmt.Sprintf("a hard link to %q, %v", h.Linkname, err))
	}
	x := u.root.find(to)
	if x == nil || x.isDir() {
		return nil, badName(fmt.Sprintf("a hard link to %q, which is no file of the image", h.Linkname))
	}
	return &entry{digest: x.digest, leads: x.leads, exec: x.exec, layer: u.layers}, nil
}

// remove carries out a whiteout.
func (u *unpacking) remove(dir []string, name string) error {
	at := u.root.find(dir)
	if at == nil || !at.isDir() {
		return nil
	}
	if name == opaque {
		at.hide(u.layers)
		return nil
	}
	if strings.HasPrefix(name, ".wh..wh.") {
		return nil // what some filesystems note for themselves
	}
	name = strings.TrimPrefix(name, whiteout)
	if name == "" || name == "." || name == ".." {
		return badName("which removes nothing that has a name")
	}
	at.hideName(name, u.layers)
	return nil
}

// What paths may be: materialized they are longer, and systems give up at 4096.
const (
	maxPath  = 3000
	maxName  = 255
	maxDepth = 500
)

// segments takes a path of an archive apart. It is one within the image however it begins; it may not
// go up.
func segments(p string) ([]string, error) {
	if !utf8.ValidString(p) {
		return nil, badName("a name that is not UTF-8")
	}
	if len(p) > maxPath || strings.ContainsRune(p, 0) {
		return nil, badName("a name that no file can have")
	}
	var out []string
	for _, s := range strings.Split(p, "/") {
		switch {
		case s == "" || s == ".":
		case s == "..":
			return nil, badName("which leads out of the image, or might")
		case len(s) > maxName:
			return nil, badName("a name that no file can have")
		default:
			out = append(out, s)
		}
	}
	if len(out) > maxDepth {
		return nil, badName(fmt.Sprintf("which is more than %d directories deep", maxDepth))
	}
	return out, nil
}

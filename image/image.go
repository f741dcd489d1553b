// Package image brings images of the Open Container Initiative into the store: the manifest and the layers
// from where they lie (a registry, an OCI layout, an archive), verified by their digests, unpacked into
// one directory of the store. A note in the store says which directory that is, so that an image is
// brought once.
//
// What makes an image a filesystem is kept, as far as a directory of the store has it: files with their
// executable bit, directories, symbolic links. Owners, other modes and attributes are dropped, devices and
// pipes left out. Of the configuration the environment is kept; an entry point, a user and a working
// directory are of no use to a command that has its own.
//
// Nothing of a layer is ever written to a path that the layer names: layers are applied to a tree in
// memory, of names and digests, and bytes go into the store by their digest. So there is no path, link or
// device in a layer that could lead anywhere.
//
// The root package imports it. It knows the network only as a Network, and the clock and waiting as
// functions; it runs nothing.
package image

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// Cache brings images into a store.
type Cache struct {
	Store   *store.Store
	Arch    string // of the images, in Go's words; their system is linux
	Network *Network
	Limits  Limits
	Now     func() time.Time
	// Wait waits before another try.
	Wait func(ctx context.Context, d time.Duration) error
	// Watch ends the context that it returns when alive is not called for long; nil: nothing is watched.
	Watch func(ctx context.Context) (watched context.Context, alive, end func())
}

// Limits bound what an image may be. A field that is 0 has the default.
type Limits struct {
	Entries int   // of all layers: 2,000,000
	Bytes   int64 // unpacked, of all layers: 64 GiB
	Layers  int   // 1,000
}

func (l Limits) orDefault() Limits {
	if l.Entries == 0 {
		l.Entries = 2_000_000
	}
	if l.Bytes == 0 {
		l.Bytes = 64 << 30
	}
	if l.Layers == 0 {
		l.Layers = 1000
	}
	return l
}

// Platform is what images are looked for.
func (c *Cache) Platform() string { return "linux/" + c.Arch }

// Image is an image that is in the store.
type Image struct {
	Note
	Brought bool   // just now
	Dir     string // its root filesystem, read-only; not to be written to
}

// Progress hears how many bytes of how many have come; total 0: not known yet. It is called by one
// goroutine at a time.
type Progress func(done, total int64)

// Bring returns an image as a directory that is leased until release is called. If the store does
// not have it, it is brought. progress, which may be nil, hears of that only.
func (c *Cache) Bring(ctx context.Context, ref Ref, progress Progress) (img *Image, release func(), err error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if img, release, err = c.present(ref); img != nil || err != nil {
		return img, release, err
	}
	progress(0, 0)
	unlock, err := c.lock(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	if img, release, err = c.present(ref); img != nil || err != nil { // another process was faster
		return img, release, err
	}
	note, err := c.unpack(ctx, ref, progress)
	if err != nil {
		return nil, nil, err
	}
	if err := c.putNote(note); err != nil {
		return nil, nil, err
	}
	if img, release, err = c.open(note); err == nil && img == nil {
		err = fmt.Errorf("image %s: it was removed from the store while it was brought", ref)
	}
	if err != nil {
		return nil, nil, err
	}
	img.Brought = true
	return img, release, nil
}

// present returns an image that the store has, whole; nil if it has not.
func (c *Cache) present(ref Ref) (*Image, func(), error) {
	note, err := c.note(ref.Digest)
	if note == nil || err != nil {
		return nil, nil, err
	}
	c.used(note)
	return c.open(note)
}

// open gives the directory of a note; nil if something of it is missing.
func (c *Cache) open(note *Note) (*Image, func(), error) {
	dir, release, err := c.Store.RootTree(note.Tree)
	if errors.Is(err, errMissing) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return &Image{Note: *note, Dir: dir}, release, nil
}

// lock waits until no other process brings the same image.
func (c *Cache) lock(ctx context.Context, ref Ref) (unlock func(), err error) {
	fsys, name := c.Store.FS(), c.file(ref.Digest)+".lock"
	if err := fsys.MkdirAll(c.dir(), 0o755); err != nil {
		return nil, err
	}
	for {
		free, err := fsys.Lock(name, true, false)
		if err == nil {
			return func() { _ = fsys.Remove(name); _ = free() }, nil
		}
		if !errors.Is(err, fs.ErrLocked) {
			return nil, err
		}
		if err := c.Wait(ctx, lookAgain); err != nil {
			return nil, err
		}
	}
}

// lookAgain is how often it is looked whether another process is ready.
const lookAgain = 500 * time.Millisecond

// Has reports whether the store has an image, whole, and says what is noted of it.
func (c *Cache) Has(ref Ref) (*Note, bool) {
	note, err := c.note(ref.Digest)
	if note == nil || err != nil {
		return nil, false
	}
	return note, c.Store.HasAll(digest.Content{Kind: digest.Directory, Digest: note.Tree})
}

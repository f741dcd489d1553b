package fs

import (
	"github.com/dewar-build/dewar/digest"
)

// known returns the digest of an unchanged file; with a Taker only if its
// bytes are kept, for then there is nothing to do.
func (w *scan) known(p string, info Info, near *int) (digest.Digest, bool) {
	d, ok := w.Index.lookup(p, info, near)
	if !ok {
		d, ok = w.hardLink(p, info)
	}
	return d, ok && (w.Take == nil || w.Take.Has(d))
}

// file is statFile and readFiles for a file asked for by name.
func (w *scan) file(p string, info Info, near *int) (digest.FileEntry, bool) {
	if d, ok := w.known(p, info, near); ok {
		w.count(info)
		return digest.FileEntry{Digest: d, Exec: info.Exec()}, true
	}
	return w.read(p, info)
}

// read hashes a file, twice if it changed meanwhile.
func (w *scan) read(p string, info Info) (e digest.FileEntry, there bool) {
	name := native(w.Root, p)
	for range 2 {
		before, timeErr := w.Index.Now()
		d, after, err := w.hash(name, info)
		if gone(err) {
			return e, false
		}
		if err != nil {
			w.fail(err)
			return e, false
		}
		if sameStat(info, after) && d.Size == info.Size {
			if timeErr == nil { // else the index is read-only, or there is none
				w.Index.Record(p, info, d, before)
			}
			w.hashed.Add(1)
			w.count(info)
			return digest.FileEntry{Digest: d, Exec: info.Exec()}, true
		}
		if info, err = w.FS.Lstat(name); gone(err) {
			return e, false
		}
		if err != nil || !info.IsRegular() {
			break
		}
	}
	w.fail(fail("read", name, ErrChanging))
	return e, false
}

// hash reads the file once, and says how it looked afterwards.
func (w *scan) hash(name string, info Info) (digest.Digest, Info, error) {
	if w.Take != nil {
		d, err := w.Take.Take(name, info)
		if err != nil {
			return d, Info{}, err
		}
		after, err := w.FS.Lstat(name)
		return d, after, err
	}
	f, err := w.FS.Open(name)
	if err != nil {
		return digest.Digest{}, Info{}, err
	}
	defer f.Close()
	if opened, err := f.Stat(); err != nil || !sameStat(info, opened) {
		return digest.Digest{}, opened, err // another file by now
	}
	buf := w.state.buffers.Get().(*[]byte)
	defer w.state.buffers.Put(buf)
	d, err := digest.Read(f, *buf)
	if err != nil {
		return d, Info{}, fail("read", name, cause(err))
	}
	after, err := f.Stat()
	return d, after, err
}

// sameStat leaves out the number of links: it does not concern the bytes, and
// the change time tells anyway.
func sameStat(a, b Info) bool {
	a.Nlink, b.Nlink = 0, 0
	return a == b
}

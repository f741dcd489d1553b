package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// Encode returns the canonical bytes of d: the deterministic protocol buffer
// encoding of the Directory message. d must be sorted and Check must pass.
//
// The bytes are appended field by field: messages for a directory of a million
// files would be four million small objects. A test holds this to what the
// protocol buffer library writes.
func (d Dir) Encode() []byte {
	b := make([]byte, 0, d.encodedSize())
	var m, dg []byte
	for i := range d.Files {
		f := &d.Files[i]
		dg = appendDigest(dg[:0], f.Digest)
		m = appendText(m[:0], 1, f.Name)
		m = appendBytes(m, 2, dg)
		if f.Exec {
			m = protowire.AppendTag(m, 4, protowire.VarintType)
			m = protowire.AppendVarint(m, 1)
		}
		b = appendBytes(b, 1, m)
	}
	for i := range d.Dirs {
		s := &d.Dirs[i]
		dg = appendDigest(dg[:0], s.Digest)
		m = appendText(m[:0], 1, s.Name)
		m = appendBytes(m, 2, dg)
		b = appendBytes(b, 2, m)
	}
	for i := range d.Symlinks {
		s := &d.Symlinks[i]
		m = appendText(m[:0], 1, s.Name)
		m = appendText(m, 2, s.Target)
		b = appendBytes(b, 3, m)
	}
	return b
}

// encodedSize is an upper bound that is nearly right.
func (d Dir) encodedSize() (n int) {
	const entry = 2*sha256.Size + 32
	for i := range d.Files {
		n += len(d.Files[i].Name) + entry
	}
	for i := range d.Dirs {
		n += len(d.Dirs[i].Name) + entry
	}
	for i := range d.Symlinks {
		n += len(d.Symlinks[i].Name) + len(d.Symlinks[i].Target) + 16
	}
	return n
}

func appendDigest(b []byte, d Digest) []byte {
	b = protowire.AppendTag(b, 1, protowire.BytesType)
	b = protowire.AppendVarint(b, 2*sha256.Size)
	b = hex.AppendEncode(b, d.Hash[:])
	if d.Size != 0 { // zero values are not written
		b = protowire.AppendTag(b, 2, protowire.VarintType)
		b = protowire.AppendVarint(b, uint64(d.Size))
	}
	return b
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, v)
}

func appendText(b []byte, field protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	if !utf8.ValidString(s) {
		panic(fmt.Sprintf("digest.Dir.Encode: %q is not UTF-8", s)) // callers check names first
	}
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendString(b, s)
}

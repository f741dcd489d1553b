// Package digest names bytes by what they are: a SHA-256 and a size, and
// directories by the canonical encoding of the Remote Execution API.
//
// It knows nothing of files on disk, stages or stores, and imports nothing of
// ours; everything else may import it.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
)

// Digest identifies bytes by SHA-256 and size in bytes. It is comparable; the
// zero Digest names nothing (the digest of no bytes is Empty).
//
// The size is part of the identity, as in the Remote Execution API: a right
// hash with a wrong size is another digest.
type Digest struct {
	Hash [sha256.Size]byte // SHA-256 of the bytes
	Size int64             // number of bytes
}

// Empty is the digest of no bytes.
var Empty = Of(nil)

// Of returns the digest of b.
func Of(b []byte) Digest {
	return Digest{Hash: sha256.Sum256(b), Size: int64(len(b))}
}

// IsZero reports whether d names nothing.
func (d Digest) IsZero() bool { return d == Digest{} }

// Hex returns the hash as 64 lower-case hexadecimal digits.
func (d Digest) Hex() string { return hex.EncodeToString(d.Hash[:]) }

// String returns "<hex>/<size>", the form that Parse reads.
func (d Digest) String() string { return d.Hex() + "/" + strconv.FormatInt(d.Size, 10) }

// Short returns the first 12 hexadecimal digits, for people only.
func (d Digest) Short() string { return hex.EncodeToString(d.Hash[:6]) }

// Parse reads what String wrote. Anything else (upper case, a sign, a missing
// size) is an error: a digest has one spelling.
func Parse(s string) (Digest, error) {
	hexa, size, ok := strings.Cut(s, "/")
	if !ok {
		return Digest{}, fmt.Errorf("digest %q: no \"/size\"", s)
	}
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != size {
		return Digest{}, fmt.Errorf("digest %q: size is not a decimal number", s)
	}
	return FromHex(hexa, n)
}

// FromHex returns the digest with the given lower-case hash and size.
func FromHex(hexa string, size int64) (Digest, error) {
	d := Digest{Size: size}
	if len(hexa) != 2*sha256.Size || strings.ToLower(hexa) != hexa {
		return Digest{}, fmt.Errorf("digest hash %q: not 64 lower-case hexadecimal digits", hexa)
	}
	if _, err := hex.Decode(d.Hash[:], []byte(hexa)); err != nil {
		return Digest{}, fmt.Errorf("digest hash %q: %w", hexa, err)
	}
	return d, nil
}

// MarshalText and UnmarshalText make a Digest a string in JSON.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (d *Digest) UnmarshalText(b []byte) (err error) {
	*d, err = Parse(string(b))
	return err
}

// Writer computes the digest of what is written to it. Write never fails.
type Writer struct {
	h hash.Hash
	n int64
}

// NewWriter returns a Writer that has seen no bytes.
func NewWriter() *Writer { return &Writer{h: sha256.New()} }

// Write adds b to the digest.
func (w *Writer) Write(b []byte) (int, error) {
	w.n += int64(len(b))
	return w.h.Write(b)
}

// Digest returns the digest of everything written so far.
func (w *Writer) Digest() Digest {
	d := Digest{Size: w.n}
	w.h.Sum(d.Hash[:0])
	return d
}

// Reset forgets everything written.
func (w *Writer) Reset() { w.h.Reset(); w.n = 0 }

// Read returns the digest of everything r yields. buf is the read buffer; what
// fits the cache of a core, 64 to 256 KiB, is the fastest.
func Read(r io.Reader, buf []byte) (Digest, error) {
	w := NewWriter()
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, buf); err != nil {
		return Digest{}, err
	}
	return w.Digest(), nil
}

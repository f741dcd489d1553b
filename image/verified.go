package image

import (
	"crypto/sha256"
	"hash"
	"io"

	"github.com/dewar-build/dewar/digest"
)

// verified reads a blob, and ends with io.EOF only if it was the one that was asked for.
type verified struct {
	r    io.Reader
	want digest.Digest
	what string
	sum  hash.Hash
	n    int64
}

func newVerified(r io.Reader, want digest.Digest, what string) *verified {
	return &verified{r: r, want: want, what: what, sum: sha256.New()}
}

func (v *verified) Read(b []byte) (int, error) {
	n, err := v.r.Read(b)
	v.sum.Write(b[:n])
	v.n += int64(n)
	switch {
	case v.n > v.want.Size:
		return 0, problem(Mismatch, "%s has more than the %d bytes that it should have", v.what, v.want.Size)
	case err == io.EOF && v.n < v.want.Size:
		return n, problem(Damaged, "%s ends after %d of %d bytes", v.what, v.n, v.want.Size)
	case err == io.EOF && [32]byte(v.sum.Sum(nil)) != v.want.Hash:
		return n, problem(Mismatch, "the bytes of %s are not those of its digest sha256:%s", v.what, v.want.Hex())
	}
	return n, err
}

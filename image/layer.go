package image

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// decompress unpacks gzip and zstd, which are told by their first bytes: the types in manifests lie. What
// is neither is returned as it is.
func decompress(in *bufio.Reader) (r io.Reader, done func(), err error) {
	head, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		return z, func() {}, err
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return in, func() {}, nil
}

// limited is a reader that has had enough at some time.
type limited struct {
	r    io.Reader
	left int64
	what string
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if l.left -= int64(n); l.left < 0 {
		return 0, problem(TooLarge, "%s unpacks to more than is allowed", l.what)
	}
	return n, err
}

// withContext is a reader that ends with its context.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (w withContext) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(b)
}

// layer applies a layer to the tree.
func (u *unpacking) layer(ctx context.Context, i int, l layer) error {
	what := fmt.Sprintf("layer %d of %s", i+1, u.ref)
	raw, err := l.open(ctx)
	if err != nil {
		return err
	}
	defer raw.Close()
	var in io.Reader = withContext{ctx, raw}
	if l.diff == "" {
		in = newVerified(in, l.digest, what)
	}
	in = &counted{in, u}
	err = u.unpackLayer(bufio.NewReaderSize(in, 1<<16), l.diff, what)
	var known *Error
	if errors.As(err, &known) && known.Problem == Damaged && l.diff == "" {
		// Bytes that are not the right ones are nonsense, and that is not what is to be said of them.
		if _, wrong := io.Copy(io.Discard, in); errors.As(wrong, &known) && known.Problem == Mismatch {
			return wrong
		}
	}
	return err
}

// unpackLayer reads all of a layer. diff is the digest of the archive in it, "" if nobody needs it.
func (u *unpacking) unpackLayer(packed *bufio.Reader, diff, what string) error {
	plain, done, err := decompress(packed)
	if err != nil {
		return keepProblem(Damaged, err, what)
	}
	defer done()
	sum := sha256.New()
	u.plain.r, u.plain.what = plain, what
	if diff != "" {
		u.plain.r = io.TeeReader(plain, sum)
	}
	if err := u.apply(tar.NewReader(&u.plain), what); err != nil {
		return err
	}
	// What follows the archive is read too: the digest is of all of it.
	if _, err = io.Copy(io.Discard, &u.plain); err == nil {
		_, err = io.Copy(io.Discard, packed)
	}
	if err != nil {
		return keepProblem(Damaged, err, what)
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); diff != "" && got != diff {
		return problem(Mismatch, "%s is %s and not %s, as the configuration says", what, got, diff)
	}
	return nil
}

// counted tells how many bytes have come.
type counted struct {
	r io.Reader
	u *unpacking
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.u.done += int64(n)
	c.u.progress(c.u.done, c.u.total)
	return n, err
}

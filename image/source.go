package image

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/google/go-containerregistry/pkg/v1"
)

// source is where an image lies. It gives bytes by their digest and vouches for nothing: whoever asks
// compares.
type source interface {
	// document returns a manifest or an index; with the digest "", what the source names as the image.
	document(ctx context.Context, sum string) ([]byte, error)
	// blob opens what a manifest refers to.
	blob(ctx context.Context, d digest.Digest) (io.ReadCloser, error)
	// saved returns an image that an archive holds without a manifest, by the digest of its
	// configuration, or "" if it is the only one; nil if there is none.
	saved(sum string) (*contents, error)
	close() error
}

// source opens where an image lies.
func (c *Cache) source(ctx context.Context, ref Ref) (source, error) {
	fsys := c.Store.FS()
	if dir, ok := strings.CutPrefix(ref.Source, "oci:"); ok {
		return openLayout(dirFiles{fsys, dir}, ref)
	}
	if file, ok := strings.CutPrefix(ref.Source, "tar:"); ok {
		return c.openArchive(ctx, file, ref)
	}
	return c.openRegistry(ctx, ref)
}

// contents are what an image is unpacked from.
type contents struct {
	config []byte
	layers []layer
}

// layer is a layer of an image.
type layer struct {
	digest digest.Digest // of what open gives, if that is known
	diff   string        // the hash of the tar archive in it, where digest is not known
	open   func(ctx context.Context) (io.ReadCloser, error)
}

// maxDocument is how large a manifest, an index or a configuration may be.
const maxDocument = 8 << 20

// readDocument reads all of r, which is not larger than any document.
func readDocument(r io.Reader, what string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err == nil && len(b) > maxDocument {
		return nil, problem(TooLarge, "%s is larger than %d MiB", what, maxDocument>>20)
	}
	return b, err
}

// hashed compares a document with its digest; "" is any.
func hashed(b []byte, sum, what string) error {
	if got := "sha256:" + digest.Of(b).Hex(); sum != "" && got != sum {
		return problem(Mismatch, "%s is %s, not %s", what, got, sum)
	}
	return nil
}

// hashOf returns the digest of a descriptor. What comes from elsewhere may say anything.
func hashOf(d v1.Descriptor, what string) (digest.Digest, error) {
	out, err := digest.FromHex(d.Digest.Hex, d.Size)
	if d.Digest.Algorithm != "sha256" || err != nil || d.Size < 0 {
		return digest.Digest{}, problem(Damaged, "%s is named by %q and %d bytes, which is no SHA-256 with a size", what, d.Digest, d.Size)
	}
	return out, nil
}

// small reads a blob that is a document.
func small(ctx context.Context, s source, d digest.Digest, what string) ([]byte, error) {
	if d.Size > maxDocument {
		return nil, problem(TooLarge, "%s has %d bytes, more than %d MiB", what, d.Size, maxDocument>>20)
	}
	r, err := s.blob(ctx, d)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b bytes.Buffer
	_, err = io.Copy(&b, newVerified(r, d, what))
	return b.Bytes(), err
}

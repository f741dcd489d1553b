package image

import "context"

// Found says what lies at a place.
type Found struct {
	Digest   string   // of what the image is to be named by
	Kind     string   // what that is: "manifest", "index", or "config" in an archive without manifests
	Manifest string   // of this platform
	Platform string   // "linux/amd64"
	Others   []string // all platforms of an index, sorted
	Bytes    int64    // of the layers as they are sent; 0: not known
}

// Resolve looks what lies at a place now.
func (c *Cache) Resolve(ctx context.Context, ref Ref) (*Found, error) {
	s, err := c.source(ctx, ref)
	if err != nil {
		return nil, err
	}
	defer s.close()
	f, err := c.find(ctx, s, ref)
	if err != nil {
		return nil, err
	}
	return &Found{Digest: f.digest, Kind: f.kind, Manifest: f.manifest, Platform: c.Platform(), Others: f.others, Bytes: f.bytes}, nil
}

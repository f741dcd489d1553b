package image

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1"
)

// document is a manifest or an index; which, only its fields say for certain.
type document struct {
	MediaType string          `json:"mediaType"`
	Config    *v1.Descriptor  `json:"config"`
	Layers    []v1.Descriptor `json:"layers"`
	Manifests []v1.Descriptor `json:"manifests"`
	FSLayers  json.RawMessage `json:"fsLayers"` // of the first version, which nobody makes any more
}

func parseDocument(b []byte, what string) (*document, error) {
	d := &document{}
	if err := json.Unmarshal(b, d); err != nil {
		return nil, causedBy(Damaged, err, "%s is no manifest", what)
	}
	switch {
	case d.FSLayers != nil:
		return nil, problem(Damaged, "%s is a manifest of version 1, which says nothing about its bytes; push the image anew with a tool of this decade", what)
	case (d.Config == nil) == (d.Manifests == nil):
		return nil, problem(Damaged, "%s is neither a manifest nor an index", what)
	}
	return d, nil
}

// maxIndexes is how deep indexes may be within indexes.
const maxIndexes = 4

// found is an image as its source has it.
type found struct {
	kind     string // what the digest is of: "manifest", "index", "config"
	digest   string
	manifest string // of this platform; of a configuration, itself
	others   []string
	contents *contents
	bytes    int64 // of all layers, as they are sent
}

// find looks for the image of this platform.
func (c *Cache) find(ctx context.Context, s source, ref Ref) (*found, error) {
	saved, err := s.saved(ref.Digest)
	if err != nil {
		return nil, err
	}
	if saved != nil {
		sum := sumOf(saved.config)
		return c.fits(&found{kind: "config", digest: sum, manifest: sum, contents: saved}, ref)
	}
	b, err := s.document(ctx, ref.Digest)
	if err != nil {
		return nil, err
	}
	if err := hashed(b, ref.Digest, "what lies there"); err != nil {
		return nil, err
	}
	f := &found{kind: "manifest", digest: sumOf(b), manifest: sumOf(b)}
	doc, err := parseDocument(b, ref.String())
	for depth := 0; err == nil && doc.Manifests != nil; depth++ {
		f.kind = "index"
		if depth == maxIndexes {
			return nil, problem(Damaged, "%s is an index of indexes of indexes, %d deep", ref, depth)
		}
		doc, err = c.choose(ctx, s, doc, f, ref)
	}
	if err != nil {
		return nil, err
	}
	if f.contents, err = manifestContents(ctx, s, doc); err != nil {
		return nil, err
	}
	for _, l := range f.contents.layers {
		f.bytes += l.digest.Size
	}
	return c.fits(f, ref)
}

// choose goes on with what an index has for this platform.
func (c *Cache) choose(ctx context.Context, s source, index *document, f *found, ref Ref) (*document, error) {
	best := -1
	f.others = nil
	for i, m := range index.Manifests {
		rank := c.rank(m.Platform)
		if m.Platform != nil && m.Platform.OS != "unknown" {
			f.others = append(f.others, platformText(m.Platform))
		}
		if rank > 0 && (best < 0 || rank > c.rank(index.Manifests[best].Platform)) {
			best = i
		}
	}
	sort.Strings(f.others)
	if best < 0 {
		there := "It has none at all"
		if len(f.others) > 0 {
			there = "It has " + strings.Join(f.others, ", ")
		}
		return nil, problem(NoPlatform, "%s has no image for %s. %s", ref, c.Platform(), there)
	}
	m := index.Manifests[best]
	d, err := hashOf(m, "a manifest of "+ref.String())
	if err != nil {
		return nil, err
	}
	f.manifest = "sha256:" + d.Hex()
	b, err := s.document(ctx, f.manifest)
	if err != nil {
		return nil, err
	}
	if err := hashed(b, f.manifest, "the manifest of "+ref.String()); err != nil {
		return nil, err
	}
	return parseDocument(b, "the manifest "+f.manifest)
}

// rank is how well a platform fits; 0: not at all. What needs no more than any machine of the
// architecture has is best, so that all machines choose the same.
func (c *Cache) rank(p *v1.Platform) int {
	switch {
	case p == nil:
		return 1 // an index with one image may leave it out; its configuration says
	case p.OS != "linux" || p.Architecture != c.Arch:
		return 0
	case p.Variant == "" || p.Variant == "v8" && c.Arch == "arm64":
		return 4
	case p.Variant == "v1" && c.Arch == "amd64":
		return 3
	}
	return 2
}

func platformText(p *v1.Platform) string {
	text := p.OS + "/" + p.Architecture
	if p.Variant != "" {
		text += "/" + p.Variant
	}
	return text
}

// manifestContents are what a manifest refers to.
func manifestContents(ctx context.Context, s source, doc *document) (*contents, error) {
	config, err := hashOf(*doc.Config, "the configuration")
	if err != nil {
		return nil, err
	}
	out := &contents{}
	if out.config, err = small(ctx, s, config, "the configuration"); err != nil {
		return nil, err
	}
	for i, l := range doc.Layers {
		if !isLayer(string(l.MediaType)) {
			return nil, problem(Damaged, "layer %d is of the type %q: this is no image of a filesystem", i+1, l.MediaType)
		}
		d, err := hashOf(l, fmt.Sprintf("layer %d", i+1))
		if err != nil {
			return nil, err
		}
		open := func(ctx context.Context) (io.ReadCloser, error) { return s.blob(ctx, d) }
		out.layers = append(out.layers, layer{digest: d, open: open})
	}
	return out, nil
}

// isLayer reports whether a type is a layer's: a tar archive, whatever packs it.
func isLayer(mediaType string) bool {
	for _, prefix := range []string{
		"application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.nondistributable.v1.tar",
		"application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.foreign.diff.tar",
	} {
		if strings.HasPrefix(mediaType, prefix) {
			return !strings.Contains(mediaType, "encrypted")
		}
	}
	return false
}

// config is what we read of a configuration.
type config struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Config       struct {
		Env []string `json:"Env"`
	} `json:"config"`
	RootFS struct {
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

func parseConfig(b []byte) (*config, error) {
	c := &config{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, causedBy(Damaged, err, "the configuration is none")
	}
	return c, nil
}

// fits compares the platform that the image itself says it is for.
func (c *Cache) fits(f *found, ref Ref) (*found, error) {
	cfg, err := parseConfig(f.contents.config)
	if err != nil {
		return nil, err
	}
	if cfg.OS != "linux" || cfg.Architecture != c.Arch {
		return nil, problem(NoPlatform, "%s is an image for %s/%s, and this machine needs one for %s", ref, cfg.OS, cfg.Architecture, c.Platform())
	}
	return f, nil
}

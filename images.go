package dewar

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/image"
)

// Images are brought when the first instance that needs one is executed: what is restored needs none. They
// are in the cache as any directory is, with a note that says of which image it is the root filesystem.
// What a collection keeps is what the pipelines of a project named when they were last run or pulled for:
// .dewar/images has a file for each that names images. Other images go as everything does that nothing
// names, by when they were last used, each as a whole.

// ImageInfo is an image in the cache.
type ImageInfo struct {
	Ref      string    `json:"ref"`    // where it was found
	Digest   string    `json:"digest"` // by which it is named
	Kind     string    `json:"kind"`   // what that is of: manifest, index or config
	Manifest string    `json:"manifest"`
	Platform string    `json:"platform"`
	Tree     string    `json:"tree"` // the digest of the directory
	Files    int       `json:"files"`
	Bytes    int64     `json:"bytes"`
	Brought  time.Time `json:"brought"` // into the cache
	Used     time.Time `json:"used"`    // when last, to the hour
	Named    bool      `json:"named"`   // a pipeline names it
	Whole    bool      `json:"whole"`   // all of it is there
}

// ImageFound is what lies at a place where images are.
type ImageFound struct {
	Ref       string   `json:"ref"`       // with the digest, for a pipeline
	Digest    string   `json:"digest"`    // of what Kind says
	Kind      string   `json:"kind"`      // manifest, index, or config in an archive without manifests
	Manifest  string   `json:"manifest"`  // of the platform
	Platform  string   `json:"platform"`  // "linux/amd64"
	Platforms []string `json:"platforms"` // all of an index
	Bytes     int64    `json:"bytes"`     // to be brought; 0: not known
	Cached    bool     `json:"cached"`
}

// images brings images into the cache.
func (p *Project) images() *image.Cache {
	return &image.Cache{
		Store: p.store, Arch: p.host.Arch, Network: p.host.Images, Now: p.host.Now,
		Wait: p.wait, Watch: p.watchIdle,
	}
}

// imageRef is where an image of a pipeline lies.
func (p *Project) imageRef(i graph.Image) image.Ref {
	ref := image.Ref{Source: i.Ref, Digest: i.Digest}
	for _, local := range []string{"oci:", "tar:"} {
		if at, ok := strings.CutPrefix(i.Ref, local); ok && !path.IsAbs(at) {
			ref.Source, ref.Shown = local+p.hostPath(at), i.Ref
		}
	}
	return ref
}

// ImageRef reads what a person calls an image. A path is relative to the directory dir of this machine.
func ImageRef(text, dir string) (image.Ref, error) {
	ref, err := image.ParseRef(text)
	if err != nil {
		return ref, imageFailure(err, ref, nil)
	}
	for _, local := range []string{"oci:", "tar:"} {
		if at, ok := strings.CutPrefix(ref.Source, local); ok && !filepath.IsAbs(at) {
			ref.Source, ref.Shown = local+filepath.Join(dir, at), ref.Source
		}
	}
	return ref, nil
}

// ImagesOf returns the images that an evaluation names, sorted.
func (p *Project) ImagesOf(ev *Evaluation) []image.Ref {
	var out []image.Ref
	for _, i := range imagesOf(ev.Graph) {
		out = append(out, p.imageRef(i))
	}
	return out
}

func imagesOf(g *graph.Graph) []graph.Image {
	seen := map[graph.Image]bool{}
	var out []graph.Image
	for i := range g.Instances {
		if x := g.Instances[i].Image; x.Digest != "" && !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b graph.Image) int {
		return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Digest, b.Digest))
	})
	return out
}

// ResolveImage looks what an image is now.
func (p *Project) ResolveImage(ctx context.Context, ref image.Ref) (*ImageFound, error) {
	f, err := p.images().Resolve(ctx, ref)
	if err != nil {
		return nil, imageFailure(err, ref, nil)
	}
	named := ref
	named.Digest = f.Digest
	_, cached := p.images().Has(named)
	return &ImageFound{
		Ref: named.String(), Digest: f.Digest, Kind: f.Kind, Manifest: f.Manifest, Platform: f.Platform,
		Platforms: append([]string{}, f.Others...), Bytes: f.Bytes, Cached: cached,
	}, nil
}

// PullImage brings an image into the cache, if it is not there.
func (p *Project) PullImage(ctx context.Context, ref image.Ref, progress image.Progress) (info *ImageInfo, brought bool, err error) {
	img, release, err := p.images().Bring(ctx, ref, progress)
	if err != nil {
		return nil, false, imageFailure(err, ref, nil)
	}
	release()
	one := imageInfo(img.Note)
	one.Whole, one.Named = true, p.namedImages()[img.Image]
	return &one, img.Brought, nil
}

// Images returns the images in the cache.
func (p *Project) Images() ([]ImageInfo, error) {
	c := p.images()
	notes, err := c.Notes()
	if err != nil {
		return nil, err
	}
	named := p.namedImages()
	out := []ImageInfo{}
	for _, n := range notes {
		one := imageInfo(n)
		one.Named = named[n.Image]
		one.Whole = p.store.HasAll(digest.Content{Kind: digest.Directory, Digest: n.Tree})
		out = append(out, one)
	}
	return out, nil
}

func imageInfo(n image.Note) ImageInfo {
	return ImageInfo{
		Ref: n.Ref, Digest: n.Image, Kind: n.Kind, Manifest: n.Manifest, Platform: n.Platform, Tree: n.Tree.String(),
		Files: n.Files, Bytes: n.Bytes, Brought: n.Brought, Used: n.Used.UTC(),
	}
}

// namesImages is a file of .dewar/images.
type namesImages struct {
	Pipeline string   `json:"pipeline"` // its directory in the project
	Images   []string `json:"images"`   // digests, sorted
}

// NoteImages writes down which images a pipeline names, for collections.
func (p *Project) NoteImages(ev *Evaluation) error {
	dir := ev.Graph.Dir
	name := p.path("images", digest.Of([]byte(dir)).Hex()[:32]+".json")
	n := namesImages{Pipeline: dir}
	for _, i := range imagesOf(ev.Graph) {
		n.Images = append(n.Images, i.Digest)
	}
	slices.Sort(n.Images)
	if n.Images = slices.Compact(n.Images); len(n.Images) == 0 {
		if err := p.host.FS.Remove(name); err != nil && !isNotExist(err) {
			return err
		}
		return nil
	}
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	if was, err := fs.ReadFile(p.host.FS, name); err == nil && bytes.Equal(was, b) {
		return nil
	}
	if err := p.host.FS.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return fs.WriteFile(p.host.FS, name, b)
}

// namedImages are the digests of the images that pipelines of the project name.
func (p *Project) namedImages() map[string]bool {
	out := map[string]bool{}
	entries, err := p.host.FS.ReadDir(p.path("images"))
	if err != nil {
		return out
	}
	for _, e := range entries {
		var n namesImages
		b, err := fs.ReadFile(p.host.FS, p.path("images", e.Name))
		if err != nil || json.Unmarshal(b, &n) != nil || !exists(p.host.FS, p.hostPath(join(n.Pipeline, "pipeline.hcl"))) {
			continue
		}
		for _, sum := range n.Images {
			out[sum] = true
		}
	}
	return out
}

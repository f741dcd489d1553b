package image_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/image"
	"github.com/dewar-build/dewar/store"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// bench is a store and what brings images into it.
type bench struct {
	*image.Cache
	t     *testing.T
	waits atomic.Int64 // how often something was tried again
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, err := store.Open(fs.OS(), filepath.Join(t.TempDir(), "cache"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := &bench{t: t}
	b.Cache = &image.Cache{
		Store: s, Arch: "amd64", Now: time.Now,
		Wait: func(ctx context.Context, _ time.Duration) error { b.waits.Add(1); return ctx.Err() },
	}
	return b
}

// bring brings an image, and returns what is in it: a line an entry, as `PATH`, `PATH*` of what is
// executable, `PATH -> TARGET`, `PATH/` of a directory that is empty.
func (b *bench) bring(ref image.Ref) (*image.Image, []string, error) {
	img, release, err := b.Bring(b.t.Context(), ref, nil)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	return img, listing(b.t, img.Dir), nil
}

func listing(t *testing.T, dir string) []string {
	t.Helper()
	out := []string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		info, err := d.Info()
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			if list, err := os.ReadDir(name); err == nil && len(list) == 0 {
				out = append(out, rel+"/")
			}
		case d.Type()&os.ModeSymlink != 0:
			to, _ := os.Readlink(name)
			out = append(out, rel+" -> "+to)
		case info.Mode()&0o111 != 0:
			out = append(out, rel+"*")
		default:
			out = append(out, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(out)
	return out
}

// Entries of layers.

func file(name, text string) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(text)), Linkname: text}
}

func program(name string) *tar.Header {
	h := file(name, "#!/bin/sh\n")
	h.Mode = 0o4755
	return h
}

func dir(name string) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755}
}

func symlink(name, to string) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: to}
}

func hard(name, to string) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: to}
}

// archive is a tar archive; the text of a file is where only links have something.
func archive(entries ...*tar.Header) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range entries {
		h, text := *h, ""
		if h.Typeflag == tar.TypeReg {
			h.Linkname, text = "", h.Linkname
		}
		if err := w.WriteHeader(&h); err != nil {
			panic(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

func gzLayer(entries ...*tar.Header) v1.Layer {
	return static.NewLayer(zipped(archive(entries...)), types.OCILayer)
}

// imageOf makes an image of layers. What the library makes of layers that it does not look into has no
// right digests of the archives; nobody needs them.
func imageOf(t *testing.T, layers ...v1.Layer) v1.Image {
	t.Helper()
	img := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	img, err := mutate.AppendLayers(img, layers...)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	cfg = cfg.DeepCopy()
	cfg.OS, cfg.Architecture = "linux", "amd64"
	cfg.Config.Env = []string{"PATH=/opt/bin:/bin", "LANG=de_DE.UTF-8"}
	if img, err = mutate.ConfigFile(img, cfg); err != nil {
		t.Fatal(err)
	}
	return img
}

func sum(t *testing.T, x interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	h, err := x.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return h.String()
}

// writeLayout writes images as an OCI layout.
func writeLayout(t *testing.T, images ...v1.Image) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "layout")
	p, err := layout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, img := range images {
		if err := p.AppendImage(img); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func blobFile(dir, sum string) string {
	return filepath.Join(dir, "blobs", "sha256", strings.TrimPrefix(sum, "sha256:"))
}

// problemOf is what is wrong, and 0 if nothing is.
func problemOf(err error) image.Problem {
	var e *image.Error
	if errors.As(err, &e) {
		return e.Problem
	}
	return 0
}

func contentsOf(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func rewrite(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err == nil {
		_ = os.Chmod(name, 0o644)
		err = os.WriteFile(name, f(b), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func digestOf(b []byte) string { return fmt.Sprintf("sha256:%s", digest.Of(b).Hex()) }

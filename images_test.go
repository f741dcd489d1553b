package dewar_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/image"
)

// tarFile is an archive with one file.
func tarFile(name, text string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: 0o755})
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// layoutOf writes an image with one file as the OCI layout dir of the project, and returns its digest.
func (e *engine) layoutOf(dir, arch, name, text string) string {
	e.Helper()
	img, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1), static.NewLayer(tarFile(name, text), types.OCIUncompressedLayer))
	e.must(err)
	img, err = mutate.ConfigFile(img, &v1.ConfigFile{
		OS: "linux", Architecture: arch, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{Env: []string{"PATH=/opt/bin:/bin", "LANG=xx_XX", "R_HOME=/opt/r", "TOKEN=image", "R_HOME=/opt/R", "=", "BAD"}},
	})
	e.must(err)
	e.must(e.disk.RemoveAll(e.path(dir)))
	p, err := layout.Write(e.path(dir), empty.Index)
	e.must(err)
	e.must(p.AppendImage(img))
	sum, err := img.Digest()
	e.must(err)
	return sum.String()
}

const imagePipeline = `
-- pipeline.hcl --
pipeline {
  image = "oci:base@SUM"
}

stage "train" {
  for_each = grid({ C = [1, 2, 3] })
  outputs  = { model = "build/${each.key}" }
  command  = ["train", each.C, outputs.model]
}

stage "own" {
  outputs = { text = "build/own" }
  env     = { PATH = "/mine" }
  command = ["own", outputs.text]
}

stage "plain" {
  isolation = "project"
  outputs   = { text = "build/plain" }
  command   = ["plain", outputs.text]
}
`

// TestImages: the first instance that is executed brings the image, once, and says so; what is restored
// needs none. The image's environment is what nothing else says.
func TestImages(t *testing.T) {
	e := onDisk(t, imagePipeline)
	e.edit("pipeline.hcl", "SUM", e.layoutOf("base", "amd64", "bin/train", "x"))
	var mu sync.Mutex
	vars, notices := map[string]string{}, []string{}
	for _, name := range []string{"train", "own", "plain"} {
		e.shop.on(name, func(w *workbench) string {
			mu.Lock()
			defer mu.Unlock()
			vars[name] = fmt.Sprint(w.Vars)
			if name != "plain" {
				if b, err := fs.ReadFile(e.disk, filepath.Join(w.Image, "bin/train")); err != nil || string(b) != "x" {
					return fmt.Sprintf("the image is not there: %v", err)
				}
			}
			return everything(w)
		})
	}
	o := dewar.RunOptions{Notices: func(id graph.ID, text string) {
		mu.Lock()
		defer mu.Unlock()
		notices = append(notices, text)
	}}
	e.run(o).is("all executed")
	want := map[string]string{
		"train": "[{PATH /opt/bin:/bin} {R_HOME /opt/R} {TOKEN image}]",
		"own":   "[{R_HOME /opt/R} {TOKEN image}]",
		"plain": "[]",
	}
	if diff := cmp.Diff(want, vars); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"waits for the image oci:base, which is brought"}, notices); diff != "" {
		t.Error(diff)
	}
	e.remove("base", "build", ".dewar/cache/roots", ".dewar/cache/images")
	notices = nil
	r := e.run(o)
	if r.Restored != 5 || len(notices) > 0 {
		t.Errorf("%+v, %v", r.Summary, notices)
	}
}

// TestImages_failures: each thing that can be wrong has its code, and the result is that of no command.
func TestImages_failures(t *testing.T) {
	answer := func(code int) func(e *engine) string {
		return func(e *engine) string {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/v2/" {
					w.WriteHeader(code)
				}
			}))
			e.Cleanup(s.Close)
			e.images = &image.Network{Transport: http.DefaultTransport}
			return strings.TrimPrefix(s.URL, "http://") + "/img@sha256:" + strings.Repeat("0", 64)
		}
	}
	tests := []struct {
		code string
		make func(e *engine) string
	}{
		{"E-image-unknown", func(e *engine) string { return "oci:nowhere@" + e.layoutOf("base", "amd64", "a", "x") }},
		{"E-image-unknown", func(e *engine) string { return "tar:nowhere.tar@" + e.layoutOf("base", "amd64", "a", "x") }},
		{"E-image-unknown", answer(404)},
		{"E-image-login", answer(401)},
		{"E-image-unreachable", answer(502)},
		{"E-image-unreachable", func(e *engine) string { return "python:3.12@sha256:" + strings.Repeat("0", 64) }}, // no network
		{"E-image-platform", func(e *engine) string { return "oci:base@" + e.layoutOf("base", "s390x", "a", "x") }},
		{"E-image-damaged", func(e *engine) string { return "oci:base@" + e.layoutOf("base", "amd64", "../../a", "x") }},
		{"E-image-name", func(e *engine) string { return "Python@sha256:" + strings.Repeat("0", 64) }},
		{"E-image-size", func(e *engine) string {
			e.put("x.tar", string(tarFile("index.json", strings.Repeat(" ", 9<<20))))
			return "tar:x.tar@sha256:" + strings.Repeat("0", 64)
		}},
		{"E-image-mismatch", func(e *engine) string {
			sum := e.layoutOf("base", "amd64", "a", "x")
			e.must(e.disk.Chmod(e.path("base/blobs/sha256/"+sum[7:]), 0o666))
			e.put("base/blobs/sha256/"+sum[7:], "{}")
			return "oci:base@" + sum
		}},
	}
	for _, test := range tests {
		t.Run(test.code, func(t *testing.T) {
			e := onDisk(t, strings.ReplaceAll(imagePipeline, "oci:base@SUM", "REF"))
			ref := test.make(e)
			e.edit("pipeline.hcl", "REF", ref)
			r := e.run(dewar.RunOptions{Select: []string{"train"}, KeepGoing: true})
			if r.Failed != 3 {
				t.Fatalf("%+v, %v", r.Summary, r.err)
			}
			for _, d := range r.Failures {
				if d.Code != test.code {
					t.Errorf("%s: %s", d.Code, d.Detail)
				}
			}
			e.executions("")
			p := e.open()
			defer e.close(p)
			named, err := dewar.ImageRef(ref, e.root)
			if err == nil {
				_, _, err = p.PullImage(context.Background(), named, nil)
			}
			var f *diag.Failure
			if !errors.As(err, &f) || f.List[0].Code != test.code {
				t.Error(err)
			}
		})
	}
}

// TestGC_images: what a pipeline names stays; what it named goes, as a whole, with its note, when it was not
// used for long enough.
func TestGC_images(t *testing.T) {
	e := onDisk(t, imagePipeline)
	old := e.layoutOf("base", "amd64", "bin/old", strings.Repeat("old", 1000))
	e.edit("pipeline.hcl", "SUM", old)
	e.run(all).is("all executed")
	images := func() (out []string) {
		p := e.open()
		defer e.close(p)
		list, err := p.Images()
		e.must(err)
		for _, i := range list {
			out = append(out, fmt.Sprintf("%v named=%v whole=%v", i.Digest == old, i.Named, i.Whole))
		}
		return out
	}
	same := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, images()); diff != "" {
			t.Fatal(diff)
		}
	}
	e.gc(dewar.GCOptions{Scope: &dewar.GCScope{}})
	same("true named=true whole=true")

	e.edit("pipeline.hcl", old, e.layoutOf("base", "amd64", "bin/new", "new"))
	e.run(all)
	if rep := e.gc(dewar.GCOptions{Older: 24 * time.Hour}); len(rep.Images) != 0 {
		t.Fatalf("%+v", rep.Images)
	}
	if got := images(); len(got) != 2 {
		t.Fatal(got)
	}
	rep := e.gc(dewar.GCOptions{})
	if len(rep.Images) != 1 || rep.Images[0].Digest != old {
		t.Fatalf("%+v", rep.Images)
	}
	same("false named=true whole=true")
	if n, err := filepath.Glob(e.path(".dewar/cache/roots/*")); err != nil || len(n) != 1 {
		t.Fatal(n, err)
	}

	// A pipeline that names none, and one that is not there any more, keep none.
	e.remove("pipeline.hcl")
	e.gc(dewar.GCOptions{})
	same()
}

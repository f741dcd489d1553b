package image_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/image"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
)

func staticLayer(b []byte) v1.Layer { return static.NewLayer(b, types.OCILayer) }

func removeTree(t *testing.T, dir string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(name, 0o755)
		}
		return nil
	})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

// damageFile puts another file in the place of one, which may be a link of a blob.
func damageFile(t *testing.T, name, text string) {
	t.Helper()
	_ = os.Chmod(filepath.Dir(name), 0o755)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o444); err != nil {
		t.Fatal(err)
	}
}

func zstandard(b []byte) []byte {
	var out bytes.Buffer
	w, _ := zstd.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// However a layer is packed, and whatever its type says of that, it is unpacked.
func TestCompression(t *testing.T) {
	raw := archive(file("a", "text"))
	for name, b := range map[string][]byte{"gzip": zipped(raw), "zstd": zstandard(raw), "none": raw} {
		t.Run(name, func(t *testing.T) {
			img := imageOf(t, staticLayer(b))
			_, got, err := newBench(t).bring(image.Ref{Source: "oci:" + writeLayout(t, img), Digest: sum(t, img)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"a"}, got); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// Bytes that are not those that the digest names are not taken, wherever they are.
func TestMismatch(t *testing.T) {
	img := imageOf(t, gzLayer(file("a", "text")), gzLayer(file("b", "text")))
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	tests := []struct {
		name    string
		blob    string
		change  func([]byte) []byte
		problem image.Problem
	}{
		{"the manifest", sum(t, img), func(b []byte) []byte { return append(b, ' ') }, image.Mismatch},
		{"the configuration", m.Config.Digest.String(), flip, image.Mismatch},
		{"a layer", m.Layers[0].Digest.String(), flip, image.Mismatch},
		{"the last layer", m.Layers[1].Digest.String(), flip, image.Mismatch},
		{"its checksum", m.Layers[0].Digest.String(), func(b []byte) []byte { b[len(b)-8] ^= 1; return b }, image.Mismatch},
		{"another layer", m.Layers[0].Digest.String(), func([]byte) []byte { return zipped(archive(file("a", "evil"))) }, image.Mismatch},
		{"a longer layer", m.Layers[0].Digest.String(), func(b []byte) []byte { return append(b, zipped(archive(file("x", "")))...) }, image.Mismatch},
		{"a shorter layer", m.Layers[0].Digest.String(), func(b []byte) []byte { return b[:len(b)-1] }, image.Damaged},
		{"half a layer", m.Layers[1].Digest.String(), func(b []byte) []byte { return b[:len(b)/2] }, image.Damaged},
		{"no layer", m.Layers[1].Digest.String(), nil, image.Damaged},
		{"no manifest", sum(t, img), nil, image.NotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := writeLayout(t, img)
			if test.change == nil {
				_ = os.Remove(blobFile(dir, test.blob))
			} else {
				rewrite(t, blobFile(dir, test.blob), test.change)
			}
			b := newBench(t)
			_, _, err := b.bring(image.Ref{Source: "oci:" + dir, Digest: sum(t, img)})
			if got := problemOf(err); got != test.problem {
				t.Fatalf("%d: %v", got, err)
			}
			noted(t, b, 0)
		})
	}
}

// index makes an index of images for platforms.
func index(t *testing.T, images map[string]v1.Image) v1.ImageIndex {
	t.Helper()
	ix := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, text := range []string{"linux/arm64", "linux/amd64", "linux/amd64/v3", "windows/amd64", "unknown/unknown"} {
		img, ok := images[text]
		if !ok {
			continue
		}
		p, err := v1.ParsePlatform(text)
		if err != nil {
			t.Fatal(err)
		}
		ix = mutate.AppendManifests(ix, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: p}})
	}
	return ix
}

// Of an index the image for this platform is taken; if there is none, it is said which there are.
func TestIndex(t *testing.T) {
	ours, other := imageOf(t, gzLayer(file("ours", ""))), imageOf(t, gzLayer(file("other", "")))
	ix := index(t, map[string]v1.Image{"linux/arm64": other, "linux/amd64": ours, "linux/amd64/v3": other, "windows/amd64": other, "unknown/unknown": other})
	dir := filepath.Join(t.TempDir(), "layout")
	p, err := layout.Write(dir, empty.Index)
	if err == nil {
		err = p.AppendIndex(ix)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	img, got, err := b.bring(image.Ref{Source: "oci:" + dir, Digest: sum(t, ix)})
	if err != nil || img.Kind != "index" || img.Manifest != sum(t, ours) {
		t.Fatalf("%+v, %v", img, err)
	}
	if diff := cmp.Diff([]string{"ours"}, got); diff != "" {
		t.Fatal(diff)
	}
	found, err := b.Resolve(t.Context(), image.Ref{Source: "oci:" + dir})
	if err != nil {
		t.Fatal(err)
	}
	want := &image.Found{
		Digest: sum(t, ix), Kind: "index", Manifest: sum(t, ours), Platform: "linux/amd64", Bytes: found.Bytes,
		Others: []string{"linux/amd64", "linux/amd64/v3", "linux/arm64", "windows/amd64"},
	}
	if diff := cmp.Diff(want, found); diff != "" || found.Bytes == 0 {
		t.Fatal(diff)
	}

	b.Arch = "s390x"
	_, _, err = b.bring(image.Ref{Source: "oci:" + dir, Digest: sum(t, ix)})
	if problemOf(err) != image.NoPlatform || !strings.Contains(err.Error(), "linux/arm64, windows/amd64") {
		t.Fatal(err)
	}
	_, _, err = b.bring(image.Ref{Source: "oci:" + dir, Digest: sum(t, ours)})
	if problemOf(err) != image.NoPlatform || !strings.Contains(err.Error(), "linux/amd64") {
		t.Fatal(err)
	}
}

// An index within an index within … comes to an end.
func TestDeepIndex(t *testing.T) {
	ix := index(t, map[string]v1.Image{"linux/amd64": imageOf(t, gzLayer(file("a", "")))})
	for range 5 {
		ix = mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{Add: ix})
	}
	dir := filepath.Join(t.TempDir(), "layout")
	p, err := layout.Write(dir, empty.Index)
	if err == nil {
		err = p.AppendIndex(ix)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := newBench(t).bring(image.Ref{Source: "oci:" + dir, Digest: sum(t, ix)}); problemOf(err) != image.Damaged {
		t.Fatal(err)
	}
}

// A layout with several images does not say which is meant, and says which there are.
func TestSeveral(t *testing.T) {
	one, two := imageOf(t, gzLayer(file("1", ""))), imageOf(t, gzLayer(file("2", "")))
	dir := writeLayout(t, one, two)
	b := newBench(t)
	_, err := b.Resolve(t.Context(), image.Ref{Source: "oci:" + dir})
	if problemOf(err) != image.BadName || !strings.Contains(err.Error(), sum(t, one)) || !strings.Contains(err.Error(), sum(t, two)) {
		t.Fatal(err)
	}
	if _, got, err := b.bring(image.Ref{Source: "oci:" + dir, Digest: sum(t, two)}); err != nil || got[0] != "2" {
		t.Fatal(got, err)
	}
	_, err = b.Resolve(t.Context(), image.Ref{Source: "oci:" + t.TempDir()})
	if problemOf(err) != image.NotFound {
		t.Fatal(err)
	}
}

// tarOf makes an archive of a directory.
func tarOf(t *testing.T, dir string) []byte {
	t.Helper()
	var entries []*tar.Header
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		entries = append(entries, file("./"+rel, contentsOf(t, name)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return archive(entries...)
}

func writeFile(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// An archive of a layout is read in place, and one that is compressed as well.
func TestArchive(t *testing.T) {
	img := imageOf(t, gzLayer(file("a", "text")))
	packed := tarOf(t, writeLayout(t, img))
	for name, b := range map[string][]byte{"tar": packed, "tar.gz": zipped(packed), "tar.zst": zstandard(packed)} {
		t.Run(name, func(t *testing.T) {
			b, at := newBench(t), writeFile(t, b)
			if _, got, err := b.bring(image.Ref{Source: "tar:" + at, Digest: sum(t, img)}); err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			if found, err := b.Resolve(t.Context(), image.Ref{Source: "tar:" + at}); err != nil || found.Digest != sum(t, img) || found.Kind != "manifest" {
				t.Fatal(found, err)
			}
			if left, _ := filepath.Glob(b.Store.Root() + "/tmp/*-*"); len(left) > 0 {
				t.Fatal("left behind:", left)
			}
		})
	}
}

// What docker save writes has no manifest with a digest: its image is named by its configuration, which
// vouches for the layers.
func TestSaved(t *testing.T) {
	img, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := img.ConfigFile()
	if err == nil {
		cfg.OS, cfg.Architecture = "linux", "amd64"
		img, err = mutate.ConfigFile(img, cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	id, err := img.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "saved.tar")
	if err := tarball.WriteToFile(at, name.MustParseReference("test/img:1"), img); err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	got, list, err := b.bring(image.Ref{Source: "tar:" + at, Digest: id.String()})
	if err != nil || got.Kind != "config" || len(list) != 2 {
		t.Fatalf("%+v, %v, %v", got, list, err)
	}
	if found, err := b.Resolve(t.Context(), image.Ref{Source: "tar:" + at}); err != nil || found.Digest != id.String() || found.Kind != "config" {
		t.Fatal(found, err)
	}
	_, _, err = b.bring(image.Ref{Source: "tar:" + at, Digest: "sha256:" + strings.Repeat("0", 64)})
	if problemOf(err) != image.NotFound || !strings.Contains(err.Error(), "test/img:1") {
		t.Fatal(err)
	}
}

// oldSaved is an archive as old dockers wrote it: layers that are not compressed, one of them as a link.
func oldSaved(t *testing.T, change func([]byte) []byte) (at, id string) {
	t.Helper()
	one, two := archive(file("a", "text")), archive(file("b", "text"))
	config, err := json.Marshal(map[string]any{
		"os": "linux", "architecture": "amd64", "config": map[string]any{"Env": []string{"A=1"}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digestOf(one), digestOf(two), digestOf(one)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b := archive(
		file("1/layer.tar", string(change(one))), file("2/layer.tar", string(two)), symlink("3/layer.tar", "../1/layer.tar"),
		file("config.json", string(config)),
		file("manifest.json", `[{"Config":"config.json","RepoTags":null,"Layers":["1/layer.tar","2/layer.tar","3/layer.tar"]}]`),
	)
	return writeFile(t, b), digestOf(config)
}

func TestOldSaved(t *testing.T) {
	at, id := oldSaved(t, func(b []byte) []byte { return b })
	img, got, err := newBench(t).bring(image.Ref{Source: "tar:" + at, Digest: id})
	if err != nil || len(got) != 2 || img.Env[0] != "A=1" {
		t.Fatal(got, err)
	}
	at, id = oldSaved(t, func([]byte) []byte { return archive(file("a", "evil")) })
	if _, _, err := newBench(t).bring(image.Ref{Source: "tar:" + at, Digest: id}); problemOf(err) != image.Mismatch {
		t.Fatal(err)
	}
}

// What is no image is said to be none.
func TestNoImage(t *testing.T) {
	sum := "sha256:" + strings.Repeat("0", 64)
	for name, test := range map[string]struct {
		file    []byte
		problem image.Problem
	}{
		"no archive":        {[]byte("what is this? " + strings.Repeat("x", 1000)), image.Damaged},
		"an empty file":     {nil, image.NotFound},
		"another archive":   {archive(file("a", "")), image.NotFound},
		"half an archive":   {archive(file("index.json", strings.Repeat(" ", 2000)))[:1000], image.Damaged},
		"a broken index":    {archive(file("index.json", "{")), image.Damaged},
		"a broken manifest": {archive(file("manifest.json", "{")), image.Damaged},
		"a large index":     {archive(file("index.json", strings.Repeat(" ", 9<<20))), image.TooLarge},
		"half a gzip":       {zipped(archive(file("index.json", "{}")))[:40], image.Damaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := newBench(t).bring(image.Ref{Source: "tar:" + writeFile(t, test.file), Digest: sum})
			if got := problemOf(err); got != test.problem {
				t.Fatalf("%d: %v", got, err)
			}
		})
	}
	if _, _, err := newBench(t).bring(image.Ref{Source: "tar:/nowhere/x.tar", Digest: sum}); problemOf(err) != image.NotFound {
		t.Fatal(err)
	}
}

// Documents that are no manifests are told from each other.
func TestDocuments(t *testing.T) {
	layer := `{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":1,"digest":"sha256:` + strings.Repeat("0", 64) + `"}`
	config := `{"mediaType":"x","size":2,"digest":"` + digestOf([]byte("{}")) + `"}`
	for text, want := range map[string]image.Problem{
		`{`:                                 image.Damaged,
		`{}`:                                image.Damaged,
		`{"schemaVersion":1,"fsLayers":[]}`: image.Damaged,
		`{"manifests":[]}`:                  image.NoPlatform,
		`{"config":` + config + `,"layers":[{"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","size":1,"digest":"sha256:` + strings.Repeat("0", 64) + `"}]}`: image.Damaged,
		`{"config":` + config + `,"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":-1,"digest":"sha256:` + strings.Repeat("0", 64) + `"}]}`:             image.Damaged,
		`{"config":` + config + `,"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":1,"digest":"sha512:` + strings.Repeat("0", 128) + `"}]}`:             image.Damaged,
		`{"config":` + config + `,"layers":[` + layer + `]}`: image.NoPlatform, // an empty configuration
	} {
		dir := writeLayout(t)
		for _, b := range []string{text, "{}"} {
			name := blobFile(dir, digestOf([]byte(b)))
			_ = os.MkdirAll(filepath.Dir(name), 0o755)
			if err := os.WriteFile(name, []byte(b), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := newBench(t).bring(image.Ref{Source: "oci:" + dir, Digest: digestOf([]byte(text))})
		if got := problemOf(err); got != want {
			t.Errorf("%s: %d: %v", text, got, err)
		}
	}
}

func TestParseRef(t *testing.T) {
	sum := "sha256:" + strings.Repeat("0", 64)
	for _, good := range []string{"python:3.12", "python:3.12@" + sum, "ghcr.io/owner/name@" + sum, "localhost:5000/x", "oci:dir@" + sum, "tar:/x/y.tar"} {
		ref, err := image.ParseRef(good)
		if err != nil || ref.String() != good {
			t.Errorf("%s: %v, %v", good, ref, err)
		}
	}
	for _, bad := range []string{"", "Python", "python@3.12", "python@sha256:12", "oci:", "tar:@" + sum, "a b", "python:3.12@" + sum + "0"} {
		if _, err := image.ParseRef(bad); problemOf(err) != image.BadName {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

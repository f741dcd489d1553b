package image_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/image"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/v1"
)

// Layers are applied one over the other, whatever they say about each other.
func TestLayers(t *testing.T) {
	type entries = []*tar.Header
	tests := []struct {
		name   string
		layers []entries
		want   []string
	}{
		{"files, links and directories", []entries{{
			dir("bin"), program("bin/sh"), symlink("bin/bash", "/bin/sh"), hard("bin/dash", "bin/sh"), dir("empty"), file("etc/passwd", "root"),
		}}, []string{"bin/bash -> /bin/sh", "bin/dash*", "bin/sh*", "empty/", "etc/passwd"}},
		{"no layers", nil, []string{"./"}},
		{"a link that leads out is a text", []entries{{symlink("a", "../../../../etc"), symlink("b", "/proc/self/root"), symlink("loop", "loop")}},
			[]string{"a -> ../../../../etc", "b -> /proc/self/root", "loop -> loop"}},
		{"names that begin in other ways", []entries{{file("./a", ""), file("/b", ""), file("//c/.//d", "")}}, []string{"a", "b", "c/d"}},
		{"nothing is followed", []entries{{symlink("lib", "/etc"), file("lib/x", "")}}, []string{"lib/x"}},
		{"nothing is followed from a layer to one below", []entries{{symlink("lib", "usr/lib")}, {file("lib/x", "")}}, []string{"lib/x"}},
		{"the last of two counts", []entries{{file("a", "1"), program("a")}}, []string{"a*"}},
		{"a file becomes a directory", []entries{{file("a", "")}, {dir("a"), file("a/b", "")}}, []string{"a/b"}},
		{"a directory becomes a file", []entries{{file("a/b", "")}, {file("a", "")}}, []string{"a"}},
		{"a directory becomes a link", []entries{{file("a/b", "")}, {symlink("a", "c")}}, []string{"a -> c"}},
		{"a directory that is named again keeps its files", []entries{{file("a/b", "")}, {dir("a"), file("a/c", "")}}, []string{"a/b", "a/c"}},
		{"a file is removed", []entries{{file("a/b", ""), file("a/c", "")}, {file("a/.wh.b", "")}}, []string{"a/c"}},
		{"a directory is removed", []entries{{file("a/b/c", ""), file("d", "")}, {file(".wh.a", "")}}, []string{"d"}},
		{"what a layer makes it does not remove", []entries{{file("a/b", "")}, {file("a/c", ""), file(".wh.a", "")}}, []string{"a/c"}},
		{"the same the other way round", []entries{{file("a/b", "")}, {file(".wh.a", ""), file("a/c", "")}}, []string{"a/c"}},
		{"a directory is emptied", []entries{{file("a/b", "")}, {dir("a"), file(".wh.a", "")}}, []string{"a/"}},
		{"what is not there is removed easily", []entries{{file("x/.wh.y", ""), file("a", "")}}, []string{"a"}},
		{"opaque", []entries{{file("a/b", ""), file("a/s/t", "")}, {dir("a"), file("a/c", ""), file("a/.wh..wh..opq", "")}}, []string{"a/c"}},
		{"opaque of what stays empty", []entries{{file("a/b", "")}, {dir("a"), file("a/.wh..wh..opq", "")}}, []string{"a/"}},
		{"three layers", []entries{{file("a/b", "")}, {file(".wh.a", "")}, {file("a/c", "")}}, []string{"a/c"}},
		{"devices and pipes are left out", []entries{{
			{Typeflag: tar.TypeChar, Name: "dev/null", Devmajor: 1, Devminor: 3}, {Typeflag: tar.TypeFifo, Name: "pipe"}, {Typeflag: tar.TypeBlock, Name: "disk"}, file("a", ""),
		}}, []string{"a", "dev/"}},
		{"a device hides a file", []entries{{file("a", ""), file("b", "")}, {{Typeflag: tar.TypeFifo, Name: "a"}}}, []string{"b"}},
		{"a hard link to a layer below", []entries{{program("a")}, {hard("b", "/a")}}, []string{"a*", "b*"}},
		{"a hard link to a symbolic link", []entries{{symlink("a", "x"), hard("b", "a")}}, []string{"a -> x", "b -> x"}},
		{"names of other alphabets", []entries{{file("Főtanúsítvány.crt", ""), file("a b\n", "")}}, []string{"Főtanúsítvány.crt", "a b\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var layers []v1.Layer
			for _, l := range test.layers {
				layers = append(layers, gzLayer(l...))
			}
			img := imageOf(t, layers...)
			_, got, err := newBench(t).bring(image.Ref{Source: "oci:" + writeLayout(t, img), Digest: sum(t, img)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// What no image may have is said of the entry that has it, and nothing is left of it.
func TestHostileLayers(t *testing.T) {
	deep := strings.Repeat("d/", 600) + "f"
	tests := []struct {
		name    string
		entry   *tar.Header
		problem image.Problem
		text    string
	}{
		{"up", file("../../etc/passwd", "x"), image.Damaged, "leads out"},
		{"up in the middle", file("a/../b", "x"), image.Damaged, "leads out"},
		{"up, absolute", file("/../../x", "x"), image.Damaged, "leads out"},
		{"a hard link up", hard("a", "../../../etc/shadow"), image.Damaged, "hard link"},
		{"a hard link to nothing", hard("a", "/etc/shadow"), image.Damaged, "no file of the image"},
		{"a hard link to a directory", hard("a", "d"), image.Damaged, "no file of the image"},
		{"a hard link through a link", hard("a", "l/f"), image.Damaged, "no file of the image"},
		{"a whiteout of the directory above", file("d/.wh...", ""), image.Damaged, "removes nothing"},
		{"a whiteout of nothing", file("d/.wh.", ""), image.Damaged, "removes nothing"},
		{"a name that is no text", &tar.Header{Typeflag: tar.TypeReg, Name: "caf\xe9", Format: tar.FormatGNU}, image.Damaged, "not UTF-8"},
		{"a link to what is no text", &tar.Header{Typeflag: tar.TypeSymlink, Name: "x", Linkname: "caf\xe9", Format: tar.FormatGNU}, image.Damaged, "no link can lead to"},
		{"a long name", file(strings.Repeat("n", 300), ""), image.Damaged, "no file can have"},
		{"a long path", file(strings.Repeat(strings.Repeat("n", 200)+"/", 20)+"f", ""), image.Damaged, "no file can have"},
		{"a deep path", file(deep, ""), image.Damaged, "deep"},
		{"a file as root", file(".", "x"), image.Damaged, "root"},
		{"a large file", &tar.Header{Typeflag: tar.TypeReg, Name: "zero", Size: 1 << 20, Linkname: strings.Repeat("\x00", 1<<20)}, image.TooLarge, "alone has"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := imageOf(t, gzLayer(dir("d"), file("d/f", ""), symlink("l", "d"), test.entry))
			b := newBench(t)
			b.Limits = image.Limits{Bytes: 100_000}
			ref := image.Ref{Source: "oci:" + writeLayout(t, img), Digest: sum(t, img)}
			_, _, err := b.bring(ref)
			if got := problemOf(err); got != test.problem || !strings.Contains(err.Error(), test.text) {
				t.Fatalf("%d: %v", got, err)
			}
			if _, ok := b.Has(ref); ok {
				t.Fatal("it is there")
			}
			noted(t, b, 0)
		})
	}
}

func noted(t *testing.T, b *bench, want int) {
	t.Helper()
	notes, err := b.Notes()
	if err != nil || len(notes) != want {
		t.Fatalf("%d notes, %v", len(notes), err)
	}
	if left, _ := filepath.Glob(b.Store.Root() + "/images/*.lock"); len(left) > 0 {
		t.Fatal(left)
	}
}

// What is larger than anybody wants is refused while it is read.
func TestBombs(t *testing.T) {
	var many []*tar.Header
	for i := range 200 {
		many = append(many, file(fmt.Sprintf("f%d", i), ""))
	}
	zeros := file("zeros", strings.Repeat("\x00", 90_000))
	tests := []struct {
		name   string
		layers []v1.Layer
		limits image.Limits
	}{
		{"entries", []v1.Layer{gzLayer(many...)}, image.Limits{Entries: 199}},
		{"bytes of several layers", []v1.Layer{gzLayer(zeros), gzLayer(zeros)}, image.Limits{Bytes: 150_000}},
		{"what follows the archive", []v1.Layer{staticLayer(zipped(append(archive(file("a", "")), make([]byte, 200_000)...)))}, image.Limits{Bytes: 150_000}},
		{"layers", []v1.Layer{gzLayer(file("a", "")), gzLayer(file("b", ""))}, image.Limits{Layers: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := imageOf(t, test.layers...)
			b := newBench(t)
			ref := image.Ref{Source: "oci:" + writeLayout(t, img), Digest: sum(t, img)}
			b.Limits = test.limits
			if _, _, err := b.bring(ref); problemOf(err) != image.TooLarge {
				t.Fatal(err)
			}
			b.Limits = image.Limits{}
			if _, _, err := b.bring(ref); err != nil {
				t.Fatal("without the limit:", err)
			}
		})
	}
}

// What is brought once is there, and is brought anew when it is not whole any more.
func TestOnce(t *testing.T) {
	img := imageOf(t, gzLayer(program("bin/sh"), file("etc/os-release", "ID=test\n"), symlink("etc/mtab", "/proc/mounts")))
	dir := writeLayout(t, img)
	b := newBench(t)
	ref := image.Ref{Source: "oci:" + dir, Digest: sum(t, img)}
	got, _, err := b.bring(ref)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Brought || got.Files != 2 || got.Kind != "manifest" || got.Platform != "linux/amd64" {
		t.Fatalf("%+v", got)
	}
	if diff := cmp.Diff([]string{"PATH=/opt/bin:/bin", "LANG=de_DE.UTF-8"}, got.Env); diff != "" {
		t.Fatal(diff)
	}
	gone := image.Ref{Source: "oci:/nowhere", Digest: ref.Digest}
	again, _, err := b.bring(gone)
	if err != nil || again.Brought || again.Dir != got.Dir {
		t.Fatalf("%+v, %v", again, err)
	}
	noted(t, b, 1)

	// A tree that was written to is made anew, of the blobs.
	name := filepath.Join(got.Dir, "etc/os-release")
	damageFile(t, name, "ID=evil\n")
	if again, _, err = b.bring(gone); err != nil || again.Brought || contentsOf(t, name) != "ID=test\n" {
		t.Fatalf("%+v, %v, %q", again, err, contentsOf(t, name))
	}

	// Without its blobs it is brought again.
	removeTree(t, got.Dir)
	removeTree(t, filepath.Join(b.Store.Root(), "cas"))
	if _, _, err = b.bring(gone); problemOf(err) != image.NotFound {
		t.Fatal(err)
	}
	if again, _, err = b.bring(ref); err != nil || !again.Brought {
		t.Fatalf("%+v, %v", again, err)
	}
}

// Two who bring the same image do it once, or both do it well.
func TestTogether(t *testing.T) {
	img := imageOf(t, gzLayer(file("a", strings.Repeat("a", 100_000))))
	ref := image.Ref{Source: "oci:" + writeLayout(t, img), Digest: sum(t, img)}
	b := newBench(t)
	done := make(chan error)
	for range 4 {
		go func() {
			_, release, err := b.Bring(t.Context(), ref, nil)
			if err == nil {
				release()
			}
			done <- err
		}()
	}
	var errs error
	for range 4 {
		errs = errors.Join(errs, <-done)
	}
	if errs != nil {
		t.Fatal(errs)
	}
	noted(t, b, 1)
}

package digest_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/dewar-build/dewar/digest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// dirs generates directories that Check accepts.
func dirs(t *rapid.T) digest.Dir {
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zé日.]{1,8}x`), 0, 12, rapid.ID[string]).Draw(t, "names")
	var d digest.Dir
	for _, n := range names {
		dg := digest.Digest{Size: rapid.Int64Min(0).Draw(t, "size")}
		copy(dg.Hash[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			d.Files = append(d.Files, digest.FileEntry{Name: n, Digest: dg, Exec: rapid.Bool().Draw(t, "exec")})
		case 1:
			d.Dirs = append(d.Dirs, digest.DirEntry{Name: n, Digest: dg})
		default:
			d.Symlinks = append(d.Symlinks, digest.SymlinkEntry{Name: n, Target: rapid.String().Draw(t, "target")})
		}
	}
	d.Sort()
	return d
}

// Encode writes what the protocol buffer library writes for the same message.
func TestEncodeAsLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dirs(t)
		m := &repb.Directory{}
		for _, f := range d.Files {
			m.Files = append(m.Files, &repb.FileNode{Name: f.Name, Digest: f.Digest.Proto(), IsExecutable: f.Exec})
		}
		for _, s := range d.Dirs {
			m.Directories = append(m.Directories, &repb.DirectoryNode{Name: s.Name, Digest: s.Digest.Proto()})
		}
		for _, s := range d.Symlinks {
			m.Symlinks = append(m.Symlinks, &repb.SymlinkNode{Name: s.Name, Target: s.Target})
		}
		if got, want := d.Encode(), digest.Marshal(m); !bytes.Equal(got, want) {
			t.Fatalf("got  %x\nwant %x", got, want)
		}
	})
}

// What is encoded is decoded, and the order in which entries came has no
// influence.
func TestDirRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dirs(t)
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
		shuffled := digest.Dir{Files: slices.Clone(d.Files), Dirs: slices.Clone(d.Dirs), Symlinks: slices.Clone(d.Symlinks)}
		slices.Reverse(shuffled.Files)
		slices.Reverse(shuffled.Dirs)
		slices.Reverse(shuffled.Symlinks)
		shuffled.Sort()
		if !bytes.Equal(d.Encode(), shuffled.Encode()) {
			t.Fatal("order matters")
		}
		back, err := digest.DecodeDir(d.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCheckRefuses(t *testing.T) {
	file := func(names ...string) (d digest.Dir) {
		for _, n := range names {
			d.Files = append(d.Files, digest.FileEntry{Name: n, Digest: digest.Empty})
		}
		return d
	}
	both := file("a")
	both.Dirs = []digest.DirEntry{{Name: "a", Digest: digest.Empty}}
	for _, d := range []digest.Dir{file(""), file("."), file(".."), file("a/b"), file("a\x00"), file("b", "a"), file("a", "a"), both} {
		if d.Check() == nil {
			t.Errorf("accepted: %+v", d)
		}
		if _, err := digest.DecodeDir(d.Encode()); err == nil {
			t.Errorf("decoded: %+v", d)
		}
	}
	if err := file("...", "..a", "a", "a\n", "a b", "é").Check(); err != nil {
		t.Error(err)
	}
}

// Whatever DecodeDir accepts is a proper directory.
func FuzzDecodeDir(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(digest.Dir{Files: []digest.FileEntry{{Name: "a", Digest: digest.Empty, Exec: true}}}.Encode())
	f.Add(digest.Dir{Symlinks: []digest.SymlinkEntry{{Name: "a", Target: "../b"}}}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := digest.DecodeDir(b)
		if err != nil {
			return
		}
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
		again, err := digest.DecodeDir(d.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		var d digest.Dir
		for i := range n {
			d.Files = append(d.Files, digest.FileEntry{Name: fmt.Sprintf("file-%06d.csv", i), Digest: digest.Of([]byte{byte(i)})})
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d.Encode()
			}
		})
	}
}

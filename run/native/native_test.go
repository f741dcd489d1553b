package native_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/native"
)

// blobs is a store in memory.
type blobs struct{ fs fs.FS }

func (b blobs) Open(d digest.Digest) (fs.File, error) { return b.fs.Open("/store/" + d.Hex()) }

func (b blobs) Dir(d digest.Digest) (digest.Dir, error) {
	f, err := b.Open(d)
	if err != nil {
		return digest.Dir{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return digest.Dir{}, err
	}
	return digest.DecodeDir(text)
}

func (b blobs) put(t *testing.T, text []byte) digest.Digest {
	t.Helper()
	d := digest.Of(text)
	f, err := b.fs.Create("/store/"+d.Hex(), 0o444)
	if errors.Is(err, iofs.ErrExist) {
		return d
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(text); err != nil {
		t.Fatal(err)
	}
	f.Close()
	return d
}

// world is a store with a, b and the directory tree of both, and sub/run, which
// may be executed.
func world(t *testing.T) (fs.FS, blobs, []graph.Leaf) {
	t.Helper()
	fsys := fs.Memory()
	for _, d := range []string{"/store", "/x/root"} {
		if err := fsys.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s := blobs{fsys}
	a, b := s.put(t, []byte("one\n")), s.put(t, []byte("two\n"))
	sub := s.put(t, digest.Dir{Files: []digest.FileEntry{{Name: "run", Digest: b, Exec: true}}}.Encode())
	tree := s.put(t, digest.Dir{
		Files: []digest.FileEntry{{Name: "a", Digest: a}, {Name: "b", Digest: b}},
		Dirs:  []digest.DirEntry{{Name: "sub", Digest: sub}},
	}.Encode())
	return fsys, s, []graph.Leaf{
		{At: "in/a", Content: digest.Content{Kind: digest.File, Digest: a}},
		{At: "in/b", Content: digest.Content{Kind: digest.File, Digest: b}},
		{At: "tree", Content: digest.Content{Kind: digest.Directory, Digest: tree}},
	}
}

// listing shows a directory as "path: mode text" lines.
func listing(t *testing.T, fsys fs.FS, dir, prefix string) string {
	t.Helper()
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		name := dir + "/" + e.Name
		if e.Type.IsDir() {
			b.WriteString(listing(t, fsys, name, prefix+e.Name+"/"))
			continue
		}
		f, err := fsys.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(f)
		info, _ := f.Stat()
		f.Close()
		mark := ""
		if info.Exec() {
			mark = "*"
		}
		fmt.Fprintf(&b, "%s%s%s: %q\n", prefix, e.Name, mark, text)
	}
	return b.String()
}

func TestNative(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		wd   string
		want string // files made
		fail string // in the message
	}{
		{name: "copy file", args: []string{"native:copy", "in/a", "out/x"}, want: "out/x: \"one\\n\"\n"},
		{name: "copy into itself's directory", args: []string{"native:copy", "in/a", "in/c"}, want: "in/c: \"one\\n\"\n"},
		{name: "copy part", args: []string{"native:copy", "tree/sub/run", "x"}, want: "x*: \"two\\n\"\n"},
		{name: "copy directory", args: []string{"native:copy", "tree", "out"}, want: "out/a: \"one\\n\"\nout/b: \"two\\n\"\nout/sub/run*: \"two\\n\"\n"},
		{name: "working directory", args: []string{"native:copy", "../in/a", "y"}, wd: "wd", want: "wd/y: \"one\\n\"\n"},
		{name: "concat", args: []string{"native:concat", "x", "in/b", "in/a", "tree/b"}, want: "x: \"two\\none\\ntwo\\n\"\n"},
		{name: "concat nothing", args: []string{"native:concat", "x"}, want: "x: \"\"\n"},
		{name: "template", args: []string{"native:template", "d/x", "a ${b}\n"}, want: "d/x: \"a ${b}\\n\"\n"},
		{name: "not an input", args: []string{"native:copy", "other", "x"}, fail: "other is not an input"},
		{name: "not in the tree", args: []string{"native:copy", "tree/sub/z", "x"}, fail: "the input tree has no sub/z"},
		{name: "concat directory", args: []string{"native:concat", "x", "tree"}, fail: "is a directory"},
		{name: "arguments", args: []string{"native:copy", "in/a"}, fail: "wrong number"},
		{name: "fetch", args: []string{"native:fetch", "x", "https://example.org/a", "1"}, want: "x: \"fetched https://example.org/a 1\"\n"},
		{name: "fetch in vain", args: []string{"native:fetch", "x", "https://example.org/gone", "1"}, fail: "it is gone"},
		{name: "fetch without a digest", args: []string{"native:fetch", "x", "https://example.org/a"}, fail: "wrong number"},
		{name: "unknown", args: []string{"native:fly"}, fail: "no such native action"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys, s, leaves := world(t)
			wd := c.wd
			if wd == "" {
				wd = "."
			}
			var stderr bytes.Buffer
			fetch := func(_ context.Context, url, sum string) (string, error) {
				if strings.HasSuffix(url, "gone") {
					return "", errors.New("it is gone")
				}
				return "/fetched", fs.WriteFile(fsys, "/fetched", []byte("fetched "+url+" "+sum))
			}
			out, err := native.New(fsys, s, fetch).Execute(context.Background(), &run.Execution{
				Action: &graph.Action{Args: c.args, WorkingDir: wd, Inputs: leaves}, Dir: "/x", Stderr: &stderr,
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, listing(t, fsys, "/x/root", "")); d != "" {
				t.Error(d)
			}
			if c.fail == "" && out.ExitCode != 0 || c.fail != "" && (out.ExitCode != 1 || !strings.Contains(stderr.String(), c.fail)) {
				t.Errorf("exit %d: %s", out.ExitCode, &stderr)
			}
			if out.Root != "/x/root" {
				t.Errorf("root %q", out.Root)
			}
		})
	}
}

func TestNativeReference(t *testing.T) {
	fsys, s, _ := world(t)
	f, err := fsys.Create("/ws.csv", 0o644)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("big"))
	f.Close()
	leaf := graph.Leaf{At: "data/ws.csv", Host: "/ws.csv", Content: digest.Content{Kind: digest.File, Digest: digest.Of([]byte("big"))}}
	out, err := native.New(fsys, s, nil).Execute(context.Background(), &run.Execution{
		Action: &graph.Action{Args: []string{"native:copy", "data/ws.csv", "x"}, WorkingDir: ".", Inputs: []graph.Leaf{leaf}}, Dir: "/x",
	})
	if err != nil || out.ExitCode != 0 {
		t.Fatal(err, out)
	}
	if d := cmp.Diff("x: \"big\"\n", listing(t, fsys, "/x/root", "")); d != "" {
		t.Error(d)
	}
}

// A blob that is gone, and a context that ended, are the environment's failures.
func TestNativeEnvironment(t *testing.T) {
	fsys, s, leaves := world(t)
	e := native.New(fsys, s, nil)
	x := &run.Execution{Action: &graph.Action{Args: []string{"native:copy", "in/a", "x"}, WorkingDir: ".", Inputs: leaves}, Dir: "/x"}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.Execute(ctx, x); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := fsys.Remove("/store/" + leaves[0].Content.Digest.Hex()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Execute(context.Background(), x); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

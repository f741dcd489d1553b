package servers

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
	"github.com/dewar-build/dewar/store/remote/remotetest"
)

// built are the programs that the tests start, made once.
var built = struct {
	dir           string
	helper, clone func() (string, error)
}{}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "servers")
	if err != nil {
		panic(err)
	}
	built.dir = dir
	built.helper = sync.OnceValues(func() (string, error) { return build("dewar-remote", "DEWAR_REMOTE", "..", ".") })
	built.clone = sync.OnceValues(func() (string, error) { return build("rclone", "RCLONE", ".", "./rclone") })
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build returns the program that a variable names, or makes it.
func build(name, variable, module, pkg string) (string, error) {
	if path := os.Getenv(variable); path != "" {
		return path, nil
	}
	path := filepath.Join(built.dir, name)
	cmd := exec.Command("go", "build", "-o", path, pkg)
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return path, nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// command is dewar-remote in an environment that has nothing of the machine's.
func command(t testing.TB, env ...string) program.Command {
	t.Helper()
	path, err := built.helper()
	must(t, err)
	home := t.TempDir()
	return program.Command{
		Path: path, Hello: time.Minute,
		Env: append([]string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "AWS_EC2_METADATA_DISABLED=true"}, env...),
	}
}

func open(t testing.TB, c program.Command, at program.At) *program.Place {
	t.Helper()
	p, err := program.Open(context.Background(), c, at)
	must(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// suite runs the conformance suite below a url, each test of it in a directory
// of its own, and moves a store there and back.
func suite(t *testing.T, c program.Command, at program.At) {
	t.Helper()
	t.Run("conformance", func(t *testing.T) {
		remotetest.Run(t, func(t *testing.T) remotetest.Bench {
			return remotetest.Bench{Place: open(t, c, below(at)), FS: fs.OS(), Dir: t.TempDir()}
		})
	})
	t.Run("push and fetch", func(t *testing.T) {
		there := below(at)
		w := newWork(t)
		w.push(open(t, c, there))
		w.fetch(open(t, c, there))
	})
	t.Run("large", func(t *testing.T) { large(t, open(t, c, below(at))) })
}

func below(at program.At) program.At {
	at.URL = strings.TrimSuffix(at.URL, "/") + "/" + strings.ToLower(rand.Text())
	return at
}

// large moves an object that is cut into parts on its way, in both directions.
func large(t *testing.T, p *program.Place) {
	dir := t.TempDir()
	data := random(70<<20 + 7)
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	must(t, os.WriteFile(from, data, 0o600))
	must(t, p.Put(t.Context(), "packs/large", from, int64(len(data)), nil))
	for _, have := range []int{0, 1000} {
		must(t, os.WriteFile(to, data[:have], 0o600))
		must(t, p.Get(t.Context(), "packs/large", to, int64(have), int64(len(data)), nil))
		got, err := os.ReadFile(to)
		must(t, err)
		if !bytes.Equal(got, data) {
			t.Errorf("what came after %d bytes is not what was put", have)
		}
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// work is a store with a tree in it.
type work struct {
	*testing.T
	root digest.Content
	from *store.Store
}

func newWork(t *testing.T) *work {
	w := &work{T: t}
	w.from = w.store()
	var top digest.Dir
	for i := range 40 {
		top.Files = append(top.Files, digest.FileEntry{Name: fmt.Sprint("file", i), Digest: w.put(random(100 * i))})
	}
	top.Files = append(top.Files, digest.FileEntry{Name: "large", Digest: w.put(random(3 << 20))})
	top.Sort()
	d, err := w.from.PutDirectory(top.Encode())
	must(t, err)
	w.root = digest.Content{Kind: digest.Directory, Digest: d}
	return w
}

func (w *work) store() *store.Store {
	w.Helper()
	s, err := store.Open(fs.OS(), w.TempDir(), store.Options{Now: time.Now})
	must(w.T, err)
	w.Cleanup(func() { _ = s.Close() })
	return s
}

func (w *work) put(b []byte) digest.Digest {
	w.Helper()
	d, err := w.from.Put(b)
	must(w.T, err)
	return d
}

func (w *work) request() remote.Request { return remote.Request{Roots: []digest.Content{w.root}} }

func (w *work) push(p remote.Place) {
	w.Helper()
	r, err := remote.Push(w.Context(), w.from, remote.Named{Name: "origin", Place: p}, w.request(), remote.Options{})
	must(w.T, err)
	if !r.Complete() {
		w.Fatalf("the push is not complete: %+v", r)
	}
}

func (w *work) fetch(p remote.Place) {
	w.Helper()
	to := w.store()
	r, err := remote.Fetch(w.Context(), to, []remote.Named{{Name: "origin", Place: p}}, w.request(), remote.Options{})
	must(w.T, err)
	if !r.Complete() || !to.HasAll(w.root) {
		w.Fatalf("the fetch is not complete: %+v", r)
	}
}

// port is one that nothing listens to.
func port(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// serve starts a server that listens to a port, and ends it with the test.
func serve(t testing.TB, port int, cmd *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	must(t, cmd.Start())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-gone
	})
	address := fmt.Sprint("127.0.0.1:", port)
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for late := time.After(time.Minute); ; {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-gone:
			t.Fatalf("%s ended: %s", cmd.Path, said.String())
		case <-late:
			t.Fatalf("%s does not listen: %s", cmd.Path, said.String())
		case <-retry.C:
		}
	}
}

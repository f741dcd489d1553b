package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// blobs is a store of files in one directory.
type blobs struct {
	dir  string
	held atomic.Int32 // trees in use
}

func (b *blobs) BlobPath(d digest.Digest, exec bool) (string, error) {
	name := d.Hex()
	if exec {
		name += "-x"
	}
	return filepath.Join(b.dir, name), nil
}

func (b *blobs) Tree(d digest.Digest) (string, func(), error) {
	b.held.Add(1)
	return filepath.Join(b.dir, "tree-"+d.Hex()), func() { b.held.Add(-1) }, nil
}

// file stores text.
func (b *blobs) file(t testing.TB, at, text string, exec bool) graph.Leaf {
	t.Helper()
	d := digest.Of([]byte(text))
	path, _ := b.BlobPath(d, exec)
	perm := os.FileMode(0o444)
	if exec {
		perm = 0o555
	}
	if err := os.WriteFile(path, []byte(text), perm); err != nil && !os.IsPermission(err) {
		t.Fatal(err)
	}
	return graph.Leaf{At: at, Content: digest.Content{Kind: digest.File, Exec: exec, Digest: d}}
}

// tree stores a directory of files.
func (b *blobs) tree(t testing.TB, at string, files map[string]string) graph.Leaf {
	t.Helper()
	d := digest.Of([]byte(fmt.Sprint(files)))
	dir := filepath.Join(b.dir, "tree-"+d.Hex())
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	return graph.Leaf{At: at, Content: digest.Content{Kind: digest.Directory, Digest: d}}
}

// bench is a place to run actions in.
type bench struct {
	t     testing.TB
	e     *sandbox.Executor
	store *blobs
	tmp   string
	n     int
}

func newBench(t testing.TB, o sandbox.Options) *bench {
	t.Helper()
	tmp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, store: &blobs{dir: filepath.Join(tmp, "store")}, tmp: tmp}
	for _, d := range []string{"store", "x", "ws"} {
		if err := os.Mkdir(filepath.Join(tmp, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	o.Store, o.TempRoot = b.store, tmp
	if b.e, err = sandbox.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.e.Close() })
	return b
}

// namespaces skips a test where there are none, but not in CI: there it would
// mean that nothing was tested.
func namespaces(t testing.TB) {
	t.Helper()
	if level, why := sandbox.Probe(); level != graph.IsolationProject {
		machinetest.Lacks(t, "there is no sandbox here:", why)
	}
}

// isolated is a bench with keepers.
func isolated(t testing.TB) *bench {
	t.Helper()
	namespaces(t)
	return newBench(t, sandbox.Options{Slots: 2})
}

type result struct {
	*run.Outcome
	out, err string
}

// with changes an execution before it is carried out.
type with func(*run.Execution)

// execution is one of args, with PATH set and nothing else.
func (b *bench) execution(args []string, opts ...with) (*run.Execution, *bytes.Buffer, *bytes.Buffer) {
	b.t.Helper()
	b.n++
	dir := filepath.Join(b.tmp, "x", strconv.Itoa(b.n))
	if err := os.Mkdir(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	x := &run.Execution{
		Action:    &graph.Action{Args: args, WorkingDir: "."},
		Level:     graph.IsolationProject,
		Dir:       dir,
		Workspace: filepath.Join(b.tmp, "ws"),
		Stdout:    &out, Stderr: &errOut,
	}
	for _, o := range opts {
		o(x)
	}
	sort.Slice(x.Action.Inputs, func(i, j int) bool { return x.Action.Inputs[i].At < x.Action.Inputs[j].At })
	return x, &out, &errOut
}

// do carries out args and requires that the executor does its part.
func (b *bench) do(args []string, opts ...with) result {
	b.t.Helper()
	x, out, errOut := b.execution(args, opts...)
	o, err := b.e.Execute(context.Background(), x)
	if err != nil {
		b.t.Fatalf("%q: %v\n%s", args, err, errOut)
	}
	return result{o, out.String(), errOut.String()}
}

// sh carries out a script.
func (b *bench) sh(script string, opts ...with) result {
	b.t.Helper()
	return b.do([]string{"/bin/sh", "-c", script}, opts...)
}

func inputs(l ...graph.Leaf) with {
	return func(x *run.Execution) { x.Action.Inputs = append(x.Action.Inputs, l...) }
}

// outputs declares outputs and what directories they need.
func outputs(paths ...string) with {
	return func(x *run.Execution) {
		for _, p := range paths {
			dir := strings.HasSuffix(p, "/")
			p = strings.TrimSuffix(p, "/")
			x.Action.Outputs = append(x.Action.Outputs, graph.Path{At: p, Dir: dir})
			if dir {
				x.Action.Mkdirs = append(x.Action.Mkdirs, p)
			} else {
				x.Action.Mkdirs = append(x.Action.Mkdirs, filepath.ToSlash(filepath.Dir(p)))
			}
		}
	}
}

func trace(x *run.Execution) { x.Trace = true }

func level(l graph.Isolation) with { return func(x *run.Execution) { x.Level = l } }

// made reads a file that a command made.
func (r result) made(t testing.TB, at string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.Root, filepath.FromSlash(at)))
	if err != nil {
		t.Errorf("output: %v\n%s", err, r.err)
	}
	return string(b)
}

// ok requires success.
func (r result) ok(t testing.TB) result {
	t.Helper()
	if r.ExitCode != 0 || r.Signal != "" {
		t.Fatalf("exit %d signal %q not found %q\n%s%s", r.ExitCode, r.Signal, r.NotFound, r.out, r.err)
	}
	return r
}

// cancelling is a writer that cancels at the first write.
type cancelling struct{ cancel func() }

func (c cancelling) Write(b []byte) (int, error) { c.cancel(); return len(b), nil }

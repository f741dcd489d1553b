package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/internal/machinetest"
)

// moments is how often each command is killed: a few times, and as often as DEWAR_KILLS says
// where it is set, as CI does.
func moments() int {
	if n, err := strconv.Atoi(os.Getenv("DEWAR_KILLS")); err == nil {
		return n
	}
	return 3
}

// yard is a project with data and a directory to share it through.
type yard struct {
	*testing.T
	dir    string // the project, a Git work tree
	shared string
	dice   *rand.Rand
}

func emptyYard(t *testing.T) *yard {
	t.Helper()
	top := t.TempDir()
	return &yard{T: t, dir: filepath.Join(top, "one"), shared: filepath.Join(top, "shared"), dice: rand.New(rand.NewPCG(1, 2))}
}

func newYard(t *testing.T) *yard {
	t.Helper()
	machinetest.Program(t, "git")
	y := emptyYard(t)
	for i := range 100 {
		y.write(fmt.Sprintf("data/%02d/%03d.bin", i%10, i), y.bytes(1+y.dice.IntN(20_000)))
	}
	y.write("pipeline.hcl", []byte(`
data "all" {
  path = "data/"
}
stage "copy" {
  native  = "copy"
  inputs  = { all = data.all }
  outputs = { o = "build/copy/" }
}
`))
	y.git("init", "-q")
	y.must("init", "-q")
	y.must("remote", "add", "-d", "origin", y.shared)
	y.must("data", "update")
	y.must("run", "-q")
	y.git("add", "-A")
	y.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "one")
	return y
}

func (y *yard) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(y.dice.Uint32())
	}
	return b
}

func (y *yard) write(name string, b []byte) {
	y.Helper()
	at := filepath.Join(y.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		y.Fatal(err)
	}
	if err := os.WriteFile(at, b, 0o666); err != nil {
		y.Fatal(err)
	}
}

func (y *yard) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = y.dir
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+y.shared+"-config")
	return cmd
}

func (y *yard) git(args ...string) {
	y.Helper()
	if out, err := y.command("git", args...).CombinedOutput(); err != nil {
		y.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// must runs dewar, which must succeed, and returns how long it took.
func (y *yard) must(args ...string) time.Duration {
	y.Helper()
	began := time.Now()
	if out, err := y.command("dewar", args...).CombinedOutput(); err != nil {
		y.Fatalf("dewar %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return time.Since(began)
}

// killed starts dewar and kills it at a moment before it has taken about as long as within. It
// reports whether it came to its end before that.
func (y *yard) killed(within time.Duration, args ...string) bool {
	y.Helper()
	cmd := y.command("dewar", args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		y.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			y.Fatalf("dewar %s: %v\n%s", strings.Join(args, " "), err, out.String())
		}
		return true
	case <-time.After(time.Duration(y.dice.Int64N(int64(within)))):
		_ = cmd.Process.Kill()
		<-ended
		return false
	}
}

// whole fails if a blob in a cas is not what its name says.
func (y *yard) whole(cas string) {
	y.Helper()
	err := filepath.WalkDir(cas, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || len(d.Name()) != 64 {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && digest.Of(b).Hex() != d.Name() {
			y.Fatalf("%s is not whole: it has %d bytes", path, len(b))
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		y.Fatal(err)
	}
}

// same fails unless the directories hold the same.
func (y *yard) same(a, b string) {
	y.Helper()
	if out, err := exec.Command("diff", "-r", a, b).CombinedOutput(); err != nil {
		y.Fatalf("%s and %s: %v\n%s", a, b, err, out)
	}
}

// TestKilledPush: whenever a push is killed, what is there is whole, and the next push finishes.
func TestKilledPush(t *testing.T) {
	y := newYard(t)
	took := y.must("push", "-q")
	for n, finished := 0, 0; n < moments()+finished; n++ {
		if n%5 == 0 {
			y.newShared()
		}
		if y.killed(took, "push", "-q") {
			finished++
			y.newShared()
		}
		y.whole(filepath.Join(y.shared, "cas"))
	}
	y.must("push", "-q")
	y.must("status", "--remote")
	y.clone("two")
	y.must("pull", "-q")
	y.same(filepath.Join(y.dir, "../one/data"), filepath.Join(y.dir, "data"))
	y.same(filepath.Join(y.dir, "../one/build"), filepath.Join(y.dir, "build"))
}

// TestKilledPull: whenever a pull is killed, the cache is whole and nothing that is not meant to
// be there is in the workspace; the next pull finishes.
func TestKilledPull(t *testing.T) {
	y := newYard(t)
	y.must("push", "-q")
	from := y.dir
	y.clone("two")
	took := y.must("pull", "-q")
	for n, finished := 0, 0; n < moments()+finished; n++ {
		if n%5 == 0 {
			y.clone("two")
		}
		if y.killed(took, "pull", "-q") {
			finished++
			y.clone("two")
		}
		y.whole(filepath.Join(y.dir, ".dewar/cache/cas"))
	}
	y.must("pull", "-q")
	y.same(filepath.Join(from, "data"), filepath.Join(y.dir, "data"))
	y.same(filepath.Join(from, "build"), filepath.Join(y.dir, "build"))
	y.must("run", "-q")
	if left, err := filepath.Glob(filepath.Join(y.dir, ".dewar/kept/*")); err != nil || len(left) > 0 {
		t.Errorf("a pull that was killed had something kept aside: %v, %v", left, err)
	}
}

// TestKilledCollection: whenever a collection is killed, all that is named is still there, and the
// next one finishes.
func TestKilledCollection(t *testing.T) {
	y := newYard(t)
	cas := filepath.Join(y.dir, ".dewar/cache/cas")
	took := y.must("gc", "--force")
	for n, finished := 0, 0; n < moments()+finished; n++ {
		if n%5 == 0 {
			y.rubbish(n)
		}
		if y.killed(took, "gc", "--force", "--data") {
			finished++
			y.rubbish(n)
		}
		y.whole(cas)
		y.remove(filepath.Join(y.dir, "build"))
		y.must("checkout", "-q")
	}
	y.must("gc", "--force", "--data")
	y.must("cache", "verify")
	y.remove(filepath.Join(y.dir, "data"))
	y.must("checkout", "-q")
	y.must("run", "-q")
	y.git("diff", "--exit-code", "pipeline.lock")
	if left, err := filepath.Glob(filepath.Join(y.dir, ".dewar/cache/trash/*")); err != nil || len(left) > 0 {
		t.Errorf("left in the trash: %v, %v", left, err)
	}
}

// newShared empties the remote, and has the project forget that it was one.
func (y *yard) newShared() {
	y.Helper()
	y.remove(y.shared)
	y.remove(filepath.Join(y.dir, ".dewar/cache/remotes-seen"))
}

// rubbish makes what no lock names: other data, and its copy.
func (y *yard) rubbish(n int) {
	y.Helper()
	name := "data/00/000.bin"
	was, err := os.ReadFile(filepath.Join(y.dir, name))
	if err != nil {
		y.Fatal(err)
	}
	for i := range 3 {
		y.write(name, y.bytes(1000+n+i))
		y.must("data", "update", "-q")
		y.must("run", "-q")
	}
	y.write(name, was)
	y.must("data", "update", "-q")
	y.must("run", "-q")
}

// clone makes the project a fresh clone of the first one.
func (y *yard) clone(name string) {
	y.Helper()
	top := filepath.Dir(y.dir)
	to := filepath.Join(top, name)
	y.remove(to)
	y.dir = filepath.Join(top, "one")
	y.git("clone", "-q", ".", to)
	y.dir = to
}

// remove removes a tree, read-only directories in it included.
func (y *yard) remove(dir string) {
	y.Helper()
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o777)
		}
		return nil
	})
	if err := os.RemoveAll(dir); err != nil {
		y.Fatal(err)
	}
}

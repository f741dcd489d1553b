package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// collectorOf is the variable that makes this test program a collector, which writes a
// byte before each operation on files.
const collectorOf = "DEWAR_TEST_COLLECTOR_OF"

func TestMain(m *testing.M) {
	if dir := os.Getenv(collectorOf); dir != "" {
		collectLoudly(dir, os.Getenv("DEWAR_TEST_KEEP"))
		return
	}
	os.Exit(m.Run())
}

func collectLoudly(dir, keep string) {
	fsys := fs.Faulty(fs.OS(), func(string, string) error {
		_, err := os.Stdout.Write([]byte{'.'})
		return err
	})
	check := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	s, err := store.Open(fsys, dir, store.Options{})
	check(err)
	c, err := s.Collect()
	check(err)
	d, err := digest.FromHex(keep, 0)
	check(err)
	c.KeepResult(d)
	v, err := c.Survey(context.Background(), store.CollectOptions{})
	check(err)
	_, err = c.Remove(context.Background(), v, nil)
	check(err)
	c.Close()
	check(s.Close())
}

// TestCollect_killedProcess: a process that is killed at any moment leaves all that is
// named; and the next one finishes, whatever lies around.
func TestCollect_killedProcess(t *testing.T) {
	operations := 0
	for round := range 50 {
		p := onDisk(t)
		h := newHeap(t, p.FS, p.Dir)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), collectorOf+"="+h.dir, "DEWAR_TEST_KEEP="+h.kept.Hex())
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		h.must(err)
		h.must(cmd.Start())
		in := bufio.NewReader(out)
		last := 1 << 30 // the first is left alone, to count
		if round > 0 {
			last = rand.IntN(operations)
		}
		n := 0
		for ; n < last; n++ {
			if _, err := in.ReadByte(); err != nil {
				break
			}
		}
		if round == 0 {
			operations = n
		}
		cmd.Process.Kill()
		cmd.Wait()
		h.whole(n)
		_, err = h.collect(store.CollectOptions{})
		h.must(err)
		if got := h.left(); got != keptData {
			t.Fatalf("killed after %d of %d operations, left:\n%s", n, operations, got)
		}
		for _, dir := range []string{"trash", "tmp"} {
			if left, _ := p.FS.ReadDir(h.dir + "/" + dir); len(left) > 0 {
				t.Fatalf("killed after %d operations, in %s: %v", n, dir, left)
			}
		}
	}
}

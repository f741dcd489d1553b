package sandbox_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/dewar-build/dewar/run"
)

// doomed names a directory with a pipe in it, in the process that will be killed.
const doomed = "DEWAR_TEST_DOOMED"

// TestDoomed is the other half of TestIsolatedDiesWithDewar.
func TestDoomed(t *testing.T) {
	dir := os.Getenv(doomed)
	if dir == "" {
		t.Skip("only as a process of its own")
	}
	b := isolated(t)
	x, _, _ := b.execution([]string{"/bin/sh", "-c", "exec 3> s/pipe; echo running >&3; setsid sleep 1000 & sleep 1000"}, func(x *run.Execution) {
		x.Scratch = []run.ScratchDir{{Host: dir, Path: "s"}}
	})
	b.e.Execute(context.Background(), x)
}

// When dewar is killed outright, every process of every action dies: the pipe
// that they hold open comes to its end.
func TestIsolatedDiesWithDewar(t *testing.T) {
	namespaces(t)
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestDoomed$")
	cmd.Env = append(os.Environ(), doomed+"="+dir, "TMPDIR="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	if line, err := r.ReadString('\n'); line != "running\n" {
		t.Fatalf("%q %v", line, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
		t.Errorf("%q %v", rest, err)
	}
}

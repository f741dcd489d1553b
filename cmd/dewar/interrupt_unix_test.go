//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/dewar-build/dewar/fs"
)

// TestEvaluating_interrupted: reading the pipeline goes on until the process would have
// ended, as an expression does that takes hours.
func TestEvaluating_interrupted(t *testing.T) {
	for _, args := range [][]string{{"validate"}, {"plan"}, {"run"}, {"lint"}, {"lint", "--fix"}, {"show", "params", "--resolved"}, {"exp", "run"}} {
		t.Run(args[0], func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, ".dewar"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "pipeline.hcl"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			stdout, err := os.Create(filepath.Join(dir, "stdout"))
			if err != nil {
				t.Fatal(err)
			}
			defer stdout.Close()
			stderr, err := os.Create(filepath.Join(dir, "stderr"))
			if err != nil {
				t.Fatal(err)
			}
			defer stderr.Close()
			m := system()
			m.stdout, m.stderr, m.dir = stdout, stderr, dir
			ended := make(chan int, 1)
			m.exit = func(code int) { ended <- code }
			code := -1
			m.host.FS = fs.Faulty(fs.OS(), func(op, path string) error {
				if op != "open" || filepath.Base(path) != "pipeline.hcl" || code >= 0 {
					return nil
				}
				if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
					return err
				}
				code = <-ended
				return errors.New("this process has ended")
			})
			run(args, m)
			said, err := os.ReadFile(stderr.Name())
			if code != exitInterrupted || err != nil || !bytes.HasPrefix(said, []byte("interrupted\n")) {
				t.Errorf("exit %d, %v, and\n%s", code, err, said)
			}
		})
	}
}

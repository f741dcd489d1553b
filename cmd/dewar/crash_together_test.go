package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run/sandbox"
)

// Several dewar processes work in one project at once. All come to their end, and between them every
// instance gets into the lock. An action whose stage has a scratch directory of its key is executed once, which
// is what such a directory promises; of others no more is promised than that nobody sees
// half of anything.

const shared = `
param "seed" {
  type    = int
  default = 0
}
stage "base" {
  outputs = { o = "build/base/" }
  scratch = { once = { env = "ONCE" }, log = { env = "LOG", scope = "machine" } }
  command = "echo base >> $LOG/executed; sleep 0.05; echo base > ${outputs.o}/b"
}
stage "fit" {
  for_each = grid({ x = range(4) })
  inputs   = { b = stage.base.outputs.o }
  outputs  = { o = "build/fit-${each.x}.txt" }
  scratch  = { once = { env = "ONCE" }, log = { env = "LOG", scope = "machine" } }
  command  = "echo fit ${each.x} ${param.seed} >> $LOG/executed; cat ${inputs.b}/b > ${outputs.o}; echo ${each.x} ${param.seed} >> ${outputs.o}"
}
stage "join" {
  inputs  = { all = stage.fit[*].outputs.o }
  outputs = { o = "build/join.txt" }
  command = concat(["/bin/sh", "-c", "o=$1; shift; cat \"$@\" > $o", "sh", outputs.o], inputs.all)
}
`

func TestTogether(t *testing.T) {
	for name, commands := range map[string][]string{
		"two":   {"run", "run"},
		"eight": {"run", "run -j 1", "run fit@x=0 fit@x=1", "run fit@x=3", "exp run -p seed=1,2", "run base", "exp run -p seed=3", "run join"},
	} {
		t.Run(name, func(t *testing.T) {
			f := shop(t)
			f.together(commands...)
			f.must("run", "-q")
			join := ""
			for x := range 4 {
				join += fmt.Sprintf("base\n%d 0\n", x)
			}
			if b, err := os.ReadFile(filepath.Join(f.dir, "build/join.txt")); err != nil || string(b) != join {
				t.Errorf("build/join.txt: %q, %v", b, err)
			}
			if out, err := f.command("dewar", "status").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			b, err := os.ReadFile(filepath.Join(f.dir, "pipeline.lock"))
			if n := strings.Count(string(b), `"instance"`); err != nil || n != 6 {
				t.Errorf("the lock has %d instances: %v\n%s", n, err, b)
			}
			f.executedOnce()
			f.leftovers(nil)
			f.must("cache", "verify")
		})
	}
}

func shop(t *testing.T) *forge {
	t.Helper()
	if level, why := sandbox.Probe(); level != graph.IsolationProject {
		machinetest.Lacks(t, "the sandbox cannot be had here:", why)
	}
	f := &forge{yard: emptyYard(t)}
	f.write("pipeline.hcl", []byte(shared))
	f.must("init", "-q")
	return f
}

// together gives commands of dewar at the same time, all of which must succeed.
func (f *forge) together(commands ...string) {
	f.Helper()
	outs := make([]bytes.Buffer, len(commands))
	var list []*exec.Cmd
	for i, words := range commands {
		cmd := f.command("dewar", strings.Fields(words)...)
		cmd.Stdout, cmd.Stderr = &outs[i], &outs[i]
		if err := cmd.Start(); err != nil {
			f.Fatal(err)
		}
		list = append(list, cmd)
	}
	for i, cmd := range list {
		if err := cmd.Wait(); err != nil {
			f.Errorf("dewar %s: %v\n%s", commands[i], err, &outs[i])
		}
	}
}

// executedOnce fails if a command that has a scratch directory was executed twice.
func (f *forge) executedOnce() {
	f.Helper()
	b, err := os.ReadFile(filepath.Join(f.dir, ".dewar/scratch/machine-log/executed"))
	if err != nil {
		f.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	slices.Sort(lines)
	for i := range lines {
		if i > 0 && lines[i] == lines[i-1] {
			f.Errorf("executed twice: %s", lines[i])
		}
	}
}

// TestDeletedMeanwhile: somebody deletes what a run relies on. It succeeds all the same or fails and says what is
// wrong; the next one comes to the right end.
func TestDeletedMeanwhile(t *testing.T) {
	f := newForge(t)
	f.must("run", "-q")
	f.change()
	took := f.must("run", "-q")
	for n := range 4 * ((f.moments() + 1) / 2) {
		what := []string{"trees", "cas", "ac", ""}[n%4]
		f.change()
		f.disturbed(took, func() { f.wipe(filepath.Join(f.dir, ".dewar/cache", what)) }, "run")
		f.must("run", "-q")
		f.right()
		f.must("cache", "verify")
	}
}

// disturbed gives a command and does something at a moment before it has taken about as long as within. It may fail,
// as a command may that says why.
func (f *forge) disturbed(within time.Duration, do func(), args ...string) {
	f.Helper()
	cmd := f.command("dewar", args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		f.Fatal(err)
	}
	time.Sleep(time.Duration(f.dice.Int64N(int64(within))))
	do()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 2 || !strings.Contains(out.String(), "Error[E-")) {
		f.Errorf("dewar %s: %v\n%s", strings.Join(args, " "), err, &out)
	}
}

// wipe removes a tree that others write to.
func (f *forge) wipe(dir string) {
	for range 20 {
		_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				_ = os.Chmod(path, 0o777)
			}
			return nil
		})
		if os.RemoveAll(dir) == nil {
			return
		}
	}
}

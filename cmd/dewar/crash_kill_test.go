package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run/sandbox"
)

// dewar is killed at random moments while it runs commands in sandboxes, checks out, and takes data in. The inputs
// change in between. Whatever the moment: blobs are whole, no process and no mount outlives it, the
// next run comes to the results that the inputs have, and nothing of the dead piles up.

// forge is a project whose commands run in sandboxes. What they make of which input is easily said.
type forge struct {
	*yard
	round int
}

const forged = `
data "big" {
  path = "data/"
}
stage "clean" {
  inputs  = { big = data.big, by = "by.txt" }
  outputs = { o = "build/clean/" }
  command = "for f in $(ls ${inputs.big}); do cat ${inputs.by} ${inputs.big}/$f > ${outputs.o}/$f; done; mkdir ${outputs.o}/sub; echo $PPID > /tmp/x; cp ${inputs.by} ${outputs.o}/sub/by"
}
stage "fit" {
  for_each = grid({ x = range(3) })
  inputs   = { c = stage.clean.outputs.o }
  outputs  = { o = "build/fit-${each.x}.txt" }
  command  = "(echo ${each.x}; cat ${inputs.c}/sub/by ${inputs.c}/0.txt) > ${outputs.o}; sleep 0.02"
}
stage "join" {
  inputs  = { all = stage.fit[*].outputs.o }
  outputs = { o = "build/join.txt" }
  command = concat(["/bin/sh", "-c", "o=$1; shift; cat \"$@\" > $o", "sh", outputs.o], inputs.all)
}
`

func newForge(t *testing.T) *forge {
	t.Helper()
	if level, why := sandbox.Probe(); level != graph.IsolationProject {
		machinetest.Lacks(t, "the sandbox cannot be had here:", why)
	}
	f := &forge{yard: emptyYard(t)}
	for i := range 12 {
		f.write(fmt.Sprintf("data/%d.txt", i), []byte(strings.Repeat(fmt.Sprintln("line", i), 100*(i+1))))
	}
	f.write("pipeline.hcl", []byte(forged))
	f.change()
	f.must("init", "-q")
	adopts(t)
	return f
}

// moments is how often each command is killed here: half as often, for there are more of them.
func (f *forge) moments() int { return (moments() + 1) / 2 }

// change gives the inputs other contents.
func (f *forge) change() {
	f.Helper()
	f.round++
	f.write("by.txt", []byte(fmt.Sprintln("by", f.round)))
	f.write("data/0.txt", []byte(fmt.Sprintln("zero", f.round)))
}

// right fails unless the outputs are what the inputs say.
func (f *forge) right() {
	f.Helper()
	by, zero := fmt.Sprintln("by", f.round), fmt.Sprintln("zero", f.round)
	var join string
	want := map[string]string{"build/clean/0.txt": by + zero, "build/clean/sub/by": by}
	for x := range 3 {
		text := fmt.Sprintln(x) + by + by + zero
		want[fmt.Sprintf("build/fit-%d.txt", x)] = text
		join += text
	}
	want["build/join.txt"] = join
	for name, text := range want {
		if b, err := os.ReadFile(filepath.Join(f.dir, name)); err != nil || string(b) != text {
			f.Fatalf("%s after change %d: %q, want %q, %v", name, f.round, b, text, err)
		}
	}
	if list, err := os.ReadDir(filepath.Join(f.dir, "build/clean")); err != nil || len(list) != 13 {
		f.Fatalf("build/clean has %d entries: %v", len(list), err)
	}
}

// TestKilledRun: between two kills the inputs change, and now and then a run comes to its end.
func TestKilledRun(t *testing.T) {
	f := newForge(t)
	f.must("run", "-q", "-j", "2")
	f.change()
	took := f.must("run", "-q", "-j", "2")
	var first map[string]int
	for n, finished := 0, 0; n < f.moments()+finished; n++ {
		f.change()
		if f.killed(took, "run", "-q", "-j", "2") {
			finished++
		}
		f.noOrphans()
		f.whole(filepath.Join(f.dir, ".dewar/cache/cas"))
		if n%3 != 0 {
			continue // the next one finds what two have left
		}
		f.must("run", "-q", "-j", "2")
		f.right()
		f.must("gc", "--force", "--data")
		if first = f.leftovers(first); t.Failed() {
			return
		}
	}
	f.must("run", "-q")
	f.right()
	f.must("gc", "--force", "--data")
	f.leftovers(first)
	f.must("cache", "verify")
	f.noMounts()
	f.undisturbed()
}

// TestKilledCheckout: outputs are written anew until that is done.
func TestKilledCheckout(t *testing.T) {
	f := newForge(t)
	f.must("run", "-q")
	f.remove(filepath.Join(f.dir, "build"))
	took := f.must("checkout", "-q")
	var first map[string]int
	for n, finished := 0, 0; n < f.moments()+finished; n++ {
		f.remove(filepath.Join(f.dir, "build"))
		if n%2 == 0 {
			f.write("build/join.txt", []byte(fmt.Sprintln("mine", n)))
		}
		if f.killed(took, "checkout", "-q") {
			finished++
		}
		f.whole(filepath.Join(f.dir, ".dewar/cache/cas"))
		f.must("checkout", "-q")
		f.right()
		if n%2 == 0 && !f.holds(fmt.Sprintln("mine", n), ".dewar/kept", ".dewar/tmp") {
			t.Fatalf("what was in the way is lost in round %d", n)
		}
		if n%5 == 0 {
			f.remove(filepath.Join(f.dir, ".dewar/kept"))
			f.must("gc", "--force")
			first = f.leftovers(first)
		}
	}
	f.must("run", "-q")
	f.right()
	f.must("cache", "verify")
}

// TestKilledDataAdd: data is tracked or it is not, and the next time it is.
func TestKilledDataAdd(t *testing.T) {
	f := newForge(t)
	f.write("more/a.bin", f.bytes(40_000))
	f.write("more/b.bin", f.bytes(40_000))
	took := f.must("data", "add", "more/")
	was, err := os.ReadFile(filepath.Join(f.dir, "pipeline.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	for n, finished := 0, 0; n < f.moments()+finished; n++ {
		f.write("pipeline.hcl", []byte(forged))
		f.remove(filepath.Join(f.dir, "pipeline.lock"))
		f.write("more/a.bin", f.bytes(40_000))
		if f.killed(took, "data", "add", "more/") {
			finished++
		}
		f.whole(filepath.Join(f.dir, ".dewar/cache/cas"))
		f.must("data", "add", "more/")
		if n%10 == 0 {
			f.must("gc", "--force", "--data")
		}
		if now, err := os.ReadFile(filepath.Join(f.dir, "pipeline.hcl")); err != nil || string(now) != string(was) {
			t.Fatalf("pipeline.hcl is now %s, %v", now, err)
		}
	}
	f.must("run", "-q")
	f.right()
	f.must("gc", "--force", "--data")
	f.leftovers(nil)
	f.must("cache", "verify")
}

// TestKilledDataUpdate: what was accepted can be checked out again, to the byte.
func TestKilledDataUpdate(t *testing.T) {
	f := newForge(t)
	f.must("run", "-q")
	f.write("data/large.bin", f.bytes(60_000))
	took := f.must("data", "update")
	for n, finished := 0, 0; n < f.moments()+finished; n++ {
		now := f.bytes(60_000)
		f.write("data/large.bin", now)
		if f.killed(took, "data", "update") {
			finished++
		}
		f.whole(filepath.Join(f.dir, ".dewar/cache/cas"))
		if n%5 != 0 {
			continue
		}
		f.must("data", "update")
		f.remove(filepath.Join(f.dir, "data"))
		f.must("checkout", "-q")
		if b, err := os.ReadFile(filepath.Join(f.dir, "data/large.bin")); err != nil || string(b) != string(now) {
			t.Fatalf("round %d: what was accepted is not what comes back: %v", n, err)
		}
	}
	f.must("data", "update")
	f.must("gc", "--force", "--data")
	f.leftovers(nil)
	f.must("cache", "verify")
}

// passing are the places of .dewar in which something is only for as long as somebody works with it.
var passing = []string{"tmp", "cache/tmp", "cache/trash", "cache/incoming", "cache/leases", "cache/quarantine", "kept", "scratch", "sandbox", "eval"}

// leftovers counts what lies in them, and fails if it is more than it was the first time.
func (f *forge) leftovers(first map[string]int) map[string]int {
	f.Helper()
	now := map[string]int{}
	for _, place := range passing {
		_ = filepath.WalkDir(filepath.Join(f.dir, ".dewar", place), func(path string, d os.DirEntry, err error) error {
			// What has no owner's name stays for an hour.
			if err == nil && !d.IsDir() && !strings.Contains(path, ".tmp-") {
				now[place]++
			}
			return nil
		})
	}
	if now["cache/tmp"]+now["cache/trash"]+now["cache/incoming"] > 0 {
		f.Errorf("left behind: %v", now)
	}
	for place, n := range now {
		if first != nil && n > first[place] {
			f.Errorf("%s has %d files, and had %d", place, n, first[place])
		}
	}
	return now
}

// holds reports whether a file below some directories holds a text.
func (f *forge) holds(text string, dirs ...string) (found bool) {
	for _, dir := range dirs {
		_ = filepath.WalkDir(filepath.Join(f.dir, dir), func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				b, _ := os.ReadFile(path)
				found = found || string(b) == text
			}
			return nil
		})
	}
	return found
}

// undisturbed compares everything with a project in which nothing ever happened.
func (f *forge) undisturbed() {
	f.Helper()
	was := f.dir
	f.dir = was + "-undisturbed"
	if err := os.CopyFS(f.dir+"/data", os.DirFS(was+"/data")); err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"by.txt", "pipeline.hcl"} {
		b, err := os.ReadFile(filepath.Join(was, name))
		if err != nil {
			f.Fatal(err)
		}
		f.write(name, b)
	}
	f.must("init", "-q")
	f.must("run", "-q")
	for _, name := range []string{"build", "pipeline.lock"} {
		f.same(filepath.Join(was, name), filepath.Join(f.dir, name))
	}
	f.dir = was
}

// noMounts fails if anything of the project is mounted where this test can see it.
func (f *forge) noMounts() {
	f.Helper()
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, f.dir) {
			f.Errorf("there is a mount: %s", line)
		}
	}
}

// noOrphans fails if processes live on whose dewar was killed. They may take a moment to die.
func (f *forge) noOrphans() {
	f.Helper()
	var left []string
	for patience := time.Now().Add(10 * time.Second); time.Now().Before(patience); time.Sleep(2 * time.Millisecond) {
		if left = orphans(); len(left) == 0 {
			return
		}
	}
	f.Fatalf("processes are left: %v", left)
}

package dewar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// Tracked data, native actions, what is outside the action key, and how often the lock is written.

const tracked = `
-- data/big/a.csv --
1
-- data/big/sub/b.csv --
2
-- data/one.csv --
3
-- pipeline.hcl --
data "big" {
  path = "data/big/"
}
data "one" {
  path = "data/one.csv"
}
stage "use" {
  inputs  = { big = data.big, one = data.one }
  outputs = { o = "o.txt" }
  command = ["use", inputs.big, inputs.one, outputs.o]
}
stage "aside" {
  inputs  = { one = data.one }
  outputs = { o = "aside.txt" }
  command = ["aside", inputs.one, outputs.o]
}
`

// lockedData returns the names of the data in the lock.
func (e *engine) lockedData() string {
	var names []string
	for _, line := range strings.Split(e.read("pipeline.lock"), "\n") {
		if rest, ok := strings.CutPrefix(line, `{"data":"`); ok {
			name, _, _ := strings.Cut(rest, `"`)
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// lockedDigest is what the lock says of data; "" if it does not know it.
func (e *engine) lockedDigest(name string) string {
	for _, line := range strings.Split(e.read("pipeline.lock"), "\n") {
		if strings.HasPrefix(line, `{"data":"`+name+`"`) {
			_, digest, _ := strings.Cut(line, `"digest":"`)
			return strings.TrimSuffix(digest, `"}`)
		}
	}
	return ""
}

func TestTrackedData(t *testing.T) {
	onEach(t, tracked, func(e *engine) {
		e.run(all).is("all executed")
		e.run(all).is("all unchanged")
		if got := e.lockedData(); got != "big one" {
			e.Errorf("the lock has %s", got)
		}
		was := e.read("pipeline.lock")
		e.put("data/big/sub/b.csv", "22")
		if plan := e.plan(all); verdicts(plan) != "aside unchanged, use execute" {
			e.Errorf("the plan is %s", verdicts(plan))
		}
		e.run(all).is("use executed, aside unchanged")
		if e.read("pipeline.lock") == was {
			e.Error("the lock has the old data")
		}
		e.put("data/big/sub/b.csv", "2\n")
		e.run(all).is("use restored, aside unchanged")
		e.want(map[string]string{"pipeline.lock": was})
		e.remove("data/big/a.csv")
		e.run(all).is("use executed, aside unchanged")
		// A part that does not look at it leaves it as it is.
		e.put("data/one.csv", "33")
		e.run(selected("aside")).is("aside executed")
		if got := e.lockedData(); got != "big one" {
			e.Errorf("the lock has %s", got)
		}
		e.put("pipeline.hcl", `
data "one" {
  path = "data/one.csv"
}
stage "aside" {
  inputs  = { one = data.one }
  outputs = { o = "aside.txt" }
  command = ["aside", inputs.one, outputs.o]
}
`)
		e.run(all).is("aside unchanged")
		if got := e.lockedData(); got != "one" {
			e.Errorf("the lock has %s", got)
		}
		if !e.exists("data/big/sub/b.csv") {
			e.Error("data was removed with its block")
		}
	})
}

// TestDataReadInPart: the lock knows data as a whole, so a part that a run read changes what it says.
func TestDataReadInPart(t *testing.T) {
	const parts = `
-- days/a.csv --
1
-- days/sub/b.csv --
2
-- pipeline.hcl --
data "days" {
  path = "days/"
}
stage "one" {
  inputs  = { day = "${data.days}/a.csv" }
  outputs = { o = "one.txt" }
  command = ["one", inputs.day, outputs.o]
}
stage "each" {
  for_each = files(data.days, "**/*.csv")
  inputs   = { day = each.path }
  outputs  = { o = "build/${each.stem}.txt" }
  command  = ["each", inputs.day, outputs.o]
}
`
	onEach(t, parts, func(e *engine) {
		e.run(selected("one"))
		first := e.lockedDigest("days")
		if first == "" {
			e.Fatal("the lock does not know what was read")
		}
		e.run(all)
		if got := e.lockedDigest("days"); got != first {
			e.Errorf("the lock has %s, and nothing changed", got)
		}
		e.put("days/sub/b.csv", "22")
		e.run(selected("one")) // does not look at it
		if got := e.lockedDigest("days"); got != first {
			e.Errorf("the lock has %s, and no part that was read changed", got)
		}
		e.run(all)
		if got := e.lockedDigest("days"); got == first {
			e.Error("the lock has the old data")
		}
		e.put("days/sub/b.csv", "2\n")
		e.run(all)
		if got := e.lockedDigest("days"); got != first {
			e.Errorf("the lock has %s, want what it was at first", got)
		}
	})
}

// TestDataThatChangesMeanwhile: what is bound from the workspace is looked at again.
func TestDataThatChangesMeanwhile(t *testing.T) {
	onEach(t, tracked, func(e *engine) {
		e.shop.on("use", func(w *workbench) string {
			problem := everything(w)
			e.put("data/big/new.csv", "appeared")
			return problem
		})
		r := e.run(dewar.RunOptions{KeepGoing: true}).is("use failed, aside executed").failed("E-input-changed")
		if !strings.Contains(r.failureText(), "data/big") || e.exists("o.txt") {
			e.Error(r.failureText())
		}
		e.shop.on("use", nil)
		e.run(all).is("use executed, aside unchanged")
		e.want(map[string]string{"o.txt": "use data/big data/one.csv o.txt\ndata/big/a.csv: 1\ndata/big/new.csv: appeared\ndata/big/sub/b.csv: 2\ndata/one.csv: 3\n"})
	})
}

func TestNativeActions(t *testing.T) {
	onEach(t, `
-- src/a.txt --
a
-- src/sub/b.txt --
b
-- params.yaml --
name: world
-- pipeline.hcl --
param "name" {
  type = string
  file = "params.yaml"
}
stage "copy" {
  inputs  = { src = "src" }
  outputs = { o = "copy/" }
  native  = "copy"
}
stage "concat" {
  inputs  = { a = "src/a.txt", b = "${stage.copy.outputs.o}/sub/b.txt" }
  outputs = { o = "all.txt" }
  native  = "concat"
}
stage "hello" {
  outputs = { o = "hello.txt" }
  native  = { kind = "template", text = "Hello, ${param.name}!\n" }
}
`, func(e *engine) {
		e.run(all).is("all executed")
		e.executions("") // no command had a part in it
		e.want(map[string]string{"copy/a.txt": "a\n", "copy/sub/b.txt": "b\n", "all.txt": "a\nb\n", "hello.txt": "Hello, world!\n"})
		e.run(all).is("all unchanged")
		e.put("params.yaml", "name: you\n")
		e.run(all).is("copy unchanged, concat unchanged, hello executed")
		e.put("src/a.txt", "x\n")
		e.run(all).is("copy executed, concat executed, hello unchanged")
		e.want(map[string]string{"all.txt": "x\nb\n", "hello.txt": "Hello, you!\n"})
		e.put("src/a.txt", "a\n")
		e.put("params.yaml", "name: world\n")
		e.run(all).is("all restored")
		e.remove("src/sub/b.txt")
		e.run(all).is("copy executed, concat failed, hello unchanged").failed("E-input-missing")
	})
}

// TestOutsideTheActionKey: what does not decide results runs nothing again.
func TestOutsideTheActionKey(t *testing.T) {
	for _, line := range []string{`description = "x"`, "timeout = \"1h\"", "retries = 3", "resources = { cpus = 2 }", `labels = ["x"]`, `scratch = { c = { path = "scratch/c/" } }`} {
		e := inMemory(t, basic)
		e.run(all)
		e.put("pipeline.hcl", attribute(e.read("pipeline.hcl"), "train", line))
		if r := e.run(all); r.Unchanged != 3 {
			t.Errorf("%s: %s", line, ends(r.ends))
		}
	}
	for _, line := range []string{`env = { T_A = "1" }`, "network = true", `working_dir = "build"`, `isolation = "hermetic"`} {
		e := inMemory(t, basic)
		e.run(all)
		e.put("pipeline.hcl", attribute(e.read("pipeline.hcl"), "train", line))
		if r := e.run(all); r.ends["train"] != "executed" {
			t.Errorf("%s: %s", line, ends(r.ends))
		}
	}
}

// TestScratchSurvives failure and retry.
func TestScratchSurvives(t *testing.T) {
	onEach(t, attribute(basic, "train", `scratch = { ckpt = { path = "ckpt/", scope = "key" } }`), func(e *engine) {
		e.shop.on("train", func(w *workbench) string {
			if len(w.Scratch) != 1 || w.Scratch[0].Path != "ckpt" {
				w.fail(fmt.Errorf("scratch is %+v", w.Scratch))
				return ""
			}
			at := w.Scratch[0].Host + "/epoch"
			b, err := fs.ReadFile(w.fs, at)
			if err != nil {
				w.fail(fs.WriteFile(w.fs, at, []byte("7")))
				return "out of time"
			}
			w.each("from epoch " + string(b))
			return ""
		})
		e.put("pipeline.hcl", attribute(e.read("pipeline.hcl"), "train", "retries = 1"))
		e.run(all).is("all executed")
		e.want(map[string]string{"build/model/all.txt": "from epoch 7"})
	})
}

// TestTheLockIsWrittenInBatches: never once an instance, and not only at the end.
func TestTheLockIsWrittenInBatches(t *testing.T) {
	memory := fs.Memory()
	writes := 0
	counting := fs.Faulty(memory, func(op, path string) error {
		if op == "rename" && strings.HasSuffix(path, "pipeline.lock") {
			writes++
		}
		return nil
	})
	e := newEngine(t, counting, "/p", wide)
	e.run(dewar.RunOptions{Parallel: 1})
	if writes != 1 {
		t.Errorf("a quick run wrote the lock %d times", writes)
	}
	e.run(all).is("all unchanged")
	if writes != 1 {
		t.Errorf("a run that does nothing wrote the lock")
	}
	e.put("raw.txt", "2")
	writes = 0
	locked := ""
	e.tick = 400_000_000 // nanoseconds
	e.shop.on("join", func(w *workbench) string {
		locked = e.read("pipeline.lock")
		return everything(w)
	})
	e.run(dewar.RunOptions{Parallel: 1}).is("all executed")
	if writes < 2 || writes > 7 {
		t.Errorf("a run of 14 instances that took its time wrote the lock %d times", writes)
	}
	if before := e.read("pipeline.lock"); locked == before || locked == "" {
		t.Error("nothing was written before the end")
	}
}

// TestTwoPipelines in one project know nothing of each other's locks.
func TestTwoPipelines(t *testing.T) {
	onEach(t, `
-- a/pipeline.hcl --
stage "one" {
  outputs = { o = "o.txt" }
  command = ["one", "in a", outputs.o]
}
-- b/pipeline.hcl --
stage "one" {
  outputs = { o = "o.txt" }
  command = ["one", "in b", outputs.o]
}
`, func(e *engine) {
		for range 2 {
			for _, dir := range []string{"a", "b"} {
				e.runWith(dewar.EvalOptions{Dir: dir}, all)
			}
		}
		e.executions("one x2")
		e.want(map[string]string{"a/o.txt": "one in a o.txt\n", "b/o.txt": "one in b o.txt\n"})
		e.remove("a/o.txt", "b/o.txt")
		e.runWith(dewar.EvalOptions{Dir: "b"}, all).is("one restored")
		if e.exists("a/o.txt") {
			e.Error("one pipeline restored the other's output")
		}
	})
}

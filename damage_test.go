package dewar_test

import (
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// What is damaged is noticed, told, set aside and made again.

func TestDamagedLock(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(lines []string) string // of header, clean, score, train
		want   string
		lost   bool // warned of
	}{
		{"a line of garbage", func(l []string) string { return l[0] + "garbage\n" + l[1] + l[2] + l[3] }, "all unchanged", true},
		{"a damaged line", func(l []string) string { return l[0] + l[1] + strings.Replace(l[2], ":", ";", 1) + l[3] }, "clean unchanged, train unchanged, score restored", true},
		{"a truncated file", func(l []string) string { return l[0] + l[1] + l[2] + l[3][:40] }, "clean unchanged, train restored, score unchanged", true},
		{"conflict markers", func(l []string) string {
			return l[0] + l[1] + "<<<<<<< HEAD\n" + l[2] + "=======\n" + strings.Replace(l[2], "score.json", "other.json", 1) + ">>>>>>> branch\n" + l[3]
		}, "clean unchanged, train unchanged, score restored", true},
		{"an unfinished conflict", func(l []string) string { return l[0] + l[1] + "<<<<<<< HEAD\n" + l[2] + "=======\n" + l[3] }, "clean unchanged, train restored, score restored", true},
		{"two lines about one", func(l []string) string {
			return l[0] + l[1] + l[2] + strings.Replace(l[2], "score.json", "other.json", 1) + l[3]
		}, "clean unchanged, train unchanged, score restored", true},
		{"a missing line", func(l []string) string { return l[0] + l[1] + l[3] }, "clean unchanged, train unchanged, score restored", false},
		{"an empty file", func(l []string) string { return "" }, "all restored", false},
		{"binary", func(l []string) string { return "\x00\xff\x1f\n\x00" }, "all restored", true},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			onEach(t, basic, func(e *engine) {
				e.run(all)
				was := e.workspace()
				e.executions("lines, train, score")
				lines := strings.SplitAfter(was["pipeline.lock"], "\n")
				e.put("pipeline.lock", c.damage(lines))
				r := e.run(all).is(c.want).keptOf(nil)
				if c.lost {
					r.warned("W-lock-damaged")
				}
				e.executions("")
				if c.want == "all unchanged" { // nothing to write: the next that is made mends it
					e.edit("pipeline.hcl", `["score",`, `["score", "more",`)
					e.run(all)
					e.edit("pipeline.hcl", `"score", "more"`, `"score"`)
					e.run(all)
				}
				e.same(was, e.workspace())
				e.run(all).is("all unchanged").warned("")
			})
		})
	}
}

// TestALockOfANewerDewar is not touched.
func TestALockOfANewerDewar(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.put("pipeline.lock", "{\"dewar_lock\":99}\n")
		if r := e.run(all); r.err == nil || !strings.Contains(errText(r.err), "E-lock-version") {
			e.Errorf("%v", errText(r.err))
		}
		e.want(map[string]string{"pipeline.lock": "{\"dewar_lock\":99}\n"})
		e.executions("")
	})
}

// blobs returns the files below a directory of the cache.
func (e *engine) below(dir string) []string {
	var names []string
	for name := range e.dump(dir) {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// spoil writes other bytes into files, whatever their modes, as a broken disk would.
func (e *engine) spoil(names ...string) {
	for _, name := range names {
		e.must(e.fs.RemoveAll(e.path(name)))
		e.put(name, "spoilt")
	}
}

func TestDamagedBlobs(t *testing.T) {
	t.Run("in_place", func(t *testing.T) {
		onEach(t, basic, func(e *engine) {
			e.run(all)
			was := e.workspace()
			e.spoil(e.below(".dewar/cache/cas")...)
			e.run(all).is("all unchanged").warned("W-cache-corrupt")
			e.remove("build")
			e.run(all).is("all restored").warned("")
			e.same(was, e.workspace())
		})
	})
	t.Run("outputs_gone", func(t *testing.T) {
		onEach(t, basic, func(e *engine) {
			e.run(all)
			was := e.workspace()
			e.spoil(e.below(".dewar/cache/cas")...)
			e.remove("build")
			e.run(all).is("all executed").warned("W-cache-corrupt")
			e.same(was, e.workspace())
			e.run(all).is("all unchanged").warned("")
		})
	})
	t.Run("no_lock", func(t *testing.T) {
		onEach(t, basic, func(e *engine) {
			e.run(all)
			was := e.workspace()
			e.spoil(e.below(".dewar/cache/cas")...)
			e.remove("pipeline.lock")
			e.run(all).is("all executed").warned("W-cache-corrupt").keptOf(nil)
			e.same(was, e.workspace())
		})
	})
	t.Run("checkout", func(t *testing.T) {
		onEach(t, basic, func(e *engine) {
			e.run(all)
			e.spoil(e.below(".dewar/cache/cas")...)
			e.remove("build")
			if rep := e.checkout(); len(rep.Missing) != 3 {
				e.Errorf("%+v", rep)
			}
			for name, text := range e.workspace() {
				if text == "spoilt" {
					e.Errorf("%s was checked out spoilt", name)
				}
			}
		})
	})
}

func TestDamagedTrees(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		for _, name := range e.below(".dewar/cache/trees") {
			e.must(e.fs.Chmod(filepath.Dir(e.path(name)), 0o755))
			e.spoil(name)
		}
		e.edit("pipeline.hcl", `["score",`, `["score", "more",`)
		r := e.run(all).is("clean unchanged, train unchanged, score executed") // it started again with another tree
		if strings.Contains(e.read("build/score.json"), "spoilt") {
			e.Errorf("what was spoilt reached a result: %v", r.Failures)
		}
	})
}

func TestDamagedResults(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		results := e.below(".dewar/cache/ac")
		if len(results) == 0 {
			results = e.below(".dewar/cache/ac-local")
		}
		e.spoil(results...)
		e.run(all).is("all unchanged")
		e.remove("pipeline.lock")
		e.executions("lines, train, score")
		e.run(all).is("all executed").warned("W-cache-corrupt").keptOf(nil)
		e.same(was, e.workspace())
		e.remove("pipeline.lock")
		e.run(all).is("all restored").warned("")
	})
}

// TestAResultWithoutItsBlobs counts as none.
func TestAResultWithoutItsBlobs(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.remove("pipeline.lock", "build", ".dewar/cache/cas")
		e.run(all).is("all executed").warned("")
		e.same(was, e.workspace())
	})
}

func TestDamagedIndex(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		for _, name := range []string{"index", "index.log"} {
			e.put(".dewar/"+name, strings.Repeat("garbage", 1000))
			e.run(all).is("all unchanged").warned("W-index-corrupt")
			e.run(all).is("all unchanged").warned("")
		}
		e.put("raw.txt", "3\n")
		e.put(".dewar/index", "")
		e.put(".dewar/index.log", "")
		e.run(all).is("all executed")
		e.want(map[string]string{"build/data.txt": "3\n"})
	})
}

func TestDamagedKeptEvaluation(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.run(all)
		if !e.run(all).ev.Kept {
			e.Fatal("the evaluation is not a kept one")
		}
		kept := e.below(".dewar/eval")
		if len(kept) != 1 {
			e.Fatalf("kept: %v", kept)
		}
		whole := e.read(kept[0])
		half := len(whole) / 2
		for _, text := range []string{"", "{}\n", "garbage", whole[:len(whole)-1], whole[:half], whole + "x", whole[:half] + "\x00" + whole[half+1:]} {
			e.put(kept[0], text)
			r := e.run(all).is("all unchanged")
			if r.ev.Kept {
				e.Errorf("a damaged evaluation was used: %.60q", text)
			}
			if r := e.run(all); !r.ev.Kept {
				e.Error("it was not kept again")
			}
		}
	})
}

func TestDamagedRecords(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.spoil(e.below(".dewar/runs")...)
		e.edit("raw.txt", "2", "3")
		e.run(all).is("all executed")
		if got := e.logs(); got != "clean executed: \ntrain executed: \nscore executed: \n" {
			e.Errorf("%q", got)
		}
	})
}

// TestDamagedToolchain: what was found of a toolchain is found anew.
func TestDamagedToolchain(t *testing.T) {
	e := newEngine(t, fs.OS(), filepath.ToSlash(t.TempDir()), "")
	tool := filepath.Join(t.TempDir(), "tool")
	e.must(fs.WriteFile(e.fs, tool, []byte("one")))
	e.put("pipeline.hcl", `
toolchain "t" {
  kind  = "files"
  files = ["`+filepath.ToSlash(tool)+`"]
}
stage "a" {
  toolchains = [toolchain.t]
  outputs    = { o = "a.txt" }
  command    = ["a", outputs.o]
}
`)
	e.run(all).is("a executed")
	e.run(all).is("a unchanged")
	found := e.below(".dewar/toolchains")
	if len(found) != 1 {
		t.Fatalf("found: %v", found)
	}
	whole := e.read(found[0])
	for _, text := range []string{"", "{}", "garbage", whole[:len(whole)/2]} {
		e.put(found[0], text)
		e.run(all).is("a unchanged")
		if e.read(found[0]) != whole {
			t.Errorf("%q was not mended", text)
		}
	}
	e.must(fs.WriteFile(e.fs, tool, []byte("two and more")))
	e.run(all).is("a executed")
	e.must(fs.WriteFile(e.fs, tool, []byte("one")))
	e.run(all).is("a restored")
	e.must(e.fs.Remove(tool))
	if r := e.run(all); r.err == nil || !strings.Contains(errText(r.err), "no file on this machine is called") {
		t.Errorf("%v", errText(r.err))
	}
}

// TestNothingOfDewarIsLeft: only what Git keeps, and the outputs.
func TestNothingOfDewarIsLeft(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.remove(".dewar")
		e.must(e.fs.MkdirAll(e.path(".dewar"), 0o777))
		e.run(all).is("all unchanged")
		e.same(was, e.workspace())
		e.remove(".dewar", "pipeline.lock")
		e.must(e.fs.MkdirAll(e.path(".dewar"), 0o777))
		// Nobody knows these outputs: what differs would be kept aside, but nothing does.
		e.run(all).is("all executed").keptOf(nil)
		e.same(was, e.workspace())
	})
}

func TestNoProject(t *testing.T) {
	e := inMemory(t, basic)
	root, err := dewar.FindProject(e.fs, e.path("a/b"))
	if err != nil || root != e.root {
		t.Errorf("%s, %v", root, err)
	}
	e.remove(".dewar")
	if _, err := dewar.FindProject(e.fs, e.path("a/b")); err == nil || !strings.Contains(errText(err), "E-project-missing") || !strings.Contains(errText(err), "dewar init") {
		t.Errorf("%v", errText(err))
	}
}

package dewar_test

import (
	"context"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
)

// gc collects, and checks that what the locks name is there as it was.
func (e *engine) gc(o dewar.GCOptions) *dewar.GCReport {
	e.Helper()
	p := e.open()
	defer e.close(p)
	rep, err := p.GC(context.Background(), o, func(*dewar.GCReport) (bool, error) { return true, nil })
	e.must(err)
	return rep
}

// TestGC_records: old records of runs go, but for the last of each instance, and
// with them the logs that nothing else names.
func TestGC_records(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		records := func() int {
			n := 0
			for name := range e.dump(".dewar/runs") {
				if base := path.Base(name); path.Ext(base) == ".json" && base[0] >= '0' && base[0] <= '9' {
					n++
				}
			}
			return n
		}
		e.run(all)
		e.now = e.now.Add(time.Hour)
		e.edit("pipeline.hcl", `["score",`, `["score", "more",`)
		e.run(all) // score once more: the first record is the last of the others
		e.now = e.now.Add(time.Hour)
		e.edit("pipeline.hcl", `"score", "more"`, `"score", "again"`)
		e.run(all)
		was := records()
		if rep := e.gc(dewar.GCOptions{}); rep.Records != 0 || records() != was {
			t.Errorf("records that are not old went: %d", rep.Records)
		}
		e.now = e.now.Add(100 * 24 * time.Hour)
		rep := e.gc(dewar.GCOptions{})
		if rep.Records != 1 || records() != was-1 {
			t.Errorf("%d records went, %d of %d are left", rep.Records, records(), was)
		}
		e.run(all).is("all unchanged")
	})
}

// TestGC_workspace: after a collection everything is as if there had been none, but
// for what would have been restored from results of before.
func TestGC_workspace(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		first := e.workspace()
		e.edit("pipeline.hcl", `["score",`, `["score", "more",`)
		e.run(all)
		second := e.workspace()
		rep := e.gc(dewar.GCOptions{})
		if len(rep.Results) != 1 || rep.Removed.Count == 0 {
			t.Fatalf("removed: %+v", rep)
		}
		e.same(second, e.workspace())
		e.run(all).is("all unchanged")
		e.remove("build")
		e.checkout()
		e.same(second, e.workspace())
		e.executions("lines, score x2, train")
		e.edit("pipeline.hcl", `"score", "more"`, `"score"`)
		e.run(all)
		e.executions("score")
		e.same(first, e.workspace())
	})
}

// TestGC_noResults: outputs that the lock names stay, also if the result is not there
// that made them.
func TestGC_noResults(t *testing.T) {
	e := inMemory(t, basic)
	e.run(all)
	was := e.workspace()
	e.remove(".dewar/cache/ac", ".dewar/cache/ac-local")
	e.gc(dewar.GCOptions{Scope: &dewar.GCScope{}})
	e.remove("build")
	if rep := e.checkout(); len(rep.Missing) > 0 {
		t.Errorf("missing: %v", rep.Missing)
	}
	e.same(was, e.workspace())
}

// TestGC_no: what a person declines stays.
func TestGC_no(t *testing.T) {
	e := inMemory(t, basic)
	e.run(all)
	e.edit("pipeline.hcl", `["score",`, `["score", "more",`)
	e.run(all)
	was := e.dump(".dewar/cache/cas", ".dewar/cache/ac")
	p := e.open()
	rep, err := p.GC(context.Background(), dewar.GCOptions{}, func(*dewar.GCReport) (bool, error) { return false, nil })
	e.must(err)
	e.close(p)
	if len(rep.Results) != 1 || rep.Removed.Count != 0 {
		t.Errorf("%+v", rep)
	}
	e.same(was, e.dump(".dewar/cache/cas", ".dewar/cache/ac"))
}

// TestGC_busy: one collection at a time; the other one says so.
func TestGC_busy(t *testing.T) {
	e := inMemory(t, basic)
	e.run(all)
	e.edit("pipeline.hcl", `["score",`, `["score", "more",`)
	e.run(all)
	p, other := e.open(), e.open()
	_, err := p.GC(context.Background(), dewar.GCOptions{}, func(*dewar.GCReport) (bool, error) {
		_, err := other.GC(context.Background(), dewar.GCOptions{}, nil)
		if got := errText(err); !strings.Contains(got, "E-gc-busy") {
			t.Errorf("the other says %s", got)
		}
		return true, nil
	})
	e.must(err)
	e.close(other)
	e.close(p)
}

// TestGC_modules: commits that no pipeline names go when they are old, and what was left of bringing one; those that
// are named in the workspace, or by one that is, stay.
func TestGC_modules(t *testing.T) {
	e := inMemory(t, basic)
	rev := func(c string) string { return strings.Repeat(c, 40) }
	for _, c := range []string{"a", "b", "c"} {
		e.put(".dewar/modules/"+rev(c)+"/p/pipeline.hcl", "# nothing\n")
		e.put(".dewar/modules/"+rev(c)+".json", `{"rev":"`+rev(c)+`"}`)
		e.put(".dewar/modules/"+rev(c)+".files", "")
	}
	e.put("other/pipeline.hcl", "# "+rev("a")+"\n")
	e.put(".dewar/modules/"+rev("a")+"/p/pipeline.hcl", "# "+rev("b")+"\n")
	e.put(".dewar/modules/.tmp-0123456789abcdef01/f", "half\n")
	e.now = time.Now() // of the files
	if rep := e.gc(dewar.GCOptions{}); len(rep.Modules) > 0 || !e.exists(".dewar/modules/"+rev("c")) || !e.exists(".dewar/modules/.tmp-0123456789abcdef01/f") {
		t.Errorf("what is young went: %v", rep.Modules)
	}
	e.now = e.now.Add(15 * 24 * time.Hour)
	rep := e.gc(dewar.GCOptions{})
	if got := strings.Join(rep.Modules, " "); got != rev("c") {
		t.Errorf("%s went", got)
	}
	for name, want := range map[string]bool{
		rev("a"): true, rev("a") + ".json": true, rev("b"): true, rev("b") + ".files": true,
		rev("c"): false, rev("c") + ".json": false, rev("c") + ".files": false, ".tmp-0123456789abcdef01": false,
	} {
		if got := e.exists(".dewar/modules/" + name); got != want {
			t.Errorf("%s is there: %t", name, got)
		}
	}
}

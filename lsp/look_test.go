package lsp

import (
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// A client that does not watch files sees what happens to them all the same.
func TestLook(t *testing.T) {
	const text = "param \"p\" {\n  type = int\n  file = \"params.yaml\"\n}\nlocals {\n  q = param.p\n}\nstage \"s\" {\n  command = [\"echo\", local.q]\n}\n"
	d := newDesk(t, "-- params.yaml --\np: 1\n-- pipeline.hcl --\n")
	var due []func() // what waits for the next look
	d.host.After = func(after time.Duration, f func()) func() {
		if after == looking {
			due = append(due, f)
		} else {
			f()
		}
		return func() {}
	}
	if _, err := d.begun(t.Context(), struct{}{}); err != nil {
		t.Fatal(err)
	}
	look := func() (planned bool) {
		t.Helper()
		if len(due) != 1 {
			t.Fatalf("%d looks are due", len(due))
		}
		f := due[0]
		due = nil
		f()
		d.turn()
		planned = d.restless()
		d.rest()
		return planned
	}
	var now int64
	touch := func() { // what is in memory has no times of directories
		now++
		if err := d.host.FS.Chtimes("/p", time.Unix(now, 0)); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) func() {
		return func() {
			if err := fs.WriteFile(d.host.FS, "/p/"+name, []byte(text)); err != nil {
				t.Fatal(err)
			}
			touch()
		}
	}
	remove := func(name string) func() {
		return func() {
			if err := d.host.FS.Remove("/p/" + name); err != nil {
				t.Fatal(err)
			}
			touch()
		}
	}
	d.opens("file:///p/pipeline.hcl", text)
	d.rest()
	for _, c := range []struct {
		name string
		do   func()
		file string // of which something is said
		want int    // how many things
		idle bool   // nothing is evaluated
	}{
		{"nothing happened", func() {}, "pipeline.hcl", 0, true},
		{"a params file is changed", write("params.yaml", "p: text\n"), "params.yaml", 1, false},
		{"and changed back", write("params.yaml", "p: 2\n"), "params.yaml", 0, false},
		{"removed", remove("params.yaml"), "pipeline.hcl", 0, false},
		{"still gone", func() {}, "pipeline.hcl", 0, true},
		{"made", write("params.yaml", "p: text\n"), "params.yaml", 1, false},
		{"and mended", write("params.yaml", "p: 4\n"), "params.yaml", 0, false},
		{"the text of an editor is saved", write("pipeline.hcl", text), "pipeline.hcl", 0, true},
		{"a file of the pipeline is made", write("more.pipeline.hcl", "locals {\n  x = param.nope\n}\n"), "more.pipeline.hcl", 1, false},
		{"another file is made", write("other.txt", ""), "more.pipeline.hcl", 1, true},
		{"it is removed", remove("more.pipeline.hcl"), "more.pipeline.hcl", 0, false},
	} {
		c.do()
		if evaluated := look(); evaluated == c.idle {
			t.Errorf("%s: evaluated: %v", c.name, evaluated)
		}
		if got := d.said["file:///p/"+c.file]; len(got) != c.want {
			t.Errorf("%s: of %s is said %q", c.name, c.file, got)
		}
	}
	d.closes("file:///p/pipeline.hcl")
	if look() {
		t.Error("a pipeline that is closed is evaluated")
	}
	if len(due) > 0 {
		t.Error("nothing is open, and a look is due")
	}
	d.opens("file:///p/pipeline.hcl", text)
	d.rest()
	look()
}

// A client that watches is not helped.
func TestLook_watched(t *testing.T) {
	d := newDesk(t, "")
	d.client.watches = true
	d.host.After = func(time.Duration, func()) func() { t.Error("a look is planned"); return func() {} }
	if _, err := d.begun(t.Context(), struct{}{}); err != nil {
		t.Fatal(err)
	}
}

package dewar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
)

// One bit of one file of .dewar is another one. Whatever the file is for, what is made of it is right, or
// it is said what is not there; nothing wrong is ever passed on.

// flip changes a bit of a file, as a write does that is not ours.
func (e *engine) flip(name string, tenth int) {
	e.Helper()
	b := []byte(e.read(name))
	if len(b) == 0 {
		return
	}
	b[len(b)*tenth/10] ^= 1
	e.must(e.disk.RemoveAll(e.path(name)))
	e.put(name, string(b))
}

func TestFlippedBit(t *testing.T) {
	e := inMemory(t, tuned)
	e.shop.on("score", scores)
	e.run(all)
	e.sweep(dewar.SweepOptions{Set: setting("train.C=2"), Name: "mine"}, all)
	of := e.disk
	names := e.below(".dewar")
	e, _ = copied(t, of)
	want := e.throughAll()
	for _, name := range names {
		if strings.HasSuffix(name, "/") || strings.HasSuffix(name, "/version") || strings.HasSuffix(name, ".lock") || e.read(name) == "" {
			continue
		}
		tenths := []int{5}
		if strings.HasPrefix(name, ".dewar/exp/") {
			tenths = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
		}
		for _, tenth := range tenths {
			t.Run(fmt.Sprint(strings.ReplaceAll(strings.TrimPrefix(name, ".dewar/"), "/", "_"), "_", tenth), func(t *testing.T) {
				e, _ := copied(t, of)
				e.flip(name, tenth)
				e.same(want, e.throughAll())
			})
		}
	}
}

// throughAll uses everything that there is: it is unchanged, restored, an input, logged, tried. It returns what
// that came to; what is said to be lost is not in it.
func (e *engine) throughAll() map[string]string {
	e.Helper()
	e.run(all).is("all unchanged")
	out := e.workspace()
	e.remove("build", "scores.json")
	if e.checkout(); e.exists("build/model.txt") {
		out["model checked out"] = e.read("build/model.txt")
	} else {
		out["model checked out"] = out["build/model.txt"]
	}
	e.run(all)
	for name, text := range e.workspace() {
		if text != out[name] {
			e.Errorf("%s is %q, and was %q", name, text, out[name])
		}
	}
	if out["logs"] = e.logs(); strings.Contains(out["logs"], " : ") { // a record that is damaged is none
		out["logs"] = strings.ReplaceAll(out["logs"], " : ", " executed: ")
	}
	s := e.sweep(dewar.SweepOptions{Set: setting("train.C=2,3")}, all)
	e.must(s.err)
	p := e.open()
	defer e.close(p)
	rows, err := p.Experiments()
	e.must(err)
	for _, r := range rows {
		out[fmt.Sprint("experiment with ", r.Params)] = fmt.Sprint(r.State, r.Metrics, r.Problem)
	}
	e.edit("params.yaml", "C: 1.0", "C: 4")
	e.run(all)
	out["scores of 4"] = e.read("scores.json")
	out["model of 4"] = e.read("build/model.txt")
	return out
}

package eval

import (
	"fmt"
	"runtime"
	"testing"
)

// TestExtras_held holds what a point that is a file takes as long as the evaluation lasts: there may be a
// hundred thousand, and this is most of what they need. With a map and a marked path for each it was nearly twice as much.
func TestExtras_held(t *testing.T) {
	const n = 20_000
	f := texts{"pipeline.hcl": "stage \"s\" {\n  for_each = files(\"raw\", \"*.txt\")\n  command  = [\"s\", each.path]\n}\n"}
	for i := range n {
		f[fmt.Sprintf("raw/%06d.txt", i)] = ""
	}
	ev := newEvaluator(Request{Read: f, Dir: "."})
	ev.load()
	ev.bind()
	ev.prepare()
	before := inUse()
	st := ev.stages["s"]
	if !ev.points(st) || len(st.instances) != n {
		t.Fatalf("%d points: %v", len(st.instances), ev.taken())
	}
	const limit = 900
	if each := (inUse() - before) / n; each > limit {
		t.Errorf("%d bytes for a point, more than %d", each, limit)
	} else {
		t.Logf("%d", each)
	}
	runtime.KeepAlive(ev)
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what was found unused by the first is swept by now
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

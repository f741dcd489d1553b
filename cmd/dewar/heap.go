package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A command lives for milliseconds and mostly allocates what it keeps: collecting four
// times less often is a third of its time. One that deals with a million files holds
// hundreds of megabytes and would take four times that, so it collects more often.

// heapLevels are how much garbage is let be, in percent of what is in use, by how much that is.
var heapLevels = []struct {
	upTo    uint64
	percent int
}{{48 << 20, 400}, {160 << 20, 100}, {1 << 62, 40}}

func heapPercent(live uint64) int {
	for _, l := range heapLevels {
		if live <= l.upTo {
			return l.percent
		}
	}
	return heapLevels[0].percent
}

// tuneHeap sets how often is collected, and looks again after every collection.
func tuneHeap() {
	debug.SetGCPercent(heapLevels[0].percent)
	afterCollection(heapLevels[0].percent)
}

// mark is garbage, so that a finalizer of it says that there was a collection. It is larger than
// what the runtime puts together with other things.
type mark [4]uint64

func afterCollection(percent int) {
	runtime.SetFinalizer(new(mark), func(*mark) {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		now := percent
		if sample[0].Value.Kind() == metrics.KindUint64 {
			now = heapPercent(sample[0].Value.Uint64())
		}
		if now != percent {
			debug.SetGCPercent(now)
		}
		afterCollection(now)
	})
}

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A command lives for milliseconds and mostly allocates what it keeps: collecting four
// times less often is a third of its time. One that deals with a million files holds
// hundreds of megabytes and would take four times that, so it collects more often.

// heapAtFirst is how much garbage is let be at first, in percent of what is in use.
const heapAtFirst = 400

// heapPercent is how much it is when so many bytes are in use.
func heapPercent(live uint64) int {
	switch {
	case live <= 48<<20:
		return heapAtFirst
	case live <= 160<<20:
		return 100
	}
	return 40
}

// tuneHeap sets how often is collected, and looks again after every collection.
func tuneHeap() {
	debug.SetGCPercent(heapAtFirst)
	afterCollection(heapAtFirst)
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

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestHeapPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 400}, {48 << 20, 400}, {48<<20 + 1, 100}, {160 << 20, 100}, {160<<20 + 1, 40}, {1 << 63, 40}} {
		if got := heapPercent(c.live); got != c.want {
			t.Errorf("%d bytes in use: %d %%, want %d", c.live, got, c.want)
		}
	}
}

// TestTuneHeap: a command that comes to hold much collects more often, and seldom again when it has let go.
func TestTuneHeap(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(heapAtFirst))
	tuneHeap()
	held := make([]byte, 170<<20)
	collectedUntil(t, 40)
	runtime.KeepAlive(held)
	held = nil
	collectedUntil(t, heapAtFirst)
}

// collectedUntil collects until the percentage is what is wanted: finalizers run soon after, not at once.
func collectedUntil(t *testing.T, want uint64) {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	for range 1000 {
		runtime.GC()
		if metrics.Read(sample); sample[0].Value.Uint64() == want {
			return
		}
	}
	t.Fatalf("garbage of %d %% is let be, want %d", sample[0].Value.Uint64(), want)
}

package sandbox_test

import (
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/run/sandbox"
)

// BenchmarkHermeticPercentiles is BenchmarkNullPercentiles with nothing but a toolchain: it has to cost the same.
func BenchmarkHermeticPercentiles(b *testing.B) {
	namespaces(b)
	bench := newBench(b, sandbox.Options{Slots: 2})
	on := hermetic(toolchain(b, tools...))
	bench.sh("true", on).ok(b)
	percentiles(b, bench, on)
}

// BenchmarkImagePercentiles is the same in an image.
func BenchmarkImagePercentiles(b *testing.B) {
	namespaces(b)
	bench := newBench(b, sandbox.Options{Slots: 2})
	root := filepath.Join(bench.tmp, "image")
	unpack(b, root, toolchain(b, tools...))
	on := image(root)
	bench.sh("true", on).ok(b)
	percentiles(b, bench, on)
}

package checkout_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/checkout"
)

// BenchmarkCheckout writes 1,000 files of 1 KB, then finds them unchanged.
func BenchmarkCheckout(b *testing.B) {
	root, err := os.MkdirTemp("/dev/shm", "checkout")
	if err != nil {
		root = b.TempDir()
	}
	b.Cleanup(func() { fs.OS().RemoveAll(root) })
	s, err := store.Open(fs.OS(), root+"/.dewar/cache", store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	index, err := fs.OpenIndex(fs.OS(), root+"/.dewar")
	if err != nil {
		b.Fatal(err)
	}
	plan := checkout.Plan{Root: root, Kept: root + "/.dewar/kept"}
	for i := range 1000 {
		d, err := s.Put(fmt.Appendf(nil, "%01000d", i))
		if err != nil {
			b.Fatal(err)
		}
		plan.Items = append(plan.Items, checkout.Item{Path: fmt.Sprint("build/", i), Content: digest.Content{Kind: digest.File, Digest: d}})
	}
	run := func(b *testing.B) {
		if _, err := checkout.Checkout(context.Background(), plan, checkout.Deps{FS: fs.OS(), Store: s, Index: index}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			run(b)
			b.StopTimer()
			os.RemoveAll(root + "/build")
			b.StartTimer()
		}
	})
	run(b)
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			run(b)
		}
	})
}

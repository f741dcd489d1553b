package lock_test

import (
	"fmt"
	"testing"

	"github.com/dewar-build/dewar/lock"
)

// points is a lock of n instances with six inputs and an output each.
func points(n int) *lock.Lock {
	l := &lock.Lock{}
	for i := range n {
		e := entry(fmt.Sprintf("train@C=%d,solver=lbfgs", i), "1")
		for j := range 4 {
			e.Inputs = append(e.Inputs, lock.Input{At: fmt.Sprintf("src/lib/module%d.py", j), Content: file(fmt.Sprint(i, j))})
		}
		l.Entries = append(l.Entries, e)
	}
	return l
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := points(n).Bytes()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := lock.Read(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBytes(b *testing.B) {
	l := points(10000)
	b.ReportAllocs()
	for b.Loop() {
		l.Bytes()
	}
}

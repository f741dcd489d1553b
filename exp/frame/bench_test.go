package frame_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/frame"
)

// A long training: 100,000 readings of five values.
func BenchmarkRead(b *testing.B) {
	var csv, lines strings.Builder
	csv.WriteString("epoch,loss,acc,lr,note\n")
	for i := range 100_000 {
		x := float64(i%9973) / 9973
		fmt.Fprintf(&csv, "%d,%v,%v,0.001,ok\n", i, x, 1-x)
		fmt.Fprintf(&lines, "{\"epoch\":%d,\"loss\":%v,\"acc\":%v,\"lr\":0.001,\"note\":\"ok\"}\n", i, x, 1-x)
	}
	for name, text := range map[string]string{"a.csv": csv.String(), "a.jsonl": lines.String()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := frame.Read(name, []byte(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

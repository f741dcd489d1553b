package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lsp/wire"
)

// large is a pipeline of n stages and params, and where a completion is asked for in it.
func large(n int) (string, position) {
	var b strings.Builder
	for i := range n / 2 {
		fmt.Fprintf(&b, "param \"p%d\" {\n  type        = object({ a = number, b = optional(int, %d) })\n  file        = \"params.yaml\"\n  description = \"The %dth.\"\n}\n\n", i, i, i)
		fmt.Fprintf(&b, "stage \"s%d\" {\n  for_each = grid({ C = [1, 2], depth = [3, 4] })\n  inputs   = { script = \"src/x.py\", before = \"data/%d.csv\" }\n  outputs  = { model = \"build/%d/${each.key}.bin\" }\n  command  = [\"python3\", inputs.script, \"${param.p%d.a}\", each.C, outputs.model]\n}\n\n", i, i, i, i)
	}
	b.WriteString("stage \"last\" {\n  command = [\"x\", ")
	at := b.Len()
	b.WriteString("\n")
	return b.String(), newDocument(b.String()).position(at)
}

// typist is a server in which a large file is open, without the pipes.
func typist(tb testing.TB, n int) (*server, placeParams) {
	text, at := large(n)
	fsys := fs.Memory()
	if err := fsys.MkdirAll("/p", 0o777); err != nil {
		tb.Fatal(err)
	}
	h := Host{FS: fsys, Root: func(string) (string, bool) { return "/p", true }}
	s := newServer(h)
	s.out, s.initialized, s.client = wire.NewWriter(io.Discard), true, client{snippets: true}
	const uri = "file:///p/pipeline.hcl"
	s.open["/p/pipeline.hcl"] = &openDocument{newDocument(text), uri, 1}
	return s, placeParams{documentID{URI: uri}, at}
}

// typed types a letter and completes behind it: the whole text is read again each time.
func typed(tb testing.TB, s *server, p placeParams, text string) int {
	d := s.open["/p/pipeline.hcl"]
	edit := contentChange{Range: &textRange{p.Position, p.Position}, Text: text}
	s.open["/p/pipeline.hcl"] = &openDocument{d.edited(edit), d.uri, d.version + 1}
	p.Position.Character += units(text)
	result, err := s.completion(context.Background(), p)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := json.Marshal(result)
	if err != nil {
		tb.Fatal(err)
	}
	s.open["/p/pipeline.hcl"] = d
	return len(b)
}

func BenchmarkCompletion(b *testing.B) {
	for _, word := range []string{"p", "param.", "stage."} {
		b.Run(word, func(b *testing.B) {
			s, p := typist(b, 1000)
			b.ReportAllocs()
			for b.Loop() {
				typed(b, s, p, word)
			}
		})
	}
}

// A completion in a file of 1,000 blocks takes milliseconds. Time is not measured in tests:
// allocations are, and that they grow with the file and no faster.
func TestCompletion_allocations(t *testing.T) {
	for _, c := range []struct {
		word string
		most float64 // for 1,000 blocks
	}{{"p", 15_000}, {"param.", 18_000}, {"stage.", 24_000}} {
		s, p := typist(t, 1000)
		if got := testing.AllocsPerRun(2, func() { typed(t, s, p, c.word) }); got > c.most {
			t.Errorf("completing %s allocates %.0f times, more than %.0f", c.word, got, c.most)
		}
		if got := bytesPerRun(func() { typed(t, s, p, c.word) }); got > 12<<20 {
			t.Errorf("completing %s allocates %d bytes", c.word, got)
		}
	}
}

func bytesPerRun(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

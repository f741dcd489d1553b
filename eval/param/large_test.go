package param_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
)

// manyItems are files of n small objects, in a map or a list.
func manyItems(n int) map[string]string {
	var y, j, t strings.Builder
	y.WriteString("items:\n")
	j.WriteString(`{"items": {`)
	for i := range n {
		fmt.Fprintf(&y, "  item-%06d:\n    lr: 0.%03d\n    n: %d\n    on: true\n    what: plain text\n", i, i%1000, i)
		fmt.Fprintf(&j, "%s\n\"item-%06d\": {\"lr\": 0.%03d, \"n\": %d, \"on\": true, \"what\": \"plain text\"}", strings.Repeat(",", min(i, 1)), i, i%1000, i)
		fmt.Fprintf(&t, "[[items]]\nlr = 0.%03d\nn = %d\non = true\nwhat = \"plain text\"\n", i%1000, i)
	}
	j.WriteString("}}")
	return map[string]string{"p.yaml": y.String(), "p.json": j.String(), "p.toml": t.String()}
}

// bindItems binds one param from a file, and the same file once more above it.
func bindItems(t testing.TB, path, text string) param.Params {
	bs := blocks(t, "param \"items\" {\n  type = any\n  file = \""+path+"\"\n}\n")
	w := world{files: map[string]string{path: text, "over-" + path: text}}.options()
	w.ParamsFiles = []string{"over-" + path}
	got, diags := param.BindAll(bs, w)
	if len(diags) > 0 {
		t.Fatal(lines(diags))
	}
	return got
}

// TestLargeFiles: a small object takes no more than it must; most of it is the library's. The race detector's own are in the limits.
func TestLargeFiles(t *testing.T) {
	for path, most := range map[string]float64{"p.yaml": 65, "p.json": 12, "p.toml": 38} {
		text := manyItems(1000)[path]
		got := testing.AllocsPerRun(1, func() { param.Decode(param.Source{Path: path, Bytes: []byte(text)}) }) / 1000
		if got > most {
			t.Errorf("%s: %.1f allocations for an object of four scalars, not at most %.0f", path, got, most)
		}
	}
}

// TestLargeFiles_linear: twice the names are about twice the work, in layers and in a copy of
// the file with each of its values given.
func TestLargeFiles_linear(t *testing.T) {
	for _, path := range []string{"p.yaml", "p.json", "p.toml"} {
		took := func(n int) uint64 {
			text := manyItems(n)[path]
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p := bindItems(t, path, text)
			if _, _, diags := p.File(path).Project(p.List[0].Keep(nil)); diags.HasErrors() {
				t.Fatal(lines(diags))
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		if small, large := took(500), took(2000); large > 6*small {
			t.Errorf("%s: %d bytes for 500 objects, %d for 2000", path, small, large)
		}
	}
}

// A layer over a large map, and a copy of the file with each of its values given, ask for
// each name once.
func BenchmarkLargeFiles(b *testing.B) {
	for _, path := range []string{"p.yaml", "p.json", "p.toml"} {
		for _, n := range []int{1000, 10_000} {
			text := manyItems(n)[path]
			b.Run(fmt.Sprintf("%s/%d", path, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					p := bindItems(b, path, text)
					if _, _, diags := p.File(path).Project(p.List[0].Keep(nil)); diags.HasErrors() {
						b.Fatal(lines(diags))
					}
				}
			})
		}
	}
}

// TestFiles: what was decoded is taken again for the same bytes alone, and what was stopped
// was not decoded.
func TestFiles(t *testing.T) {
	text, going := manyItems(2000)["p.yaml"], func() {}
	asked := 0
	files := &param.Files{}
	bind := func(text string) (n int) {
		defer func() {
			if r := recover(); r != nil && r != "stopped" {
				panic(r)
			}
		}()
		asked = 0
		o := world{files: map[string]string{"p.yaml": text}}.options()
		o.Files, o.Going = files, func() { asked++; going() }
		p, diags := param.BindAll(blocks(t, "param \"items\" {\n  type = map(any)\n  file = \"p.yaml\"\n}\n"), o)
		if len(diags) > 0 {
			t.Fatal(lines(diags))
		}
		return len(p.List[0].Leaves)
	}
	going = func() { panic("stopped") }
	if n := bind(text); n != 0 || asked != 1 {
		t.Fatalf("it was not stopped: %d leaves, asked %d times", n, asked)
	}
	going = func() {}
	first := bind(text)
	decoding := asked
	again := bind(text)
	if d := cmp.Diff([]int{8000, 8000}, []int{first, again}); d != "" || asked >= decoding/2 {
		t.Errorf("the same bytes are decoded again: asked %d times, then %d\n%s", decoding, asked, d)
	}
	if n := bind("items: {a: {b: 1}}\n"); n != 1 {
		t.Errorf("other bytes have %d leaves", n)
	}
}

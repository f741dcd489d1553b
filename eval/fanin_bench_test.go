package eval_test

import (
	"fmt"
	iofs "io/fs"
	"path"
	"sort"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/fs"
)

// tree is a project whose directories are listed without looking at all files.
type tree struct {
	files
	dirs map[string][]fs.Entry
}

func (t tree) ReadDir(name string) ([]fs.Entry, error) {
	if e, ok := t.dirs[name]; ok {
		return e, nil
	}
	return nil, &iofs.PathError{Op: "readdir", Path: name, Err: iofs.ErrNotExist}
}

func (t tree) Lstat(name string) (fs.Info, error) {
	if _, ok := t.dirs[name]; ok {
		return fs.Info{Mode: iofs.ModeDir | 0o755}, nil
	}
	return t.files.Lstat(name)
}

// images is a project with n files in directories of 1,000 below images/.
func images(n int, pipeline string) tree {
	t := tree{files: files{"pipeline.hcl": pipeline}, dirs: map[string][]fs.Entry{
		".": {{Name: "images", Type: iofs.ModeDir}, {Name: "pipeline.hcl"}}, "images": nil,
	}}
	for i := range n {
		dir := fmt.Sprintf("images/%03d", i/1000)
		if t.dirs[dir] == nil {
			t.dirs["images"] = append(t.dirs["images"], fs.Entry{Name: path.Base(dir), Type: iofs.ModeDir})
		}
		name := fmt.Sprintf("%06d.jpg", i)
		t.dirs[dir] = append(t.dirs[dir], fs.Entry{Name: name})
		t.files[dir+"/"+name] = ""
	}
	for _, list := range t.dirs {
		sort.Slice(list, func(i, j int) bool { return strings.Compare(list[i].Name, list[j].Name) < 0 })
	}
	return t
}

const sharded = `
data "images" {
  path = "images/"
}
stage "map" {
  for_each = shard(files(data.images, "**"), 64)
  inputs   = { images = collect(each.files) }
  outputs  = { part = "build/parts/${each.key}.txt" }
  command  = ["map", inputs.images, outputs.part]
}
stage "reduce" {
  inputs  = { parts = collect(stage.map[*].outputs.part) }
  outputs = { total = "build/total.txt" }
  command = ["reduce", argfile(inputs.parts), outputs.total]
}
`

// perFile has an instance for each file, and one that collects all of what they make.
const perFile = `
data "images" {
  path = "images/"
}
stage "map" {
  for_each = files(data.images, "**")
  inputs   = { image = each.path }
  outputs  = { part = "build/parts/${each.stem}.txt" }
  command  = ["map", inputs.image, outputs.part]
}
stage "reduce" {
  inputs  = { parts = collect(stage.map[*].outputs.part) }
  outputs = { total = "build/total.txt" }
  command = ["reduce", argfile(inputs.parts), outputs.total]
}
`

func benchmarkTree(b *testing.B, read eval.Reader, instances int) {
	b.ReportAllocs()
	for b.Loop() {
		res, ds := eval.Evaluate(eval.Request{Read: read, Dir: "."})
		if ds.HasErrors() {
			b.Fatal(render(ds, res.Sources))
		}
		if got := len(res.Graph.Instances); got != instances {
			b.Fatalf("%d instances, not %d", got, instances)
		}
	}
}

func BenchmarkSharded(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkTree(b, images(n, sharded), 65) })
	}
}

func BenchmarkPerFile(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkTree(b, images(n, perFile), n+1) })
	}
}

package builtins

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxShards is how many points a stage may have.
const maxShards = 100_000

func shardFuncs() []Func {
	return []Func{
		{Name: "shard", Doc: "Divides a list of files (of files(), or of paths) among n points, for for_each: each has the axis shard, a number as text, and each.files are its files. Which shard a file belongs to depends on its path alone, so that a new file changes one shard. A shard without files is left out.", Example: `shard(["a.jpg", "b.jpg", "c.jpg"], 2)`, Want: `[{ shard = "0", files = ["a.jpg"] }, { shard = "1", files = ["b.jpg", "c.jpg"] }]`, Impl: moving(takes(anything("files"), count("n")), known(shard))},
	}
}

// shard divides a list. Where an element belongs is defined to the bit, so that it never
// changes: x mod n, with x the first 8 bytes, big-endian, of the SHA-256 of
//
//	"dewar shard 1" NUL path
//
// It could have been by position, which would be fairer; but then a new file would move
// all that come after it.
func shard(args []cty.Value) (cty.Value, error) {
	list, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	n, marks, err := position(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	if n < 1 || n > maxShards {
		return cty.DynamicVal, function.NewArgErrorf(1, "between 1 and %d shards are possible, not %d", maxShards, n)
	}
	held := make([][]cty.Value, n)
	for i, e := range list {
		p, err := shardPath(e)
		if err == errUnknown {
			return cty.DynamicVal, err
		} else if err != nil {
			return cty.DynamicVal, function.NewArgErrorf(0, "element %d is %s", i, err)
		}
		bare, _ := p.Unmark()
		at := shardOf(bare.AsString(), n)
		held[at] = append(held[at], p)
	}
	width := len(strconv.Itoa(n - 1))
	var points []cty.Value
	for i, files := range held {
		if len(files) == 0 {
			continue
		}
		points = append(points, cty.ObjectVal(map[string]cty.Value{
			"shard": cty.StringVal(fmt.Sprintf("%0*d", width, i)).WithMarks(marks),
			"files": cty.TupleVal(files),
		}))
	}
	return listOf(points), nil
}

// shardPath returns the path of an element: itself, or that of a point of files().
func shardPath(e cty.Value) (cty.Value, error) {
	bare, marks := e.Unmark()
	if !bare.IsNull() && bare.IsKnown() && bare.Type().IsObjectType() && bare.Type().HasAttribute("path") {
		if e = bare.GetAttr("path"); len(marks) > 0 {
			e = e.WithMarks(marks)
		}
		bare, _ = e.Unmark()
	}
	switch {
	case !bare.IsKnown():
		return e, errUnknown
	case bare.IsNull() || bare.Type() != cty.String:
		return e, fmt.Errorf("%s; a path is needed, or a point of files()", grid.TypeName(bare))
	}
	return e, nil
}

// shardOf returns the shard, of n, that a path belongs to.
func shardOf(path string, n int) int {
	sum := sha256.Sum256([]byte("dewar shard 1\x00" + path))
	return int(binary.BigEndian.Uint64(sum[:8]) % uint64(n))
}

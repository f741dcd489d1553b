// Package remotetest tests places: the conformance suite that every one of them
// passes, a place in memory, one with faults, and a clock that waits for nobody.
// Only tests import it.
package remotetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// Bench is an empty place, and an empty directory for the files that are sent
// and fetched.
type Bench struct {
	Place remote.Place
	FS    fs.FS
	Dir   string
}

// Run runs the suite; open makes a new Bench for every test of it.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	for _, c := range []struct {
		name string
		test func(*bench)
	}{
		{"what is not there", notThere},
		{"put and get", putAndGet},
		{"stat in batches", statBatch},
		{"put replaces", putReplaces},
		{"put of a file that is wrong", putWrong},
		{"get goes on", getGoesOn},
		{"get bounds the size", getBounds},
		{"get a part", getPart},
		{"read at once", readAtOnce},
		{"list", list},
		{"list stops", listStops},
		{"remove", remove},
		{"names that lead elsewhere", hostileNames},
		{"a context that has ended", ended},
		{"concurrent use", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t)
			t.Cleanup(func() { b.Place.Close() })
			c.test(&bench{T: t, Bench: b})
		})
	}
}

type bench struct {
	*testing.T
	Bench
	files int
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// is fails unless err answers errors.Is with want.
func (b *bench) is(err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Fatalf("the error is %v, want one that is %q", err, want)
	}
}

func (b *bench) name() string {
	b.files++
	return filepath.Join(b.Dir, fmt.Sprint("file", b.files))
}

func (b *bench) file(data []byte) string {
	b.Helper()
	name := b.name()
	b.must(fs.WriteFile(b.FS, name, data))
	return name
}

func (b *bench) read(name string) []byte {
	b.Helper()
	data, err := fs.ReadFile(b.FS, name)
	b.must(err)
	return data
}

func (b *bench) put(name string, data []byte) {
	b.Helper()
	b.must(b.Place.Put(b.Context(), name, b.file(data), int64(len(data)), nil))
}

func (b *bench) stat(name string) int64 {
	b.Helper()
	sizes, err := b.Place.Stat(b.Context(), []string{name})
	b.must(err)
	if len(sizes) != 1 {
		b.Fatalf("%d sizes for one name", len(sizes))
	}
	return sizes[0]
}

// holds fails unless the object has these bytes.
func (b *bench) holds(name string, want []byte) {
	b.Helper()
	if got := b.stat(name); got != int64(len(want)) {
		b.Fatalf("%s has %d bytes, want %d", name, got, len(want))
	}
	file := b.name()
	b.must(b.Place.Get(b.Context(), name, file, 0, int64(len(want)), nil))
	if len(want) == 0 {
		return // whether there is a file of no bytes is all the same
	}
	if got := b.read(file); !bytes.Equal(got, want) {
		b.Fatalf("%s holds %.40q, want %.40q", name, got, want)
	}
}

// pattern returns n bytes that differ by where they are.
func pattern(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i * 7 / 3)
	}
	return data
}

func (b *bench) list(dir string) map[string]int64 {
	b.Helper()
	got := map[string]int64{}
	b.must(b.Place.List(b.Context(), dir, func(o remote.Object) error {
		if _, twice := got[o.Name]; twice {
			b.Errorf("%s is listed twice", o.Name)
		}
		got[o.Name] = o.Size
		return nil
	}))
	return got
}

func notThere(b *bench) {
	if got := b.stat("cas/ab/abc"); got != remote.Absent {
		b.Errorf("the size is %d", got)
	}
	b.is(b.Place.Get(b.Context(), "cas/ab/abc", b.name(), 0, 3, nil), remote.ErrAbsent)
	if got := b.list("cas/ab"); len(got) != 0 {
		b.Errorf("listed: %v", got)
	}
	b.must(b.Place.Remove(b.Context(), []string{"cas/ab/abc", "version"}))
}

func putAndGet(b *bench) {
	for _, n := range []int{0, 1, 1000, 1<<20 + 1, 3 << 20} {
		name, data := fmt.Sprint("cas/ab/size", n), pattern(n)
		var sent, got int64
		b.must(b.Place.Put(b.Context(), name, b.file(data), int64(n), func(m int64) { sent += m }))
		b.holds(name, data)
		file := b.name()
		b.must(b.Place.Get(b.Context(), name, file, 0, int64(n), func(m int64) { got += m }))
		if sent > int64(n) || got > int64(n) {
			b.Errorf("%d bytes: %d are said to be sent, %d to be fetched; progress is what came since the last call", n, sent, got)
		}
	}
	b.put("version", []byte("x"))
	b.holds("version", []byte("x"))
	b.put("exp/records/a-b_c.json", []byte("{}"))
	b.holds("exp/records/a-b_c.json", []byte("{}"))
}

func statBatch(b *bench) {
	var names []string
	var want []int64
	for i := range 30 {
		name := fmt.Sprintf("cas/%02d/%d", i%3, i)
		names, want = append(names, name), append(want, remote.Absent)
		if i%2 == 0 {
			b.put(name, pattern(i))
			want[i] = int64(i)
		}
	}
	got, err := b.Place.Stat(b.Context(), names)
	b.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		b.Error(diff)
	}
	if got, err := b.Place.Stat(b.Context(), nil); err != nil || len(got) != 0 {
		b.Errorf("of no names: %v, %v", got, err)
	}
}

func putReplaces(b *bench) {
	b.put("ac/ab/x", pattern(1000))
	b.put("ac/ab/x", []byte("short"))
	b.holds("ac/ab/x", []byte("short"))
}

func putWrong(b *bench) {
	if b.Place.Put(b.Context(), "cas/ab/x", b.name(), 5, nil) == nil {
		b.Error("a file that is not there was put")
	}
	if b.Place.Put(b.Context(), "cas/ab/x", b.file([]byte("1234")), 5, nil) == nil {
		b.Error("a file that is shorter than said was put")
	}
	if got := b.stat("cas/ab/x"); got != remote.Absent {
		b.Errorf("%d bytes are there now", got)
	}
	if got := b.list("cas"); len(got) != 0 {
		b.Errorf("listed: %v", got)
	}
}

func getGoesOn(b *bench) {
	data := pattern(2<<20 + 5)
	b.put("cas/ab/x", data)
	for _, have := range []int{1, 1 << 20, len(data) - 1} {
		file := b.file(data[:have])
		b.must(b.Place.Get(b.Context(), "cas/ab/x", file, int64(have), int64(len(data)), nil))
		if !bytes.Equal(b.read(file), data) {
			b.Errorf("after %d bytes it goes on with others", have)
		}
	}
}

func getBounds(b *bench) {
	b.put("cas/ab/x", pattern(1000))
	for _, have := range []int{0, 10} {
		file := b.file(pattern(have))
		b.is(b.Place.Get(b.Context(), "cas/ab/x", file, int64(have), 100, nil), remote.ErrSize)
		if n := len(b.read(file)); n > 100 {
			b.Errorf("%d bytes were written, 100 were asked for", n)
		}
	}
}

func getPart(b *bench) {
	r, ok := b.Place.(remote.Ranger)
	if !ok {
		return
	}
	data := pattern(1<<20 + 100)
	b.put("packs/x", data)
	for _, c := range [][2]int{{0, 1}, {10, 1 << 20}, {len(data) - 3, 3}, {5, 0}} {
		file := b.file([]byte("before "))
		b.must(r.GetRange(b.Context(), "packs/x", file, int64(c[0]), int64(c[1])))
		want := append([]byte("before "), data[c[0]:c[0]+c[1]]...)
		if !bytes.Equal(b.read(file), want) {
			b.Errorf("bytes %d to %d are others", c[0], c[0]+c[1])
		}
	}
	b.is(r.GetRange(b.Context(), "packs/x", b.name(), int64(len(data)), 1), remote.ErrSize)
	b.is(r.GetRange(b.Context(), "packs/y", b.name(), 0, 1), remote.ErrAbsent)
}

func readAtOnce(b *bench) {
	r, ok := b.Place.(remote.Reader)
	if !ok {
		return
	}
	data := pattern(1000)
	b.put("cas/ab/x", data)
	buf := make([]byte, len(data))
	b.must(r.Read(b.Context(), "cas/ab/x", buf))
	if !bytes.Equal(buf, data) {
		b.Error("the bytes are others")
	}
	b.is(r.Read(b.Context(), "cas/ab/x", buf[:999]), remote.ErrSize)
	b.is(r.Read(b.Context(), "cas/ab/x", make([]byte, 1001)), remote.ErrSize)
	b.is(r.Read(b.Context(), "cas/ab/y", buf), remote.ErrAbsent)
	over, cancel := context.WithCancel(b.Context())
	cancel()
	b.is(r.Read(over, "cas/ab/x", buf), context.Canceled)
}

func list(b *bench) {
	for i, name := range []string{"version", "cas/ab/1", "cas/ab/2", "cas/abc/3", "cas/b/4", "ac/ab/5", "exp/a/b/c/6"} {
		b.put(name, pattern(i))
	}
	for dir, want := range map[string]map[string]int64{
		"cas":      {"cas/ab/1": 1, "cas/ab/2": 2, "cas/abc/3": 3, "cas/b/4": 4},
		"cas/ab":   {"cas/ab/1": 1, "cas/ab/2": 2},
		"cas/a":    {},
		"exp":      {"exp/a/b/c/6": 6},
		"exp/a/b":  {"exp/a/b/c/6": 6},
		"packs":    {},
		"cas/ab/1": {}, // an object is no directory
	} {
		if diff := cmp.Diff(want, b.list(dir)); diff != "" {
			b.Errorf("below %s: %s", dir, diff)
		}
	}
}

func listStops(b *bench) {
	for i := range 5 {
		b.put(fmt.Sprint("cas/ab/", i), nil)
	}
	stop, n := errors.New("enough"), 0
	b.is(b.Place.List(b.Context(), "cas", func(remote.Object) error { n++; return stop }), stop)
	if n != 1 {
		b.Errorf("%d were listed after that", n-1)
	}
}

func remove(b *bench) {
	b.put("cas/ab/1", []byte("1"))
	b.put("cas/ab/2", []byte("22"))
	b.must(b.Place.Remove(b.Context(), []string{"cas/ab/0", "cas/ab/1"}))
	if diff := cmp.Diff(map[string]int64{"cas/ab/2": 2}, b.list("cas")); diff != "" {
		b.Error(diff)
	}
	b.must(b.Place.Remove(b.Context(), nil))
	b.put("cas/ab/1", []byte("again"))
	b.holds("cas/ab/1", []byte("again"))
}

func hostileNames(b *bench) {
	file := b.file([]byte("x"))
	for _, name := range []string{"", "/x", "../x", "cas/../../x", "cas//x", "cas/./x", "x/", `cas\x`, "cas/.hidden", "c:x", "x\x00"} {
		if b.Place.Put(b.Context(), name, file, 1, nil) == nil {
			b.Errorf("%q was put", name)
		}
		if b.Place.Get(b.Context(), name, b.name(), 0, 1, nil) == nil {
			b.Errorf("%q was fetched", name)
		}
	}
}

func ended(b *bench) {
	b.put("cas/ab/x", []byte("x"))
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	b.is(b.Place.Put(ctx, "cas/ab/y", b.file([]byte("y")), 1, nil), context.Canceled)
	b.is(b.Place.Get(ctx, "cas/ab/x", b.name(), 0, 1, nil), context.Canceled)
	if _, err := b.Place.Stat(ctx, []string{"cas/ab/x"}); !errors.Is(err, context.Canceled) {
		b.Errorf("stat: %v", err)
	}
	if got := b.stat("cas/ab/y"); got != remote.Absent {
		b.Error("it was put")
	}
}

// trying does something again whose failure may pass, as sessions do. Servers may fail so when much is asked of them at
// once: rclone's S3 (1.76.0) answers with 500 to one of two uploads that make a directory at the same moment.
func trying(act func() error) error {
	for try := 1; ; try++ {
		if err := act(); err == nil || remote.Lasting(err) || try == 5 {
			return err
		}
	}
}

func concurrent(b *bench) {
	data := pattern(200_000)
	file := b.file(data)
	var g errgroup.Group
	put := func(name string) {
		g.Go(func() error {
			return trying(func() error { return b.Place.Put(b.Context(), name, file, int64(len(data)), nil) })
		})
	}
	for range 8 {
		put("cas/ab/same")
	}
	for i := range 8 {
		put(fmt.Sprint("cas/", i, "/x"))
	}
	b.must(g.Wait())
	var names []string
	for name := range b.list("cas") {
		names = append(names, name)
	}
	sort.Strings(names)
	if len(names) != 9 {
		b.Fatalf("there are %v", names)
	}
	for _, name := range names {
		b.holds(name, data)
	}
}

package remote_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/remotetest"
)

func (l *lab) faulty(choose func(remotetest.Call) remotetest.Fault) (remote.Named, *remotetest.FaultyPlace) {
	p := remotetest.Faulty(l.place, l.fs, choose)
	return remote.Named{Name: "faulty", Place: p}, p
}

// on is a fault of some calls of a method, on names that begin so.
func on(fault remotetest.Fault, method, prefix string, times int) func(remotetest.Call) remotetest.Fault {
	return func(c remotetest.Call) remotetest.Fault {
		if c.Method == method && strings.HasPrefix(c.Name, prefix) && times > 0 {
			times--
			return fault
		}
		return remotetest.Fine
	}
}

const always = 1 << 30

// TestBadConnection: what fails now and then is done again, and all arrives.
func TestBadConnection(t *testing.T) {
	for name, like := range kinds {
		for seed := range uint64(20) {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				l := newLab(t, like)
				tree := l.tree(l.a, seed)
				what := remote.Request{Roots: []digest.Content{tree}, Results: []digest.Digest{l.result(l.a, "x", tree)}}
				opt := l.options()
				opt.Tries = 20
				at, _ := l.faulty(remotetest.Seeded(seed, 4, remotetest.Drop, remotetest.Lost, remotetest.Truncate, remotetest.Short))
				r, err := remote.Push(t.Context(), l.a, at, what, opt)
				if err != nil || !r.Complete() {
					t.Fatalf("pushed %+v, %v", r, err)
				}
				l.closed()
				r, err = remote.Fetch(t.Context(), l.b, []remote.Named{at}, what, opt)
				if err != nil || !r.Complete() {
					t.Fatalf("fetched %+v, %v", r, err)
				}
				l.whole(l.b, tree)
			})
		}
	}
}

// TestKilledPush: at whatever call a push dies, what the place has then has all that
// it refers to, and another push finishes.
func TestKilledPush(t *testing.T) {
	for name, like := range kinds {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, like)
			tree := l.tree(l.a, 1)
			what := remote.Request{Roots: []digest.Content{tree}, Results: []digest.Digest{l.result(l.a, "x", tree)}}
			for i, ended := 0, false; !ended; i++ {
				n, done := i/2, i%2 == 0 // at every call, when it has happened and before
				l.place = remotetest.NewMemory(l.fs, like)
				at, p := l.faulty(remotetest.DeadAt(n, done))
				_, err := remote.Push(t.Context(), l.a, at, what, l.options())
				if ended = err == nil; ended && p.Calls() > n+1 {
					t.Fatalf("dead at %d of %d calls, but it succeeds", n, p.Calls())
				}
				l.closed()
				if r := l.push(what, l.options()); !r.Complete() {
					t.Fatalf("%+v", r)
				}
				l.closed()
			}
			l.fetch(l.b, what, l.options())
			l.whole(l.b, tree)
		})
	}
}

// TestKilledFetch: at whatever call a fetch dies, another finishes.
func TestKilledFetch(t *testing.T) {
	for name, like := range kinds {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, like)
			tree := l.tree(l.a, 1)
			actionKey := l.result(l.a, "x", tree)
			what := remote.Request{Roots: []digest.Content{tree}, Results: []digest.Digest{actionKey}}
			l.push(what, l.options())
			for n, ended := 0, false; !ended; n++ {
				s := l.fresh()
				at, p := l.faulty(remotetest.DeadAt(n, n%2 == 0))
				_, err := remote.Fetch(t.Context(), s, []remote.Named{at}, what, l.options())
				ended = err == nil // if but the answer of the last call was lost, all is here
				if ended && p.Calls() > n+1 {
					t.Fatalf("dead at %d of %d calls, but it succeeds", n, p.Calls())
				}
				if r, err := s.Result(actionKey); err != nil || r != nil && !ended {
					t.Fatalf("the result is there: %v, %v", r, err)
				}
				if r := l.fetch(s, what, l.options()); !r.Complete() {
					t.Fatalf("%+v", r)
				}
				l.whole(s, tree)
			}
		})
	}
}

// TestConcurrentPushes: two stores push to one place at a time, one of them dies and
// goes on.
func TestConcurrentPushes(t *testing.T) {
	for name, like := range kinds {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, like)
			var what remote.Request
			for seed := range uint64(3) {
				what.Roots = append(what.Roots, l.tree(l.a, seed))
				l.tree(l.b, seed)
			}
			dying, _ := l.faulty(remotetest.DeadAt(17, true))
			var g errgroup.Group
			g.Go(func() error {
				_, err := remote.Push(t.Context(), l.a, l.at(), what, l.options())
				return err
			})
			g.Go(func() error {
				remote.Push(t.Context(), l.b, dying, what, l.options())
				_, err := remote.Push(t.Context(), l.b, l.at(), what, l.options())
				return err
			})
			l.must(g.Wait())
			l.closed()
			s := l.fresh()
			l.fetch(s, what, l.options())
			for _, c := range what.Roots {
				l.whole(s, c)
			}
		})
	}
}

// TestWrongBytes: they are set aside and named, and another place is asked; if
// there is none the blob is missing.
func TestWrongBytes(t *testing.T) {
	l := newLab(t, remote.Traits{})
	tree, common := l.tree(l.a, 1), digest.Of([]byte("common"))
	what := remote.Request{Roots: []digest.Content{tree}}
	l.push(what, l.options())
	wrong, _ := l.faulty(on(remotetest.Wrong, "get", remote.BlobName(common), always))

	s := l.fresh()
	r, err := remote.Fetch(t.Context(), s, []remote.Named{wrong}, what, l.options())
	l.must(err)
	if r.Complete() || r.Roots[0].Lacks != 1 || r.Roots[0].Missing[0] != common || s.Has(common) {
		t.Errorf("%+v", r)
	}
	r, err = remote.Fetch(t.Context(), l.b, []remote.Named{wrong, l.at()}, what, l.options())
	l.must(err)
	if !r.Complete() || len(r.Corrupt) != 1 {
		t.Fatalf("%+v", r)
	}
	c := r.Corrupt[0]
	if c.Place != "faulty" || c.Want != common || c.Got == common || c.Object != remote.BlobName(common) {
		t.Errorf("%+v", c)
	}
	if b, err := fs.ReadFile(l.fs, c.Kept); err != nil || digest.Of(b) != c.Got {
		t.Errorf("in quarantine: %q, %v", b, err)
	}
	l.whole(l.b, tree)
}

// TestWrongSize: an object of another size is not read.
func TestWrongSize(t *testing.T) {
	l := newLab(t, remote.Traits{})
	file := l.file(l.a, "some bytes")
	what := remote.Request{Roots: []digest.Content{file}}
	l.push(what, l.options())
	l.place.Set(remote.BlobName(file.Digest), []byte("more bytes than there were"))
	r := l.fetch(l.b, what, l.options())
	if r.Complete() || len(r.Corrupt) != 1 || !r.Roots[0].Absent {
		t.Errorf("%+v", r)
	}
	if r := l.push(what, l.options()); r.Moved.Objects != 1 { // that is mended
		t.Errorf("%+v", r)
	}
	l.fetch(l.b, what, l.options())
	l.whole(l.b, file)
}

// TestWrongPack: a pack with other bytes than its index says is not believed, and a blob that
// is also elsewhere comes from there.
func TestWrongPack(t *testing.T) {
	for name, spoil := range map[string]func(b []byte) []byte{
		"a byte":  func(b []byte) []byte { b[5] ^= 1; return b },
		"cut":     func(b []byte) []byte { return b[:len(b)-1] },
		"nothing": func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, remote.Traits{Packs: true})
			tree := l.tree(l.a, 1)
			what := remote.Request{Roots: []digest.Content{tree}}
			l.push(what, l.options())
			for name, b := range l.place.Objects() {
				if strings.HasPrefix(name, "packs/") && !strings.HasSuffix(name, ".index") {
					l.place.Set(name, spoil(append([]byte(nil), b...)))
				}
			}
			if r := l.fetch(l.b, what, l.options()); r.Complete() {
				t.Errorf("%+v", r)
			}
			opt := l.options()
			opt.Packs, opt.Recheck = remote.PacksNever, true
			l.push(what, opt)
			if r := l.fetch(l.b, what, l.options()); !r.Complete() {
				t.Errorf("%+v", r)
			}
			l.whole(l.b, tree)
		})
	}
}

// TestPlaceDown: a place that fails is given up, and the other has it all.
func TestPlaceDown(t *testing.T) {
	l := newLab(t, remote.Traits{})
	tree := l.tree(l.a, 1)
	what := remote.Request{Roots: []digest.Content{tree}}
	l.push(what, l.options())
	for _, n := range []int{0, 3, 10} {
		at, _ := l.faulty(remotetest.DeadAt(n, false))
		s := l.fresh()
		r, err := remote.Fetch(t.Context(), s, []remote.Named{at, l.at()}, what, l.options())
		l.must(err)
		if !r.Complete() || len(r.Down) != 1 || r.Down[0].Place != "faulty" || !errors.Is(r.Down[0].Err, remotetest.ErrKilled) {
			t.Errorf("dead at %d: %+v", n, r)
		}
		l.whole(s, tree)
	}
	var pe *remote.PlaceError
	at, _ := l.faulty(remotetest.DeadAt(2, false))
	if _, err := remote.Fetch(t.Context(), l.b, []remote.Named{at}, what, l.options()); !errors.As(err, &pe) || pe.Place != "faulty" {
		t.Errorf("with no other place: %v", err)
	}
}

// TestLies: a place that says it has everything keeps nothing from being missed; one that says it has nothing
// gets it again.
func TestLies(t *testing.T) {
	l := newLab(t, remote.Traits{})
	tree := l.tree(l.a, 1)
	what := remote.Request{Roots: []digest.Content{tree}}
	l.push(what, l.options())
	at, _ := l.faulty(on(remotetest.Absent, "stat", "", always))
	if r, err := remote.Push(t.Context(), l.a, at, what, l.options()); err != nil || !r.Complete() || r.Moved.Objects < 30 {
		t.Errorf("%+v, %v", r, err)
	}
	at, _ = l.faulty(on(remotetest.Absent, "get", "cas/", always))
	if r, err := remote.Fetch(t.Context(), l.b, []remote.Named{at}, what, l.options()); err != nil || r.Complete() {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestSilence: a place that never answers is given up, after one wait; one that falls
// silent later is asked once more.
func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name          string
		from, silent  int // the first silent call, and how many are
		calls, perish int // calls until it is over, and whether that is an error
	}{
		{"from the beginning", 0, always, 1, 1},
		{"once", 2, 1, 5, 0},
		{"from some moment on", 2, always, 4, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, remote.Traits{})
			what := remote.Request{Roots: []digest.Content{l.file(l.a, "a file")}} // stat and put of the version, stat, put
			heard := make(chan int, 1000)
			at, p := l.faulty(func(call remotetest.Call) remotetest.Fault {
				if call.N >= c.from && call.N-c.from < c.silent {
					heard <- call.N
					return remotetest.Silent
				}
				return remotetest.Fine
			})
			done := make(chan error)
			go func() {
				_, err := remote.Push(t.Context(), l.a, at, what, l.options())
				done <- err
			}()
			for {
				select {
				case n := <-heard:
					l.clock.WaitFor(n + 1) // every call begins a wait
					l.clock.Advance(time.Minute)
					continue
				case err := <-done:
					if (err != nil) != (c.perish == 1) || err != nil && !errors.Is(err, remote.ErrUnreachable) || p.Calls() != c.calls {
						t.Errorf("after %d calls: %v", p.Calls(), err)
					}
				}
				break
			}
		})
	}
}

// awayPlace cannot be reached from some call of Stat on, and each takes its time to say so.
type awayPlace struct {
	remote.Place
	clock *remotetest.Clock
	from  int
	took  time.Duration
	calls int
}

func (p *awayPlace) Stat(ctx context.Context, names []string) ([]int64, error) {
	if p.calls++; p.calls <= p.from {
		return p.Place.Stat(ctx, names)
	}
	p.clock.Advance(p.took)
	return nil, fmt.Errorf("%w: i/o timeout", remote.ErrUnreachable)
}

// TestUnreachable: whoever waits long for a place that was never there does not wait five times.
func TestUnreachable(t *testing.T) {
	for name, c := range map[string]struct {
		from  int
		took  time.Duration
		calls int
	}{
		"never, after a long wait": {0, 50 * time.Second, 1},
		"never, at once":           {0, 0, 5},
		"later, after a long wait": {1, 50 * time.Second, 6},
		"just not so long a wait":  {0, 4 * time.Second, 5},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, remote.Traits{})
			p := &awayPlace{Place: l.place, clock: l.clock, from: c.from, took: c.took}
			what := remote.Request{Roots: []digest.Content{l.file(l.a, "a file")}}
			_, err := remote.Push(t.Context(), l.a, remote.Named{Name: "away", Place: p}, what, l.options())
			if !errors.Is(err, remote.ErrUnreachable) || p.calls != c.calls {
				t.Errorf("after %d questions, not %d: %v", p.calls, c.calls, err)
			}
		})
	}
}

// TestCancelled: a context that ends ends a transfer, with its cause.
func TestCancelled(t *testing.T) {
	l := newLab(t, remote.Traits{})
	what := remote.Request{Roots: []digest.Content{l.tree(l.a, 1)}}
	for _, method := range []string{"stat", "put"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("enough")
		at, _ := l.faulty(func(c remotetest.Call) remotetest.Fault {
			if c.Method == method {
				cancel(cause)
				return remotetest.Silent
			}
			return remotetest.Fine
		})
		if _, err := remote.Push(ctx, l.a, at, what, l.options()); !errors.Is(err, cause) {
			t.Errorf("in %s: %v", method, err)
		}
	}
}

// TestResume: a large blob goes on where it was interrupted, and from its beginning
// where what had come is damaged.
func TestResume(t *testing.T) {
	l := newLab(t, remote.Traits{})
	data := []byte(strings.Repeat("0123456789abcdef", 200_000))
	file := digest.Content{Kind: digest.File, Digest: l.put(l.a, data)}
	what := remote.Request{Roots: []digest.Content{file}}
	l.push(what, l.options())
	for name, part := range map[string][]byte{
		"good": data[:1_000_000], "damaged": []byte("damaged"), "whole": data, "too long": append(data[:len(data):len(data)], 'x'),
	} {
		t.Run(name, func(t *testing.T) {
			s := l.fresh()
			l.must(l.fs.MkdirAll(s.Root()+"/incoming", 0o755))
			l.must(fs.WriteFile(l.fs, s.Root()+"/incoming/"+file.Digest.Hex(), part))
			var first remote.Progress
			opt := l.options()
			opt.Progress = func(p remote.Progress) { first = p }
			r := l.fetch(s, what, opt)
			if !r.Complete() || len(r.Corrupt) > 0 || first.Done != first.Total {
				t.Errorf("%+v, %+v", r, first)
			}
			l.whole(s, file)
			left, err := l.fs.ReadDir(s.Root() + "/incoming")
			l.must(err)
			if len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
	s := l.fresh()
	at, p := l.faulty(on(remotetest.Truncate, "get", "cas/", 1))
	opt := l.options()
	opt.Tries = 1
	if _, err := remote.Fetch(t.Context(), s, []remote.Named{at}, what, opt); err == nil {
		t.Fatal("it was not interrupted")
	}
	info, err := l.fs.Lstat(s.Root() + "/incoming/" + file.Digest.Hex())
	if err != nil || info.Size != int64(len(data)/2) {
		t.Fatalf("%+v, %v", info, err)
	}
	if r, err := remote.Fetch(t.Context(), s, []remote.Named{at}, what, opt); err != nil || !r.Complete() || p.Calls() < 4 {
		t.Errorf("%+v, %v", r, err)
	}
	l.whole(s, file)
}

// TestNoLeftovers: nothing temporary stays behind, whatever went wrong.
func TestNoLeftovers(t *testing.T) {
	for name, like := range kinds {
		l := newLab(t, like)
		tree := l.tree(l.a, 1)
		what := remote.Request{Roots: []digest.Content{tree}, Results: []digest.Digest{l.result(l.a, "x", tree)}}
		l.push(what, l.options())
		for n := range 12 {
			at, _ := l.faulty(remotetest.DeadAt(n, false))
			remote.Push(t.Context(), l.a, at, what, l.options())
			remote.Fetch(t.Context(), l.b, []remote.Named{at}, what, l.options())
			at, _ = l.faulty(on(remotetest.Truncate, "get", "cas/", n))
			opt := l.options()
			opt.Tries = 1
			remote.Fetch(t.Context(), l.fresh(), []remote.Named{at}, what, opt)
		}
		for _, dir := range []string{"/a/tmp", "/b/tmp", "/fresh1/tmp", "/fresh5/tmp", "/fresh12/tmp"} {
			left, err := l.fs.ReadDir(dir)
			l.must(err)
			for _, e := range left {
				if !strings.HasSuffix(e.Name, ".live") {
					t.Errorf("%s: %s/%s is left", name, dir, e.Name)
				}
			}
		}
	}
}

// TestTwoPacks: a blob that is in two packs comes from the one that is whole, and an index that is none
// is told of.
func TestTwoPacks(t *testing.T) {
	l := newLab(t, remote.Traits{Packs: true})
	entries := map[string]digest.Content{}
	for i := range 40 {
		entries[fmt.Sprint("f", i)] = l.file(l.a, fmt.Sprint("file ", i))
	}
	first := l.dir(l.a, entries)
	l.push(remote.Request{Roots: []digest.Content{first}}, l.options())
	one := l.place.Objects()
	l.place = remotetest.NewMemory(l.fs, remote.Traits{Packs: true})
	entries["more"] = l.file(l.a, "more")
	both := remote.Request{Roots: []digest.Content{first, l.dir(l.a, entries)}}
	l.push(both, l.options())
	two := l.place.Objects()
	for name, b := range one {
		if strings.HasPrefix(name, "packs/") {
			l.place.Set(name, b)
		}
	}
	spoiled := 0
	for _, side := range []map[string][]byte{one, two} {
		for name, b := range side {
			if !strings.HasPrefix(name, "packs/") {
				continue
			}
			wrong := append([]byte(nil), b...)
			wrong[len(wrong)/2] ^= 1
			what := remote.Request{Roots: both.Roots[:1]}
			l.place.Set(name, wrong)
			s := l.fresh()
			r := l.fetch(s, what, l.options())
			if !r.Complete() {
				t.Errorf("without %s: %+v", name, r)
			}
			l.whole(s, first)
			if strings.HasSuffix(name, ".index") && (len(r.Corrupt) != 1 || r.Corrupt[0].Object != name) {
				t.Errorf("without %s: %+v", name, r.Corrupt)
			}
			l.place.Set(name, b)
			spoiled++
		}
	}
	if spoiled != 4 {
		t.Errorf("there were %d packs and indexes", spoiled)
	}
}

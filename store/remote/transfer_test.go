package remote_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/remotetest"
)

// kinds are the places that decide how things travel.
var kinds = map[string]remote.Traits{
	"plain":      {},
	"packs":      {Packs: true},
	"one by one": {AsksOneByOne: true, Parallel: 3},
}

// TestPushAndFetch: what one store sends, another has afterwards; the second time nothing moves.
func TestPushAndFetch(t *testing.T) {
	for name, like := range kinds {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, like)
			tree, file := l.tree(l.a, 1), l.file(l.a, "a file")
			actionKey := l.result(l.a, "action", l.tree(l.a, 2))
			l.must(fs.WriteFile(l.fs, "/record", []byte("{}")))
			what := remote.Request{
				Roots: []digest.Content{tree, file, tree}, Results: []digest.Digest{actionKey},
				Records: []remote.Record{{Name: "exp/r1.json", File: "/record", Needs: []digest.Content{file}}},
			}
			plan := l.options()
			plan.DryRun = true
			planned := l.push(what, plan)
			if len(l.place.Objects()) != 0 || !planned.Complete() {
				t.Errorf("a dry run sends %d objects; %+v", len(l.place.Objects()), planned)
			}
			first := l.push(what, l.options())
			if !first.Complete() || first.Moved != planned.Moved || (first.Packs > 0) != like.Packs {
				t.Errorf("pushed %+v, planned %+v", first, planned)
			}
			l.closed()
			if again := l.push(what, l.options()); again.Moved.Objects != 0 || !again.Complete() {
				t.Errorf("pushed again: %+v", again)
			}
			recheck := l.options()
			recheck.Recheck = true
			if again := l.push(what, recheck); again.Moved.Objects != 2 || !again.Complete() { // entry and record
				t.Errorf("pushed again: %+v", again)
			}

			what.Records[0].File = "/fetched"
			planned = l.fetch(l.b, what, plan)
			got := l.fetch(l.b, what, l.options())
			if !planned.Complete() || !got.Complete() || got.Moved.Objects == 0 {
				t.Errorf("fetched %+v, planned %+v", got, planned)
			}
			l.whole(l.b, tree)
			l.whole(l.b, file)
			if r, err := l.b.Result(actionKey); r == nil || err != nil {
				t.Errorf("the result: %v, %v", r, err)
			}
			if b, err := fs.ReadFile(l.fs, "/fetched"); string(b) != "{}" {
				t.Errorf("the record: %q, %v", b, err)
			}
			if again := l.fetch(l.b, what, l.options()); again.Moved.Objects != 0 || !again.Complete() {
				t.Errorf("fetched again: %+v", again)
			}
			if got.Roots[0].Files != 32 || got.Roots[0].Bytes != 1<<20+100+70_010*2+25*100+300+6 {
				t.Errorf("the tree has %d files, %d bytes", got.Roots[0].Files, got.Roots[0].Bytes)
			}
		})
	}
}

// TestOthersPush: what another store pushed need not be here to be there.
func TestOthersPush(t *testing.T) {
	l := newLab(t, remote.Traits{})
	tree := l.tree(l.a, 1)
	l.push(remote.Request{Roots: []digest.Content{tree}}, l.options())
	r, err := remote.Push(t.Context(), l.b, l.at(), remote.Request{Roots: []digest.Content{tree}}, l.options())
	if err != nil || !r.Complete() || r.Moved.Objects != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestMissing: what is on neither side is named, for each root; what refers to
// it is not sent.
func TestMissing(t *testing.T) {
	for name, like := range kinds {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, like)
			lost := digest.Content{Kind: digest.File, Digest: digest.Of([]byte("lost"))}
			lostDir := digest.Content{Kind: digest.Directory, Digest: digest.Of([]byte("no directory"))}
			bad := l.dir(l.a, map[string]digest.Content{"sub": l.dir(l.a, map[string]digest.Content{"lost": lost, "ok": l.file(l.a, "ok")})})
			good := l.tree(l.a, 1)
			what := remote.Request{Roots: []digest.Content{good, bad, lost, lostDir}, Results: []digest.Digest{digest.Of([]byte("no action"))}}
			check := func(r remote.Report, absent bool) {
				t.Helper()
				for i, want := range []remote.Outcome{
					{Complete: true},
					{Missing: []digest.Digest{lost.Digest}, Lacks: 1},
					{Missing: []digest.Digest{lost.Digest}, Lacks: 1, Absent: true},
					{Missing: []digest.Digest{lostDir.Digest}, Lacks: 1, Absent: true},
				} {
					got := r.Roots[i]
					got.Files, got.Bytes = 0, 0
					if i == 1 && absent {
						want = remote.Outcome{Missing: []digest.Digest{bad.Digest}, Lacks: 1, Absent: true}
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("root %d: %s", i, diff)
					}
				}
				if !r.Results[0].Absent || r.Results[0].Complete {
					t.Errorf("the result: %+v", r.Results[0])
				}
			}
			dry := l.options()
			dry.DryRun = true
			check(l.push(what, dry), false)
			check(l.push(what, l.options()), false)
			l.closed()
			if l.place.Objects()[remote.BlobName(bad.Digest)] != nil {
				t.Error("a directory was sent without all that is in it")
			}
			check(l.fetch(l.b, what, dry), true)
			check(l.fetch(l.b, what, l.options()), true)
			l.whole(l.b, good)
		})
	}
}

// TestStatus says where things are.
func TestStatus(t *testing.T) {
	l := newLab(t, remote.Traits{})
	both, here, there := l.tree(l.a, 1), l.tree(l.a, 2), l.tree(l.b, 3)
	actionKey := l.result(l.a, "action", both)
	l.push(remote.Request{Roots: []digest.Content{both}, Results: []digest.Digest{actionKey}}, l.options())
	_, err := remote.Push(t.Context(), l.b, l.at(), remote.Request{Roots: []digest.Content{there}}, l.options())
	l.must(err)
	what := remote.Request{
		Roots:   []digest.Content{both, here, there, {Kind: digest.File, Digest: digest.Of([]byte("lost"))}},
		Results: []digest.Digest{actionKey, digest.Of([]byte("other"))},
	}
	want := remote.Statuses{
		Roots:   []remote.Presence{{Here: true, There: true}, {Here: true}, {There: true}, {}},
		Results: []remote.Presence{{Here: true, There: true}, {}},
	}
	opt := l.options()
	for _, opt.Recheck = range []bool{false, true} {
		got, err := remote.Status(t.Context(), l.a, l.at(), what, opt)
		l.must(err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	l.place.Set(remote.BlobName(digest.Of([]byte("common"))), nil)
	got, err := remote.Status(t.Context(), l.a, l.at(), what, opt)
	l.must(err)
	if got.Roots[0].There || got.Results[0].There {
		t.Error("a recheck does not see that a file is gone")
	}
}

// TestHold: what was fetched cannot be collected before the hold is released, nor what is
// being sent.
func TestHold(t *testing.T) {
	l := newLab(t, remote.Traits{})
	tree := l.tree(l.a, 1)
	l.push(remote.Request{Roots: []digest.Content{tree}}, l.options())
	leased := func() (n int) {
		l.must(l.b.Collecting(func(leased func(digest.Digest) bool) error {
			for d := range l.blobs(l.place.Objects()) {
				if leased(d) {
					n++
				}
			}
			return nil
		}))
		return n
	}
	opt := l.options()
	opt.Hold = remote.NewHold(l.b)
	l.fetch(l.b, remote.Request{Roots: []digest.Content{tree}}, opt)
	if got, want := leased(), len(l.blobs(l.place.Objects())); got != want {
		t.Errorf("%d of %d blobs are held", got, want)
	}
	opt.Hold.Release()
	if leased() != 0 {
		t.Error("they are still held")
	}
}

// TestProgress: the totals are met, and the last call says so.
func TestProgress(t *testing.T) {
	for name, like := range kinds {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, like)
			tree := l.tree(l.a, 1)
			what := remote.Request{Roots: []digest.Content{tree}}
			var last remote.Progress
			opt := l.options()
			opt.Progress = func(p remote.Progress) { last = p }
			l.push(what, opt)
			if !last.End || last.Phase != remote.Sending || last.Done != last.Total || last.Done.Objects == 0 {
				t.Errorf("pushed: %+v", last)
			}
			last = remote.Progress{}
			l.fetch(l.b, what, opt)
			if !last.End || last.Phase != remote.Getting || last.Done != last.Total || last.Done.Objects == 0 {
				t.Errorf("fetched: %+v", last)
			}
		})
	}
}

// TestOtherLayout: a place of another layout is left alone.
func TestOtherLayout(t *testing.T) {
	l := newLab(t, remote.Traits{})
	l.place.Set("version", []byte("dewar store 2\n"))
	_, err := remote.Push(t.Context(), l.a, l.at(), remote.Request{}, l.options())
	l.isConfig(err)
	_, err = remote.Fetch(t.Context(), l.a, []remote.Named{l.at()}, remote.Request{}, l.options())
	l.isConfig(err)
}

// TestLocalResults are not sent.
func TestLocalResults(t *testing.T) {
	l := newLab(t, remote.Traits{})
	actionKey := digest.Of([]byte("local"))
	l.must(l.a.PutResult(actionKey, &store.Result{Local: true}))
	if r := l.push(remote.Request{Results: []digest.Digest{actionKey}}, l.options()); !r.Results[0].Absent {
		t.Errorf("%+v", r)
	}
}

// TestMemo: with one, another transfer asks for the version and the packs no more.
func TestMemo(t *testing.T) {
	l := newLab(t, remote.Traits{Packs: true})
	what := remote.Request{Roots: []digest.Content{l.tree(l.a, 1)}}
	l.push(what, l.options())
	at := l.at()
	at.Memo = &remote.Memo{}
	l.fetchFrom(at, what)
	clear(l.place.Calls)
	l.fetchFrom(at, what)
	if l.place.Calls["list"] > 0 || l.place.Calls["stat"] > 0 {
		t.Errorf("calls: %v", l.place.Calls)
	}
}

func (l *lab) fetchFrom(at remote.Named, what remote.Request) {
	l.Helper()
	s := l.fresh()
	if r, err := remote.Fetch(l.Context(), s, []remote.Named{at}, what, l.options()); err != nil || !r.Complete() {
		l.Errorf("%+v, %v", r, err)
	}
	l.whole(s, what.Roots[0])
}

// TestEmptied: a directory that was a store and is empty now may not be mounted. It is no new one, unless
// somebody says so.
func TestEmptied(t *testing.T) {
	l := newLab(t, remote.Traits{})
	what := remote.Request{Roots: []digest.Content{l.tree(l.a, 1)}}
	at := func(p remote.Place) remote.Named {
		return remote.Named{Name: "origin", Place: p, Directory: "/mnt/share/store"}
	}
	empty := remotetest.NewMemory(l.fs, remote.Traits{})
	push := func(s *store.Store, p remote.Place, opt remote.Options) error {
		_, err := remote.Push(t.Context(), s, at(p), what, opt)
		return err
	}
	l.must(push(l.a, l.place, l.options()))
	dry, recheck := l.options(), l.options()
	dry.DryRun, recheck.Recheck = true, true
	_, ferr := remote.Fetch(t.Context(), l.a, []remote.Named{at(empty)}, what, l.options())
	_, serr := remote.Status(t.Context(), l.a, at(empty), what, l.options())
	for name, err := range map[string]error{
		"push": push(l.a, empty, l.options()), "dry push": push(l.a, empty, dry), "fetch": ferr, "status": serr,
	} {
		if !errors.Is(err, remote.ErrEmptied) || !errors.Is(err, remote.ErrNoPlace) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if empty.Calls["put"] > 0 {
		t.Error("something was written")
	}
	if err := push(l.a, empty, recheck); err != nil {
		t.Error(err)
	}
	// Who only fetched knows it as well, and who never was there says that it is empty.
	r, err := remote.Fetch(t.Context(), l.b, []remote.Named{at(remotetest.NewMemory(l.fs, remote.Traits{}))}, what, l.options())
	if err != nil || len(r.Empty) != 1 || r.Empty[0] != "origin" {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = remote.Fetch(t.Context(), l.b, []remote.Named{at(l.place)}, what, l.options())
	if err != nil || !r.Complete() || len(r.Empty) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := push(l.b, remotetest.NewMemory(l.fs, remote.Traits{}), l.options()); !errors.Is(err, remote.ErrEmptied) {
		t.Error(err)
	}
}

package remote

import (
	"context"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/store"
)

// versionName is the object that says how a place is laid out, and layout its
// bytes.
const (
	versionName = "version"
	layout      = "dewar store 1\n"
)

// checkVersion makes sure that a place is laid out as we know it. Where nothing
// was written yet it says so, if write is set.
func (l *link) checkVersion(ctx context.Context, s *store.Store, write bool) error {
	if l.recall().version {
		return nil
	}
	return l.remember(l.readVersion(ctx, s, write), func(m *Memo) { m.version = true })
}

// Look makes sure that a place is laid out as we know it, and says whether nothing was ever pushed there.
func Look(ctx context.Context, s *store.Store, at Named, opt Options) (empty bool, err error) {
	l := newLink(at, opt)
	err = l.readVersion(ctx, s, false)
	return l.empty, err
}

// recall returns what is remembered of the place.
func (l *link) recall() Memo {
	if l.Memo == nil {
		return Memo{}
	}
	l.Memo.mu.Lock()
	defer l.Memo.mu.Unlock()
	return Memo{version: l.Memo.version, packs: l.Memo.packs}
}

// remember notes something, if it went well.
func (l *link) remember(err error, note func(m *Memo)) error {
	if err == nil && l.Memo != nil {
		l.Memo.mu.Lock()
		defer l.Memo.mu.Unlock()
		note(l.Memo)
	}
	return err
}

func (l *link) readVersion(ctx context.Context, s *store.Store, write bool) error {
	sizes, err := l.stat(ctx, []string{versionName})
	switch {
	case err != nil:
		return err
	case sizes[0] == Absent:
		return l.begin(ctx, s, write)
	}
	b, err := l.getBytes(ctx, s, versionName, sizes[0], 100)
	if err == nil && string(b) != layout {
		err = &PlaceError{Place: l.Name, Op: "get", Object: versionName, Err: fmt.Errorf(
			"%w: its layout is %.60q, this program knows %q (is it a remote, and is this the newest dewar?)",
			ErrConfig, strings.TrimSpace(string(b)), strings.TrimSpace(layout))}
	}
	if err == nil {
		l.see(s)
	}
	return err
}

// begin makes a store of an empty place, if write is set; but not of one that was a store before.
func (l *link) begin(ctx context.Context, s *store.Store, write bool) error {
	if l.seen(s) && !l.opt.Recheck {
		return &PlaceError{Place: l.Name, Op: "stat", Object: versionName, Err: ErrEmptied}
	}
	if !write {
		l.empty = true
		return nil
	}
	err := l.putBytes(ctx, s, versionName, []byte(layout))
	if err == nil {
		l.see(s)
	}
	return err
}

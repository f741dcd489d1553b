package dewar

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"path/filepath"
	"time"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// RemoteTest is what works with a remote and what does not.
type RemoteTest struct {
	Name      string        `json:"remote"`
	URL       string        `json:"url"`
	Access    string        `json:"access"`
	OK        bool          `json:"ok"`
	RoundTrip float64       `json:"round_trip_seconds,omitempty"` // of one question
	Checks    []RemoteCheck `json:"checks"`
	Failures  diag.List     `json:"-"`
}

// RemoteCheck is one thing that was tried.
type RemoteCheck struct {
	Check   string  `json:"check"` // open, read, write, compare, list, remove
	OK      bool    `json:"ok"`
	Seconds float64 `json:"seconds"`
	Found   string  `json:"found,omitempty"` // for people
}

// probe is how many bytes are written to try a remote.
const probe = 4096

// TestRemote tries a remote: opens it, asks, and, unless it is only to be read, writes
// a small object, reads it back and removes it. The error is of what keeps it from beginning.
func (p *Project) TestRemote(ctx context.Context, name string) (*RemoteTest, error) {
	r, err := p.Remote(name)
	if err != nil {
		return nil, err
	}
	t := &remoteTester{p: p, r: r, out: &RemoteTest{Name: r.Name, URL: r.URL.Text, Access: "write", OK: true}}
	if r.ReadOnly {
		t.out.Access = "read"
	}
	var open *RemotePlace
	if !t.try("open", "opening it", func() (string, error) {
		open, err = p.OpenRemote(ctx, r.Name)
		return "", err
	}) {
		return t.out, nil
	}
	defer open.Close()
	t.at = open.Named
	if t.at.Place.Traits().ReadOnly {
		t.out.Access = "read"
	}
	if t.read(ctx) && t.out.Access == "write" {
		err = t.write(ctx)
	}
	return t.out, err
}

type remoteTester struct {
	p   *Project
	r   *config.Remote
	at  remote.Named
	out *RemoteTest
}

// try carries out one check; tried is what it is called in a message.
func (t *remoteTester) try(check, tried string, f func() (found string, err error)) bool {
	began := t.p.host.Now()
	found, err := f()
	c := RemoteCheck{Check: check, OK: err == nil, Seconds: t.p.host.Now().Sub(began).Seconds(), Found: found}
	t.out.Checks = append(t.out.Checks, c)
	if err == nil {
		return true
	}
	t.out.OK = false
	var f2 *diag.Failure
	if err = RemoteFailure(t.r, tried, err); !errors.As(err, &f2) {
		f2 = &diag.Failure{List: diag.List{{Code: "E-environment", Detail: err.Error() + "."}}}
	}
	t.out.Failures = append(t.out.Failures, f2.List...)
	return false
}

// read asks for the version twice: the first question may have to connect.
func (t *remoteTester) read(ctx context.Context) bool {
	if !t.try("read", "reading", func() (string, error) { return t.version(ctx) }) {
		return false
	}
	began := t.p.host.Now()
	if _, err := t.at.Place.Stat(ctx, []string{"version"}); err == nil {
		t.out.RoundTrip = t.p.host.Now().Sub(began).Round(time.Microsecond).Seconds()
	}
	return true
}

func (t *remoteTester) version(ctx context.Context) (string, error) {
	empty, err := remote.Look(ctx, t.p.store, t.at, remote.Options{Tries: 1})
	switch {
	case err != nil:
		return "", err
	case empty:
		return "nothing was pushed there yet", nil
	}
	return "a store", nil
}

// get returns the bytes of a small object.
func (t *remoteTester) get(ctx context.Context, name string, size int64) ([]byte, error) {
	dir, remove, err := t.p.store.TempDir()
	if err != nil {
		return nil, err
	}
	defer remove()
	at := filepath.Join(dir, "object")
	if err := t.at.Place.Get(ctx, name, at, 0, size, nil); err != nil {
		return nil, err
	}
	return fs.ReadFile(t.p.host.FS, at)
}

// write brings an object there, looks whether it is what it was, and takes it away.
func (t *remoteTester) write(ctx context.Context) error {
	dir, remove, err := t.p.store.TempDir()
	if err != nil {
		return err
	}
	defer remove()
	sent := make([]byte, probe)
	rand.Read(sent) // never fails
	name, at := "probe/"+hex.EncodeToString(sent[:16]), filepath.Join(dir, "probe")
	if err := fs.WriteFile(t.p.host.FS, at, sent); err != nil {
		return err
	}
	if !t.try("write", "writing", func() (string, error) { return "", t.at.Place.Put(ctx, name, at, probe, nil) }) {
		return nil
	}
	t.try("compare", "reading what was written", func() (string, error) { return "", t.same(ctx, name, sent) })
	t.try("list", "listing", func() (string, error) { return "", t.listed(ctx, name) })
	t.try("remove", "removing", func() (string, error) { return "", t.at.Place.Remove(ctx, []string{name}) })
	return nil
}

func (t *remoteTester) same(ctx context.Context, name string, sent []byte) error {
	b, err := t.get(ctx, name, probe)
	if err == nil && !bytes.Equal(b, sent) {
		err = errors.New("what comes back is not what was sent")
	}
	return err
}

func (t *remoteTester) listed(ctx context.Context, name string) error {
	found := false
	err := t.at.Place.List(ctx, "probe", func(o remote.Object) error {
		found = found || o.Name == name
		return nil
	})
	if err == nil && !found {
		err = errors.New("what was written is not listed")
	}
	return err
}

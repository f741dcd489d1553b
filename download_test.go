package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// web is the files of the web by their address, for an engine. It gives at most part bytes at a time
// before the connection ends, fails with each of fails first, and is silent if it says so.
type web struct {
	files   map[string]string
	part    int
	fails   []error
	offsets []int64 // that were asked for
	silent  bool
	waits   []time.Duration
}

type finalError struct{ error }

func (finalError) Temporary() bool { return false }

func (w *web) download(fsys fs.FS) func(context.Context, string, string, int64, func(int64)) error {
	return func(ctx context.Context, url, name string, offset int64, progress func(int64)) error {
		w.offsets = append(w.offsets, offset)
		if w.silent {
			<-ctx.Done()
			return ctx.Err()
		}
		if len(w.fails) > 0 {
			err := w.fails[0]
			w.fails = w.fails[1:]
			return err
		}
		text, ok := w.files[url]
		if !ok {
			return finalError{errors.New("there is no such file")}
		}
		rest := text[offset:]
		broken := w.part > 0 && len(rest) > w.part
		if broken {
			rest = rest[:w.part]
		}
		f, err := fsys.Append(name, 0o644)
		if err != nil {
			return err
		}
		n, err := f.Write([]byte(rest))
		progress(int64(n))
		if broken {
			err = errors.Join(err, errors.New("the connection ended"))
		}
		return errors.Join(err, f.Close())
	}
}

// clock is nil, the system's, where nothing is downloaded.
func (w *web) clock() func(time.Duration) (<-chan time.Time, func()) {
	if w.files == nil && w.fails == nil && !w.silent {
		return nil
	}
	return w.ticker
}

// ticker does not wait: it ticks at once.
func (w *web) ticker(d time.Duration) (<-chan time.Time, func()) {
	if d != 15*time.Second { // not one that watches over a download
		w.waits = append(w.waits, d)
	}
	c := make(chan time.Time)
	stop := make(chan struct{})
	if d == 15*time.Second && !w.silent {
		return c, func() {}
	}
	go func() {
		for {
			select {
			case c <- time.Time{}:
			case <-stop:
				return
			}
		}
	}()
	return c, func() { close(stop) }
}

const address = "https://example.org/raw.csv"

func downloading(text string) string {
	return fmt.Sprintf(`
-- pipeline.hcl --
data "raw" {
  path   = "data/raw.csv"
  url    = %q
  sha256 = %q
}
stage "use" {
  inputs  = { raw = data.raw }
  outputs = { o = "o.txt" }
  command = ["use", inputs.raw, outputs.o]
}
`, address, digest.Of([]byte(text)).Hex())
}

// bring brings what is missing.
func (e *engine) bring() ([]dewar.Brought, error) {
	e.Helper()
	p := e.open()
	defer e.close(p)
	return p.BringData(context.Background(), e.evaluate(p, dewar.EvalOptions{}), dewar.BringOptions{})
}

// code is that of the first diagnostic of an error.
func code(err error) string {
	var f *diag.Failure
	if !errors.As(err, &f) {
		return ""
	}
	return f.List[0].Code
}

// A download that is missing is brought, and known by its digest from then on.
func TestDownload(t *testing.T) {
	onEach(t, downloading("0123456789"), func(e *engine) {
		e.web.files = map[string]string{address: "0123456789"}
		got, err := e.bring()
		if err != nil || len(got) != 1 || got[0].From != address {
			t.Fatalf("%+v, %v", got, err)
		}
		e.want(map[string]string{"data/raw.csv": "0123456789"})
		e.run(all).is("all executed")
		e.remove("data")
		if got, err = e.bring(); err != nil || len(got) != 1 || got[0].From != "cache" {
			t.Errorf("the second time: %+v, %v", got, err)
		}
		e.run(all).is("all unchanged")
	})
}

// What is broken off is gone on with, as long as something comes.
func TestDownload_resumes(t *testing.T) {
	text := strings.Repeat("0123456789", 10)
	e := inMemory(t, downloading(text))
	e.web = web{files: map[string]string{address: text}, part: 7, fails: []error{errors.New("reset"), errors.New("reset")}}
	if _, err := e.bring(); err != nil {
		t.Fatal(err)
	}
	e.want(map[string]string{"data/raw.csv": text})
	if n := len(e.web.offsets); n != 2+15 || e.web.offsets[n-1] != 98 {
		t.Errorf("it was asked for %v", e.web.offsets)
	}
}

// What came before an interruption is there the next time, and begun anew if it leads to nothing good.
func TestDownload_goesOn(t *testing.T) {
	e := inMemory(t, downloading("0123456789"))
	e.web = web{files: map[string]string{address: "0123456789"}, part: 4, fails: nil}
	e.web.fails = nil
	e.web.files[address] = "xxxx"
	if _, err := e.bring(); code(err) != "E-data-mismatch" {
		t.Fatalf("other bytes: %v", err)
	}
	if e.exists("data/raw.csv") {
		t.Error("the wrong bytes are in the workspace")
	}
	incoming := ".dewar/cache/incoming/" + digest.Of([]byte("0123456789")).Hex()
	e.put(incoming, "0123")
	e.web = web{files: map[string]string{address: "0123456789"}}
	if _, err := e.bring(); err != nil || e.web.offsets[0] != 4 {
		t.Errorf("%v, asked for %v", err, e.web.offsets)
	}
	e.remove("data", ".dewar/cache", "pipeline.lock")
	e.put(incoming, "wrong")
	e.web = web{files: map[string]string{address: "0123456789"}}
	if _, err := e.bring(); err != nil || len(e.web.offsets) != 2 || e.web.offsets[1] != 0 {
		t.Errorf("%v, asked for %v", err, e.web.offsets)
	}
	e.want(map[string]string{"data/raw.csv": "0123456789"})
}

// What cannot be had is tried a few times, or once if it is final; who is silent is given up.
func TestDownload_fails(t *testing.T) {
	reset := errors.New("reset")
	for name, c := range map[string]struct {
		web   web
		tries int
	}{
		"no such file": {web{}, 1},
		"never":        {web{fails: []error{reset, reset, reset, reset, reset, reset}}, 5},
		"silent":       {web{silent: true}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			e := inMemory(t, downloading("x"))
			e.web = c.web
			if _, err := e.bring(); code(err) != "E-data-download" {
				t.Errorf("%v", err)
			}
			if len(e.web.offsets) != c.tries {
				t.Errorf("it was tried %d times, not %d", len(e.web.offsets), c.tries)
			}
		})
	}
}

// A fetch is an action like any other: it is cached, and fails if the bytes are others.
func TestDownload_native(t *testing.T) {
	onEach(t, fmt.Sprintf(`
-- pipeline.hcl --
stage "get" {
  outputs = { o = "o.csv" }
  native  = { kind = "fetch", url = %q, sha256 = %q }
}
`, address, digest.Of([]byte("01234")).Hex()), func(e *engine) {
		e.web.files = map[string]string{address: "others"}
		e.run(all).is("get failed")
		e.web.files[address] = "01234"
		e.run(all).is("get executed")
		e.want(map[string]string{"o.csv": "01234"})
		e.web.files = nil
		e.remove("o.csv", "pipeline.lock")
		e.run(all).is("get restored")
	})
}

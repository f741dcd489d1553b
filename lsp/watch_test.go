package lsp

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lsp/wire"
)

// clocked is a host whose time is that of the bubble that a test runs in.
func clocked() Host {
	return Host{
		FS: fs.Memory(), LookupEnv: func(string) (string, bool) { return "", false },
		Root: func(string) (string, bool) { return "", false },
		After: func(d time.Duration, f func()) func() {
			t := time.AfterFunc(d, f)
			return func() { t.Stop() }
		},
	}
}

// A client that does not read its answers does not keep the server.
func TestServe_clientDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, client := io.Pipe()
		unread, out := io.Pipe()
		defer unread.Close()
		done := make(chan error, 1)
		go func() { done <- Serve(t.Context(), clocked(), in, out) }()
		w := wire.NewWriter(client)
		for i := range 100 {
			if err := w.Request(i, "nothing", nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, ErrNoShutdown) {
			t.Errorf("got %v", err)
		}
	})
}

// A client whose process ends is gone, though its pipes stay open.
func TestServe_clientEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, client := io.Pipe()
		defer client.Close()
		h := clocked()
		ends := time.Now().Add(time.Minute)
		h.Alive = func(pid int) bool { return pid == 7 && time.Now().Before(ends) }
		done := make(chan error, 1)
		go func() { done <- Serve(t.Context(), h, in, io.Discard) }()
		if err := wire.NewWriter(client).Request(1, "initialize", map[string]any{"processId": 7}); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, ErrNoShutdown) {
			t.Errorf("got %v", err)
		}
		if late := time.Since(ends); late < 0 || late > watching+patience {
			t.Errorf("it ends %s after its client", late)
		}
	})
}

// One that was never seen is on another machine.
func TestServe_clientElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, client := io.Pipe()
		defer client.Close()
		h := clocked()
		h.Alive = func(int) bool { return false }
		done := make(chan error, 1)
		go func() { done <- Serve(t.Context(), h, in, io.Discard) }()
		w := wire.NewWriter(client)
		if err := w.Request(1, "initialize", map[string]any{"processId": 7}); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Hour) // of the bubble
		if err := w.Request(2, "shutdown", nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Notify("exit", nil); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Errorf("got %v", err)
		}
	})
}

// What does not get through is not kept for ever.
func TestOutbox_full(t *testing.T) {
	b := newOutbox(io.Discard, func(error) {})
	if _, err := b.Write(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	b.size = maxUnread
	if _, err := b.Write([]byte("x")); !errors.Is(err, errUnread) {
		t.Errorf("got %v", err)
	}
}

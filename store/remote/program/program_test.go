package program_test

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
	"github.com/dewar-build/dewar/store/remote/remotetest"
	"github.com/dewar-build/dewar/store/remote/wire"
)

func command(t testing.TB, how string) program.Command {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program.Command{Path: self, Env: append(os.Environ(), "FAKE="+how), Hello: time.Minute}
}

func open(t testing.TB, c program.Command) *program.Place {
	t.Helper()
	p, err := program.Open(t.Context(), c, program.At{URL: "test://x", Secrets: map[string]string{"pass": "hunter22"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestConformance(t *testing.T) {
	remotetest.Run(t, func(t *testing.T) remotetest.Bench {
		return remotetest.Bench{Place: open(t, command(t, "serve")), FS: fs.OS(), Dir: t.TempDir()}
	})
}

func TestOpen_traits(t *testing.T) {
	p := open(t, command(t, "serve"))
	want := remote.Traits{Parallel: 256, AsksOneByOne: true} // a thousand is too many
	if diff := cmp.Diff(want, p.Traits()); diff != "" {
		t.Error(diff)
	}
	if got := p.Program(); got != "proper 1.0" {
		t.Errorf("the program is %q", got)
	}
}

// A program that misbehaves fails what is pending, with what it last said.
func TestMisbehaviour(t *testing.T) {
	for how, want := range map[string]string{
		"dies":          "the password *** was wrong",
		"ends":          "it ended before it was told to",
		"long line":     "a line is longer than 1048576 bytes",
		"no json":       `"Segmentation fault" is not a message`,
		"other id":      "it answers a request 103 that nobody made",
		"wrong number":  "it has 3 sizes of 1 objects",
		"silent":        "it said nothing for",
		"new kind":      "later",
		"answers twice": "",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := command(t, how)
			if how == "silent" {
				c.Silence = 100 * time.Millisecond
			}
			p := open(t, c)
			_, err := p.Stat(t.Context(), []string{"a"})
			if want == "" {
				if err != nil {
					t.Fatal(err)
				}
				_, err = p.Stat(t.Context(), []string{"b"}) // the second answer to a is none to b
				want = "it answers a request 3 that nobody made"
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("the error is %v, want %q in it", err, want)
			}
			if strings.Contains(err.Error(), "hunter22") || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%q has what must not be shown", err)
			}
			if how == "silent" && !errors.Is(err, remote.ErrUnreachable) {
				t.Errorf("%v should be ErrUnreachable", err)
			}
		})
	}
}

// All that is pending fails when the program dies, and so does what comes later.
func TestDeath_all(t *testing.T) {
	p := open(t, command(t, "silent"))
	failed := make(chan error, 3)
	for range 3 {
		go func() {
			_, err := p.Stat(context.Background(), []string{"a"})
			failed <- err
		}()
	}
	_ = p.Close()
	for range 3 {
		if err := <-failed; err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("the error is %v", err)
		}
	}
	if _, err := p.Stat(t.Context(), []string{"a"}); err == nil {
		t.Error("a closed place answers")
	}
}

func TestStart(t *testing.T) {
	for how, want := range map[string]string{
		"not a program": `"usage: cat [file]" is not a message`,
		"never speaks":  "it said nothing for",
		"old":           "it speaks version 7 of the protocol, not 1",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := command(t, how)
			if how == "never speaks" {
				c.Hello = 100 * time.Millisecond
			}
			_, err := program.Open(t.Context(), c, program.At{URL: "test://x"})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, want %q in it", err, want)
			}
		})
	}
	_, err := program.Open(t.Context(), program.Command{Path: filepath.Join(t.TempDir(), "none")}, program.At{URL: "test://x"})
	if !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}

func TestCancel(t *testing.T) {
	for how, want := range map[string]string{"cancels": "", "silent": "it did not stop when it was told to"} {
		t.Run(how, func(t *testing.T) {
			c := command(t, how)
			c.Grace = 100 * time.Millisecond
			if how == "cancels" {
				c.Grace = time.Minute
			}
			p := open(t, c)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, cancel)
			err := p.Put(ctx, "a", "/nowhere", 1, nil)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("the error is %v", err)
			}
			_, err = p.Stat(t.Context(), nil)
			if err != nil {
				t.Error(err)
			}
			if want != "" {
				if _, err = p.Stat(t.Context(), []string{"a"}); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("the error is %v, want %q in it", err, want)
				}
			}
		})
	}
}

// The context of Open ends the program.
func TestOpen_context(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := program.Open(ctx, command(t, "silent"), program.At{URL: "test://x"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	failed := make(chan error)
	go func() {
		_, err := p.Stat(context.Background(), []string{"a"})
		failed <- err
	}()
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// Close ends a program that does not want to.
func TestClose_force(t *testing.T) {
	c := command(t, "ends never")
	c.Grace = 50 * time.Millisecond
	p := open(t, c)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestSignsOfLife(t *testing.T) {
	c := command(t, "alive")
	c.Silence = 500 * time.Millisecond
	if runtime.GOOS == "windows" {
		return // it has no sleep
	}
	sizes, err := open(t, c).Stat(t.Context(), []string{"a"})
	if diff := cmp.Diff([]int64{5}, sizes); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestProgress_bounded(t *testing.T) {
	var told []int64
	err := open(t, command(t, "says too much")).Put(t.Context(), "a", "/nowhere", 10, func(n int64) { told = append(told, n) })
	if diff := cmp.Diff([]int64{10}, told); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// A program that lists more than one can look at waits, and nothing is lost.
func TestList_flood(t *testing.T) {
	n := 0
	err := open(t, command(t, "floods")).List(t.Context(), "cas", func(remote.Object) error { n++; return nil })
	if err != nil || n != 100_000 {
		t.Errorf("%d objects, %v", n, err)
	}
	stop := errors.New("enough")
	c := command(t, "floods")
	c.Grace = time.Minute
	if err := open(t, c).List(t.Context(), "cas", func(remote.Object) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
}

func TestErrors(t *testing.T) {
	p := open(t, command(t, "leaks"))
	_, err := p.Stat(t.Context(), []string{"a"})
	if !errors.Is(err, remote.ErrDenied) {
		t.Errorf("%v is not ErrDenied", err)
	}
	if got, want := fmt.Sprint(err), "GET https://me:***@host/a?*** no ***"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	at := program.At{URL: "test://denied", Secrets: map[string]string{"pass": "hunter22"}}
	_, err = program.Open(t.Context(), command(t, "serve"), at)
	if !errors.Is(err, remote.ErrDenied) || err.Error() != "access is denied: not with ***" {
		t.Errorf("the error is %v", err)
	}
	at.URL = "test://panics"
	if _, err = program.Open(t.Context(), command(t, "serve"), at); err == nil || !strings.Contains(err.Error(), "this is a bug of proper 1.0: it was ***") {
		t.Errorf("the error is %v", err)
	}
}

func TestDescribe(t *testing.T) {
	got, err := program.Describe(t.Context(), command(t, "serve"), "test://x")
	want := wire.Backend{Name: "test", Options: []wire.Option{{Name: "a", Secret: true}, {Name: "z"}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := program.Describe(t.Context(), command(t, "serve"), "test://y"); !errors.Is(err, remote.ErrConfig) {
		t.Errorf("the error is %v", err)
	}
}

func TestLogin(t *testing.T) {
	var pages []string
	show := func(page string) { pages = append(pages, page) }
	got, err := program.Login(t.Context(), command(t, "serve"), program.At{URL: "test://x", Options: map[string]string{"user": "me"}}, false, show)
	if diff := cmp.Diff(map[string]string{"token": "me-token"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if diff := cmp.Diff([]string{"http://127.0.0.1/auth?state=1"}, pages); diff != "" {
		t.Error(diff)
	}
	if _, err := program.Login(t.Context(), command(t, "serve"), program.At{URL: "test://no"}, false, show); err == nil {
		t.Error("a login that failed succeeds")
	}
	_, err = program.Login(t.Context(), command(t, "serve"), program.At{URL: "test://trick"}, false, func(page string) { t.Error(page) })
	if err == nil || !strings.Contains(err.Error(), "is no page to visit") {
		t.Errorf("the error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = program.Login(ctx, command(t, "serve"), program.At{URL: "test://never"}, false, func(string) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestFind(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	name := "dewar-remote"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	t.Setenv("PATH", other)
	if _, err := program.Find(filepath.Join(dir, "dewar")); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
	for _, at := range []string{other, dir} { // beside counts first
		if err := os.WriteFile(filepath.Join(at, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
		if got, err := program.Find(filepath.Join(dir, "dewar")); err != nil || got != filepath.Join(at, name) {
			t.Errorf("found %s, %v; want that in %s", got, err, at)
		}
	}
}

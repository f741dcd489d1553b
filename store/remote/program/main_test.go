package program_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/remotetest"
	"github.com/dewar-build/dewar/store/remote/wire"
)

// This test binary is also the program that the tests start: FAKE says how it
// behaves.
func TestMain(m *testing.M) {
	if how := os.Getenv("FAKE"); how != "" {
		fake(how)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// fake behaves well until it is opened, and then as it is told.
func fake(how string) {
	switch how {
	case "serve":
		_ = wire.Serve(context.Background(), os.Stdin, os.Stdout, proper{}, wire.Pace{})
		return
	case "not a program":
		fmt.Println("usage: cat [file]")
		return
	case "never speaks":
		_, _ = os.Stdin.Read(make([]byte, 1))
		select {}
	case "old":
		say(`{"id":1,"done":true,"version":7,"program":"from the future"}`)
		_, _ = bufio.NewReader(os.Stdin).ReadString(0)
		return
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var r wire.Request
		_ = json.Unmarshal(in.Bytes(), &r)
		switch r.Op {
		case wire.OpHello:
			say(`{"id":%d,"done":true,"version":1,"program":"fake"}`, r.ID)
		case wire.OpOpen:
			say(`{"id":%d,"done":true,"traits":{"parallel":3,"packs":true}}`, r.ID)
		case wire.OpCancel:
			if how == "cancels" {
				say(`{"id":%d,"error":{"kind":"cancelled","text":""}}`, r.Of)
			}
		default:
			misbehave(how, r)
		}
	}
	if how == "ends never" {
		select {}
	}
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func misbehave(how string, r wire.Request) {
	switch how {
	case "dies":
		fmt.Fprintln(os.Stderr, "first line\nthe password hunter22 was wrong\x1b[31m")
		os.Exit(3)
	case "ends":
		os.Exit(0)
	case "long line":
		os.Stdout.WriteString(strings.Repeat("x", 2<<20) + "\n")
	case "no json":
		say("Segmentation fault")
	case "other id":
		say(`{"id":%d,"done":true}`, r.ID+100)
	case "answers twice":
		say(`{"id":%d,"sizes":[1],"done":true}`, r.ID)
		say(`{"id":%d,"sizes":[1],"done":true}`, r.ID)
	case "wrong number":
		say(`{"id":%d,"sizes":[1,2,3],"done":true}`, r.ID)
	case "says too much":
		say(`{"id":%d,"moved":1000000}`, r.ID)
		say(`{"id":%d,"moved":-5}`, r.ID)
		say(`{"id":%d,"done":true}`, r.ID)
	case "leaks":
		say(`{"id":%d,"error":{"kind":"denied","text":"GET https://me:hunter22@host/a?sig=abcdef: \u001b[1mno\u001b[0m hunter22"}}`, r.ID)
	case "new kind":
		say(`{"id":%d,"error":{"kind":"moonphase","text":"later"}}`, r.ID)
	case "floods":
		for range 100_000 {
			say(`{"id":%d,"objects":[{"name":"a","size":1}]}`, r.ID)
		}
		say(`{"id":%d,"done":true}`, r.ID)
	case "alive":
		for range 15 { // longer than what is borne in silence
			_ = exec.Command("sleep", "0.05").Run()
			say(`{}`)
		}
		say(`{"id":%d,"sizes":[5],"done":true}`, r.ID)
	}
}

// proper is a program that behaves well.
type proper struct{}

func (proper) Name() string { return "proper 1.0" }

func (proper) Open(_ context.Context, r wire.Request) (remote.Place, error) {
	switch r.URL {
	case "test://denied":
		return nil, fmt.Errorf("%w: not with %s", remote.ErrDenied, r.Secrets["pass"])
	case "test://panics":
		panic("it was " + r.Secrets["pass"])
	}
	return remotetest.NewMemory(fs.OS(), remote.Traits{Parallel: 1000, AsksOneByOne: true}), nil
}

func (proper) Describe(url string) (*wire.Backend, error) {
	if url != "test://x" {
		return nil, fmt.Errorf("%w: there is no %s", remote.ErrConfig, url)
	}
	return &wire.Backend{Name: "test", Options: []wire.Option{{Name: "z"}, {Name: "a", Secret: true}}}, nil
}

func (proper) Login(ctx context.Context, r wire.Request, show func(string)) (map[string]string, error) {
	if r.URL == "test://trick" {
		show("file:///etc/passwd")
	}
	show("http://127.0.0.1/auth?state=1")
	if r.URL == "test://never" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if r.URL == "test://no" {
		return nil, errors.New("no")
	}
	return map[string]string{"token": r.Options["user"] + "-token"}, nil
}

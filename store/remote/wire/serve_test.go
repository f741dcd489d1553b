package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/remotetest"
	"github.com/dewar-build/dewar/store/remote/wire"
)

// told is a program with a place in memory.
type told struct{}

func (told) Name() string { return "told" }
func (told) Open(_ context.Context, r wire.Request) (remote.Place, error) {
	if r.URL == "bad" {
		return nil, errors.New("it was " + r.Secrets["pass"])
	}
	return remotetest.NewMemory(fs.OS(), remote.Traits{Parallel: 1}), nil
}
func (told) Describe(string) (*wire.Backend, error) { return &wire.Backend{Name: "told"}, nil }
func (told) Login(context.Context, wire.Request, func(string)) (map[string]string, error) {
	return nil, errors.New("no")
}

// ask makes requests one after the other and returns the answers, without ids.
func ask(t *testing.T, requests ...string) string {
	t.Helper()
	in, write := io.Pipe()
	read, out := io.Pipe()
	served := make(chan error, 1)
	go func() {
		err := wire.Serve(t.Context(), in, out, told{}, wire.Pace{})
		_ = out.Close()
		served <- err
	}()
	answers := wire.NewReader(read)
	var said bytes.Buffer
	for i, r := range requests {
		fmt.Fprintf(write, `{"id":%d,%s`+"\n", i+1, strings.TrimPrefix(r, "{"))
		for last := false; !last; {
			var a wire.Answer
			if err := answers.Read(&a); err != nil {
				t.Fatal(err)
			}
			last = a.Last()
			a.ID = 0
			line, err := wire.Line(a)
			if err != nil {
				t.Fatal(err)
			}
			said.Write(line)
		}
	}
	_ = write.Close()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	return said.String()
}

func TestServe(t *testing.T) {
	for request, want := range map[string]string{
		`{"op":"stat","names":["../x"]}`:                              `is not the name of an object`,
		`{"op":"put","name":"a","file":"relative","size":1}`:          `\"relative\" is not an absolute path`,
		`{"op":"get","name":"a","file":"` + abs(t) + `","offset":-1}`: `offset and size are not negative`,
		`{"op":"fly"}`:                                                    `there is no operation \"fly\"`,
		`{"op":"open","url":"good"}`:                                      `a place is open already`,
		`{"op":"hello","versions":[2,3]}`:                                 `speaks version 1 of the protocol, and is asked for one of [2 3]`,
		`{"op":"get","name":"a","file":"` + abs(t) + `","size":1}`:        `"kind":"absent"`,
		`{"op":"stat","names":["` + strings.Repeat(`a","`, 1000) + `a"]}`: `1001 names are more than a request may have`,
	} {
		if got := ask(t, `{"op":"open","url":"good"}`, request); !strings.Contains(got, want) {
			t.Errorf("%.60s is answered with %s, want %q in it", request, got, want)
		}
	}
	if got := ask(t, `{"op":"stat","names":["a"]}`); !strings.Contains(got, `\"stat\" needs an open before it`) {
		t.Errorf("without a place: %s", got)
	}
}

// Secrets are kept out of what is said, whatever the program makes of them.
func TestServe_secrets(t *testing.T) {
	got := ask(t, `{"op":"open","url":"bad","secrets":{"pass":"hunter22"}}`)
	if want := `{"error":{"kind":"temporary","text":"it was ***"}}` + "\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func abs(t *testing.T) string {
	return filepath.ToSlash(filepath.Join(t.TempDir(), "file"))
}

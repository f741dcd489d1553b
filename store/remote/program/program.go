// Package program is a place that another program reaches: cmd/dewar-remote
// for clouds, or anything else that speaks the protocol of
// spec/remote-protocol.md. It starts the program, asks it for many things at
// once, and ends it.
//
// The program is not trusted to behave: it may die, say nothing, say too much
// or answer what nobody asked; then everything that is pending fails with what
// it last said. What it brings is verified by the transfer engine
// (store/remote), as with any place. The root package imports it.
package program

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/wire"
)

// Name is the program that dewar looks for.
const Name = "dewar-remote"

// Find returns the path of the program: it is beside the executable self, or
// in one of the directories of PATH. Absent it is fs.ErrNotExist.
func Find(self string) (string, error) {
	name := Name
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if resolved, err := filepath.EvalSymlinks(self); err == nil {
		self = resolved
	}
	beside := filepath.Join(filepath.Dir(self), name)
	if _, err := exec.LookPath(beside); err == nil && filepath.IsAbs(beside) {
		return beside, nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is neither beside %s nor on PATH: %w", name, self, fs.ErrNotExist)
	}
	return filepath.Abs(path)
}

// Command says which program to start and how patient to be with it.
type Command struct {
	Path string   // absolute
	Args []string // none for dewar-remote
	Env  []string // nil: that of this process
	Dir  string   // "": that of this process

	Hello   time.Duration // for its first answer; 0: ten seconds
	Silence time.Duration // without any line while something is pending, after which it is dead; 0: a minute
	Grace   time.Duration // to stop what was cancelled, and to end; 0: five seconds
}

// At is the place to open.
type At struct {
	URL     string
	Options map[string]string
	Secrets map[string]string // kept out of every error
}

// Place is a place that a program reaches.
type Place struct {
	conn   *conn
	traits remote.Traits
}

// Open starts the program and opens a place with it. The program ends when ctx
// is cancelled, also after Open has returned.
func Open(ctx context.Context, c Command, at At) (*Place, error) {
	conn, err := start(ctx, c, at.Secrets)
	if err != nil {
		return nil, err
	}
	last, err := conn.call(ctx, wire.Request{
		Op: wire.OpOpen, URL: at.URL, Options: maps.Clone(at.Options), Secrets: maps.Clone(at.Secrets),
	}, nil)
	if err == nil && last.Traits == nil {
		err = conn.kill(violation("it opened %s without saying what it likes", at.URL))
	}
	if err != nil {
		conn.close()
		return nil, err
	}
	t := last.Traits
	return &Place{conn: conn, traits: remote.Traits{
		Parallel: min(max(t.Parallel, 0), maxParallel), Packs: t.Packs, ReadOnly: t.ReadOnly, AsksOneByOne: t.AsksOneByOne,
	}}, nil
}

// maxParallel bounds what a program may like.
const maxParallel = 256

// Program returns what the program calls itself.
func (p *Place) Program() string { return p.conn.name }

// Describe asks the program what options a url may have. A url that it does
// not know is remote.ErrConfig.
func Describe(ctx context.Context, c Command, url string) (wire.Backend, error) {
	conn, err := start(ctx, c, nil)
	if err != nil {
		return wire.Backend{}, err
	}
	defer conn.close()
	last, err := conn.call(ctx, wire.Request{Op: wire.OpDescribe, URL: url}, nil)
	switch {
	case err != nil:
		return wire.Backend{}, err
	case last.Backend == nil:
		return wire.Backend{}, violation("it describes nothing")
	}
	b := *last.Backend
	slices.SortFunc(b.Options, func(a, b wire.Option) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return b, nil
}

// Login lets the program get secrets from a person. show is told the page that
// they are to visit; with browser the program opens it as well. What is
// returned goes to where secrets are kept.
func Login(ctx context.Context, c Command, at At, browser bool, show func(page string)) (map[string]string, error) {
	conn, err := start(ctx, c, at.Secrets)
	if err != nil {
		return nil, err
	}
	defer conn.close()
	last, err := conn.call(ctx, wire.Request{
		Op: wire.OpLogin, URL: at.URL, Options: maps.Clone(at.Options), Secrets: maps.Clone(at.Secrets), Browser: browser,
	}, func(a wire.Answer) error {
		if a.Visit == "" {
			return nil
		}
		if !isPage(a.Visit) {
			return conn.kill(violation("%.80q is no page to visit", a.Visit))
		}
		show(a.Visit)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(last.Secrets) == 0 {
		return nil, errors.New("the login gave no secrets")
	}
	return last.Secrets, nil
}

// isPage reports whether a text is a page of the web, and nothing that a
// terminal or a desktop would take for something else.
func isPage(s string) bool {
	return (strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")) &&
		strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"'`<>\\", r) }) < 0
}

func (c Command) hello() time.Duration   { return orElse(c.Hello, 10*time.Second) }
func (c Command) silence() time.Duration { return orElse(c.Silence, time.Minute) }
func (c Command) grace() time.Duration   { return orElse(c.Grace, 5*time.Second) }

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// command returns the process, which has nothing of ours but its environment:
// no standard input of a terminal, no controlling signals.
func (c Command) command() *exec.Cmd {
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env, cmd.Dir = c.Env, c.Dir
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	apart(cmd)
	return cmd
}

package sandbox_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
)

// person types answers when it sees what it waits for.
type person struct {
	mu    sync.Mutex
	seen  bytes.Buffer
	waits []string // alternately what to wait for and what to do then
	do    []func()
}

func (p *person) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.Write(b)
	for len(p.waits) > 0 && strings.Contains(p.seen.String(), p.waits[0]) {
		f := p.do[0]
		p.waits, p.do = p.waits[1:], p.do[1:]
		f()
	}
	return len(b), nil
}

func (p *person) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.ReplaceAll(p.seen.String(), "\r\n", "\n")
}

// talk runs args with a person at its terminal.
func (b *bench) talk(p *person, in io.Reader, args []string, opts ...with) *run.Outcome {
	b.t.Helper()
	x, _, _ := b.execution(args, opts...)
	x.Stdout, x.Stderr, x.Timeout = nil, nil, 20*time.Second
	x.Terminal = &run.Terminal{In: in, Out: p, Size: func() (rows, cols uint16) { return 12, 34 }}
	out, err := b.e.Execute(context.Background(), x)
	if err != nil {
		b.t.Fatal(err, p)
	}
	return out
}

// A command with a terminal has one in every respect.
func TestTerminal(t *testing.T) {
	b := isolated(t)
	eachLevel(t, b, func(t *testing.T, on with) {
		p := &person{}
		r, w := io.Pipe()
		defer w.Close()
		p.waits, p.do = []string{"ready\r\n"}, []func(){func() { go w.Write([]byte("typed\n")) }}
		out := b.talk(p, r, []string{"/bin/sh", "-c", "tty; stty size; test -t 0 -a -t 1 -a -t 2 && echo three; echo ready >/dev/tty; read x; echo got $x; exit 3"}, on)
		if want := "/dev/pts/0\n12 34\nthree\nready\ntyped\ngot typed\n"; p.String() != want || out.ExitCode != 3 {
			t.Errorf("exit %d, %q, want %q", out.ExitCode, p, want)
		}
	})
}

// The end of the input is what a person types for it, also in the middle of a line.
func TestTerminalEndOfInput(t *testing.T) {
	b := isolated(t)
	for in, want := range map[string]string{"": "0", "line\n": "5", "half": "4"} {
		p := &person{}
		b.talk(p, strings.NewReader(in), []string{"/bin/sh", "-c", "stty -echo; echo $(wc -c)"})
		if got := strings.TrimPrefix(p.String(), in); !strings.HasSuffix(got, want+"\n") {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// Job control works: ^Z stops a program, and ^C ends one, but not the shell.
func TestTerminalOfAShell(t *testing.T) {
	b := isolated(t)
	bash := machinetest.Program(t, "bash")
	r, w := io.Pipe()
	defer w.Close()
	say := func(s string) func() { return func() { go w.Write([]byte(s)) } }
	p := &person{
		waits: []string{"$", "begun", "Stopped", "resumed", "^C", "code 130"},
		do: []func(){ // what waits starts no other process, which a signal could come in between
			say("sh -c 'trap \"echo res\\\"\\\"umed\" CONT; echo beg''un; while :; do :; done'\n"), say("\x1a"), say("fg\n"),
			say("\x03"), say("echo code $?\n"), say("exit 5\n"),
		},
	}
	out := b.talk(p, r, []string{bash, "--norc", "-i"})
	if out.ExitCode != 5 || strings.Contains(p.String(), "no job control") {
		t.Errorf("exit %d: %s", out.ExitCode, p)
	}
}

// The command learns that the window was made larger.
func TestTerminalResize(t *testing.T) {
	b := isolated(t)
	resized := make(chan struct{}, 1)
	p := &person{waits: []string{"ready"}, do: []func(){func() { resized <- struct{}{} }}}
	x, _, _ := b.execution([]string{"/bin/sh", "-c", "trap 'stty size; exit' WINCH; stty size; echo ready; while :; do sleep 0.01; done"})
	calls := 0
	x.Terminal = &run.Terminal{Out: p, Resize: resized, Size: func() (rows, cols uint16) { calls++; return uint16(calls), 80 }}
	if _, err := b.e.Execute(context.Background(), x); err != nil {
		t.Fatal(err)
	}
	if p.String() != "1 80\nready\n2 80\n" {
		t.Errorf("%q", p)
	}
}

// When the person goes away, or the keeper dies, nothing hangs.
func TestTerminalEnds(t *testing.T) {
	b := isolated(t)
	ctx, cancel := context.WithCancel(context.Background())
	p := &person{waits: []string{"ready"}, do: []func(){cancel}}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	x, _, _ := b.execution([]string{"/bin/sh", "-c", "trap '' TERM HUP INT; echo ready; while :; do sleep 100; done"})
	x.Terminal = &run.Terminal{In: r, Out: p}
	if _, err := b.e.Execute(ctx, x); err != context.Canceled {
		t.Error(err)
	}
	p = &person{waits: []string{"ready"}, do: []func(){func() { go b.e.Close() }}}
	x, _, _ = b.execution([]string{"/bin/sh", "-c", "echo ready; sleep 1000"})
	x.Terminal = &run.Terminal{In: r, Out: p}
	if _, err := b.e.Execute(context.Background(), x); err == nil {
		t.Error("an action outlived its executor")
	}
}

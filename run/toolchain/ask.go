package toolchain

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A program that is asked what it is gets half a minute and a megabyte. What it
// may not do is hang, and take dewar with it, or pass noise for an answer.
const (
	askLimit = 30 * time.Second
	askMax   = 1 << 20
)

// Question is a program of the host to be started, to hear what it says. It has no
// standard input.
type Question struct {
	Args []string
	Dir  string
	Env  []string // "NAME=value"; nil: dewar's own environment
	Max  int64    // bytes of output; a program that writes more is ended
}

// Answer is how a program ended that could be started.
type Answer struct {
	Out  []byte // what it wrote to its standard output, at most one byte more than asked for
	Said string // the end of what it wrote to its standard error
	Exit string // "" if it ended well, else how: "exit status 1"
}

// ask returns what a program says. Args[0] is a path.
func (h *Host) ask(ctx context.Context, q Question) ([]byte, error) {
	shown := command(q.Args)
	if h.Ask == nil {
		return nil, fmt.Errorf("%s cannot be asked: programs of this machine are not started here", shown)
	}
	limit := h.Limit
	if limit == 0 {
		limit = askLimit
	}
	q.Dir, q.Max = h.Root, max(q.Max, askMax)
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a, err := h.Ask(timed, q)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(timed.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%s did not end within %v, and was ended%s", shown, limit, saying(a.Said))
	case err != nil:
		return nil, fmt.Errorf("%s did not start: %w", shown, err)
	case int64(len(a.Out)) > q.Max:
		return nil, fmt.Errorf("%s wrote more than %d MiB, which is no answer. It begins: %s", shown, q.Max>>20, excerpt(a.Out))
	case a.Exit != "":
		return nil, fmt.Errorf("%s failed with %s%s", shown, a.Exit, saying(a.Said))
	}
	return a.Out, nil
}

// cleanEnv is what most programs are asked with: variables change what they say of
// themselves (NODE_OPTIONS, R_LIBS), and not what they say in a sandbox.
func (h *Host) cleanEnv() []string {
	env := []string{"LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC"}
	names := []string{"PATH", "HOME"}
	if runtime.GOOS == "windows" {
		names = append(names, "SystemRoot", "PATHEXT", "TEMP", "USERPROFILE")
	}
	for _, name := range names {
		if v := h.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// command shows an argv as one would type it, without programs that it holds in full.
func command(args []string) string {
	var words []string
	for _, a := range args {
		switch {
		case len(a) > 200 || strings.ContainsRune(a, '\n'):
			a = "…"
		case a == "" || strings.ContainsFunc(a, special):
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return "`" + strings.Join(words, " ") + "`"
}

// special reports whether a shell might read r as more than itself.
func special(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-+=./,:@%", r))
}

// saying quotes the last lines of what a program complained.
func saying(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if lines[0] == "" {
		return "; it wrote nothing to its standard error"
	}
	return "; its standard error ends with: " + excerpt([]byte(strings.Join(lines[max(0, len(lines)-5):], "\n")))
}

// excerpt is the beginning of what a program wrote, in quotes and on one line.
func excerpt(b []byte) string {
	const most = 200
	if len(b) > most {
		return fmt.Sprintf("%q…", b[:most])
	}
	return fmt.Sprintf("%q", b)
}

// babble is the error of an answer that is none.
func babble(program string, out []byte) error {
	return fmt.Errorf("%s answered something that is no answer: %s. Is it a wrapper that prints something of its own?", filepath.ToSlash(program), excerpt(out))
}

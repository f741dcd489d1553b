package toolchain

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// command is a toolchain of which a command says what it is. It starts in the project's root. What it finds
// may change without any file that we know of, so it is asked once a process and not
// kept; only who lists `files` says that nothing but they and the program decide.
func (h *Host) command(ctx context.Context, t graph.Toolchain) (found, error) {
	var f found
	var looked []string
	if len(t.Files) > 0 {
		var err error
		if f, err = h.files(t); err != nil {
			return f, err
		}
	}
	f.brief = len(t.Files) == 0
	program, more, err := h.findCommand(t.Args[0])
	if err != nil {
		return f, err
	}
	looked = append(looked, more...)
	out, err := h.ask(ctx, Question{Args: append([]string{program}, t.Args[1:]...), Env: h.cleanEnv()})
	if err != nil {
		return f, fmt.Errorf("%w. Its output is to be the fingerprint: run it in %s to see why", err, h.Root)
	}
	text := strings.TrimRight(string(out), " \t\r\n")
	if text == "" {
		return f, fmt.Errorf("%s wrote nothing, and what it writes to its standard output is to be the fingerprint. If it writes to standard error, use [\"sh\", \"-c\", \"… 2>&1\"]", command(t.Args))
	}
	f.Program = program
	f.Version, _, _ = strings.Cut(text, "\n")
	says := graph.Field{Label: "output", Value: text}
	if len(text) > 4096 || !utf8.ValidString(text) {
		says.Value = digest.Of([]byte(text)).String()
		f.Version = "" // it is no text for people
	}
	f.Binding.Details = append([]graph.Field{says}, f.Binding.Details...)
	f.Seen = append(h.lookAll(append(looked, program, h.real(program))), f.Seen...)
	return f, nil
}

// findCommand returns the program of a command: of a name on PATH, else a path from the project's root.
func (h *Host) findCommand(name string) (string, []string, error) {
	if !strings.ContainsRune(filepath.ToSlash(name), '/') {
		return h.onPath(programNames(name), "Install it, or give the path of the program")
	}
	at := h.abs(name)
	info, err := h.FS.Stat(at)
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("there is no %s: the command of a toolchain starts in the project's root, %s", name, h.Root)
	case !info.IsRegular() || !h.executable(at):
		return "", nil, errors.New(name + " is no executable file")
	}
	return at, []string{at}, nil
}

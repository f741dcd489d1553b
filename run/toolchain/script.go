package toolchain

import (
	"errors"
	"io"
	iofs "io/fs"
	"path/filepath"
	"strings"
)

// searched is where a sandbox looks for programs that no toolchain has.
var searched = []string{"/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"}

// program shows a file that may be started: with the libraries of machine code, and with what
// reads a script. Of any other file there is nothing to know.
func (g *gathering) program(at string) error {
	real, err := g.paths.follow(at)
	if err != nil {
		return err
	}
	known := g.started[real]
	if _, err := g.file(at); err != nil || known {
		return err
	}
	g.started[real] = true
	head, err := g.head(real)
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(head, "\x7fELF"):
		return g.objects.load(real)
	case strings.HasPrefix(head, "#!"):
		return g.interpreter(head)
	}
	return nil
}

// interpreter shows what a script's first line names, and what /usr/bin/env finds by it.
func (g *gathering) interpreter(head string) error {
	line, _, _ := strings.Cut(head[2:], "\n")
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil
	}
	if !g.h.there(words[0]) {
		g.lack(words[0])
		return nil
	}
	if err := g.program(words[0]); err != nil || filepath.Base(words[0]) != "env" {
		return err
	}
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "-") || strings.Contains(w, "=") {
			continue
		}
		at := g.onPath(w)
		if at == "" {
			g.lack(w)
			return nil
		}
		return g.program(at)
	}
	return nil
}

// lack notes that a script cannot be read, but of those that came with a tree: nobody misses most of them.
func (g *gathering) lack(name string) {
	if !g.inTrees {
		g.lacking[name] = true
	}
}

// onPath finds a program as a command in the sandbox does.
func (g *gathering) onPath(name string) string {
	for _, dir := range append(append([]string{}, g.binding.Path...), searched...) {
		at := filepath.Join(dir, name)
		if g.looked[at] = true; g.h.executable(at) {
			return at
		}
	}
	return ""
}

// head returns the first bytes of a file.
func (g *gathering) head(at string) (string, error) {
	f, err := g.h.FS.Open(at)
	if errors.Is(err, iofs.ErrPermission) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b := make([]byte, 256)
	n, err := io.ReadFull(f, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return string(b[:n]), err
}

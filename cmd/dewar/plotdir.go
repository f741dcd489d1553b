package main

import (
	"bytes"
	"errors"
	"fmt"
	iofs "io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/fs"
)

// plotFileName makes the name of a file out of what a plot is called. Names that
// differ only in the case of letters are one file on some machines.
func plotFileName(id string, taken func(string) bool) string {
	base := strings.ToLower(strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r == '-' || r == '=' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return r
		}
		return '_'
	}, id))
	base = strings.TrimLeft(base, ".")
	if base == "" {
		base = "plot"
	}
	base = base[:min(len(base), 100)]
	for i := 1; ; i++ {
		name := base + ".svg"
		if i > 1 {
			name = fmt.Sprintf("%s-%d.svg", base, i)
		}
		if !taken(name) {
			return name
		}
	}
}

// plotMark stands at the end of every picture that a report wrote, so that the
// next time it replaces or removes those and no others.
func plotMark(out string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == '-' || r == '<' || r == '>' || r == 0x7f || r == '\ufffd' {
			return '_'
		}
		return r
	}, filepath.Base(out))
	return "<!-- " + name + ": a plot of dewar report -->\n"
}

// plotDir is a directory of pictures. It may hold other files: a report leaves
// alone what is not its own.
type plotDir struct {
	fs   fs.FS
	dir  string // as the user calls it
	at   string
	mark string
}

// write puts pictures into the directory and takes away those of the report before
// that are not among them. It looks at everything before it changes anything.
func (d *plotDir) write(pictures map[string][]byte) error {
	entries, err := d.fs.ReadDir(d.at)
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return fmt.Errorf("write plots: %w", err)
	}
	var gone []string
	for _, e := range entries {
		name := strings.ToLower(e.Name) // as some filesystems have it
		if !strings.HasSuffix(name, ".svg") {
			continue
		}
		ours := d.ours(e)
		if _, is := pictures[name]; is && !ours {
			return usage("E-usage", "%s is there, and this report did not write it. Move it, or name another directory with --plots.", path.Join(filepath.ToSlash(d.dir), e.Name))
		} else if !is && ours {
			gone = append(gone, e.Name)
		}
	}
	if len(pictures) > 0 {
		if err := d.fs.MkdirAll(d.at, 0o777); err != nil {
			return fmt.Errorf("write plots: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(pictures)) {
		if err := fs.WriteFile(d.fs, filepath.Join(d.at, name), pictures[name]); err != nil {
			return fmt.Errorf("write plots: %w", err)
		}
	}
	for _, name := range gone {
		if err := d.fs.Remove(filepath.Join(d.at, name)); err != nil {
			return fmt.Errorf("write plots: %w", err)
		}
	}
	return nil
}

func (d *plotDir) ours(e fs.Entry) bool {
	if e.Type != 0 {
		return false
	}
	b, err := fs.ReadFile(d.fs, filepath.Join(d.at, e.Name))
	return err == nil && bytes.HasSuffix(b, []byte(d.mark))
}

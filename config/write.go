package config

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// Change has f edit the file of a scope, which is made if need be. Whoever
// reads it sees the old text or the new, and nobody else changes it meanwhile.
// Private files are the user's alone to read, and Git does not see that of this machine.
func Change(fsys fs.FS, p Places, s Scope, f func(e *Editor) error) (err error) {
	if p.Path(s) == "" {
		return errors.New("change the user's configuration: there is no home directory to keep it in")
	}
	name, err := fs.FollowLinks(fsys, p.Path(s))
	if err != nil {
		return fmt.Errorf("change %s: %w", p.Name(s), err)
	}
	if s == User {
		err = fsys.MkdirAll(filepath.Dir(name), 0o700)
	} else if s == Local {
		err = Hide(fsys, p)
	}
	if err != nil {
		return fmt.Errorf("change %s: %w", p.Name(s), err)
	}
	unlock, err := fsys.Lock(filepath.Join(filepath.Dir(name), ".config.lock"), true, true)
	if err != nil {
		return fmt.Errorf("change %s: %w", p.Name(s), err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return change(fsys, p, s, name, f)
}

func change(fsys fs.FS, p Places, s Scope, name string, f func(e *Editor) error) error {
	was, err := readFile(fsys, name)
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return fmt.Errorf("change %s: %w", p.Name(s), err)
	}
	e, err := NewEditor(p.Name(s), was)
	if err != nil {
		return unreadableFile(p, s, err)
	}
	if err := f(e); err != nil {
		return err
	}
	b, err := e.Bytes()
	if err != nil || string(b) == string(was) {
		return err
	}
	mode := iofs.FileMode(0o644)
	if s.Private() {
		mode = 0o600
	}
	if err := fs.WriteFileIn(fsys, "", name, b, mode); err != nil {
		return fmt.Errorf("change %s: %w", p.Name(s), err)
	}
	return nil
}

// unreadableFile makes an error of the text of a file one that shows nothing of a private one.
func unreadableFile(p Places, s Scope, err error) error {
	var f *diag.Failure
	if !errors.As(err, &f) {
		return err
	}
	r := reader{scope: s, name: p.Name(s)}
	return &diag.Failure{List: r.discreet(f.List)}
}

// Hide has Git not see the file of this machine, whatever .dewar/.gitignore says.
func Hide(fsys fs.FS, p Places) error {
	name := filepath.Join(p.Dir, ".gitignore")
	b, err := fs.ReadFile(fsys, name)
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return err
	}
	if hides(string(b)) {
		return nil
	}
	if len(b) > 0 && !strings.HasSuffix(string(b), "\n") {
		b = append(b, '\n')
	}
	return fs.WriteFile(fsys, name, append(b, LocalFile+"\n"...))
}

// hides reports whether the last line that is about the file of this machine hides it.
func hides(ignore string) bool {
	hidden := false
	for line := range strings.Lines(ignore) {
		switch strings.TrimRight(line, " \r\n") {
		case "*", LocalFile, "/" + LocalFile, "*.local.hcl", "config.*":
			hidden = true
		case "!*", "!" + LocalFile, "!/" + LocalFile, "!*.hcl", "!config.*":
			hidden = false
		}
	}
	return hidden
}

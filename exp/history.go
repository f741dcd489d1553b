package exp

import (
	"encoding/json"
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/fs"
)

// History is the experiments of a project.
type History struct {
	FS  fs.FS
	Dir string // .dewar/exp on this machine
}

// Label is what may change of an experiment after it was recorded.
type Label struct {
	Name string `json:"name"`
	Note string `json:"note"`
}

// TakenError says that a name belongs to another experiment.
type TakenError struct{ Name string }

func (e *TakenError) Error() string { return "an experiment is called " + e.Name + " already" }

// UnknownError says that no experiment has the name.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string { return "there is no experiment " + e.Name }

func (h *History) path(parts ...string) string {
	return filepath.Join(append([]string{h.Dir}, parts...)...)
}

func (h *History) recordPath(id string) string { return h.path("records", id+".json") }
func (h *History) labelPath(id string) string  { return h.path("labels", id+".json") }

// Add writes a record. If its name is taken it gets another that begins with
// it; r.Name and r.ID say which.
func (h *History) Add(r *Record) error {
	unlock, err := h.lock()
	if err != nil {
		return err
	}
	defer unlock()
	r.Version = Version
	stamp := r.Created.UTC().Format("20060102-150405.000000000")
	wanted := r.Name
	for n := 2; ; n++ {
		r.ID = stamp + "-" + r.Name
		err := h.claim(r.Name, r.ID)
		if err == nil {
			break
		}
		var taken *TakenError
		if !errors.As(err, &taken) {
			return err
		}
		r.Name = wanted + "-" + strconv.Itoa(n)
	}
	b, err := json.Marshal(r)
	if err == nil {
		err = fs.WriteFile(h.FS, h.recordPath(r.ID), append(b, '\n'))
	}
	if err != nil {
		_ = h.FS.Remove(h.path("names", r.Name))
		return fmt.Errorf("record experiment %s: %w", r.Name, err)
	}
	return nil
}

// lock makes the directories, and keeps other processes from naming experiments
// until unlock is called.
func (h *History) lock() (unlock func(), err error) {
	if err := h.make(); err != nil {
		return nil, err
	}
	free, err := h.FS.Lock(h.path("lock"), true, true)
	if err != nil {
		return nil, fmt.Errorf("record an experiment: %w", err)
	}
	return func() { _ = free() }, nil
}

func (h *History) make() error {
	for _, dir := range []string{"records", "names", "labels"} {
		if err := h.FS.MkdirAll(h.path(dir), 0o777); err != nil {
			return fmt.Errorf("record an experiment: %w", err)
		}
	}
	return nil
}

// claim takes a name for id, under the lock: a claim without a record is what a
// crash left behind, and is taken over.
func (h *History) claim(name, id string) error {
	at := h.path("names", name)
	err := h.createClaim(at, id)
	if !errors.Is(err, iofs.ErrExist) {
		return err
	}
	holder, err := fs.ReadFile(h.FS, at)
	if err != nil {
		return fmt.Errorf("name experiment %s: %w", name, err)
	}
	if owner := strings.TrimSpace(string(holder)); owner != "" {
		if _, err := h.FS.Lstat(h.recordPath(owner)); !errors.Is(err, iofs.ErrNotExist) {
			return &TakenError{name}
		}
	}
	if err := h.FS.Remove(at); err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return fmt.Errorf("name experiment %s: %w", name, err)
	}
	return h.createClaim(at, id)
}

func (h *History) createClaim(at, id string) error {
	f, err := h.FS.Create(at, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(id + "\n"))
	return errors.Join(err, f.Close())
}

// RecordPath returns where the record of an id lies, or would.
func (h *History) RecordPath(id string) string { return h.recordPath(id) }

// Adopt keeps a record that was made elsewhere, under its id. If its name is taken here it gets
// another that begins with it, which Adopt returns. A record that is here already stays as it is.
func (h *History) Adopt(id string, b []byte) (name string, err error) {
	r, err := CheckRecord(id, b)
	if err != nil {
		return "", err
	}
	unlock, err := h.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := h.FS.Lstat(h.recordPath(id)); err == nil {
		if l := h.Label(id); l != nil {
			return l.Name, nil
		}
		return r.Name, nil
	}
	name = r.Name
	for n := 2; ; n++ {
		err := h.claim(name, id)
		if err == nil {
			break
		}
		var taken *TakenError
		if !errors.As(err, &taken) {
			return "", err
		}
		name = r.Name + "-" + strconv.Itoa(n)
	}
	if name != r.Name { // before the record: a row is never shown under a name that is another's
		if err := h.setLabel(id, Label{Name: name, Note: r.Note}); err != nil {
			return "", err
		}
	}
	if err := fs.WriteFile(h.FS, h.recordPath(id), b); err != nil {
		_ = h.FS.Remove(h.path("names", name))
		return "", fmt.Errorf("record experiment %s: %w", name, err)
	}
	return name, nil
}

// idBytes are the bytes that an id is made of: it is the name of a file.
const idBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

// CheckRecord reads b as the record of this id that somebody else has made.
func CheckRecord(id string, b []byte) (*Record, error) {
	r, err := decode(id, b)
	if err != nil {
		return nil, err
	}
	if strings.Trim(id, idBytes) != "" || CheckName(r.Name) != "" {
		return nil, fmt.Errorf("the record of an experiment says that it is %q, called %q", r.ID, r.Name)
	}
	return r, nil
}

// Read returns the record of an id.
func (h *History) Read(id string) (*Record, error) {
	b, err := fs.ReadFile(h.FS, h.recordPath(id))
	if err != nil {
		return nil, fmt.Errorf("read experiment: %w", err)
	}
	return decode(id, b)
}

func decode(id string, b []byte) (*Record, error) {
	var r Record
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("read experiment %s: %w", id, err)
	}
	switch {
	case r.Version > Version:
		return nil, fmt.Errorf("read experiment %s: it is of version %d of the format, and this dewar knows %d", id, r.Version, Version)
	case r.Version < 1 || r.ID != id:
		return nil, fmt.Errorf("read experiment %s: it is no record of this experiment", id)
	}
	return &r, nil
}

// Label returns what was said of an experiment since it was recorded, or nil.
func (h *History) Label(id string) *Label {
	b, err := fs.ReadFile(h.FS, h.labelPath(id))
	var l Label
	if err != nil || json.Unmarshal(b, &l) != nil {
		return nil
	}
	return &l
}

// Rename gives an experiment another name.
func (h *History) Rename(row *Row, name string) error {
	if name == row.Name {
		return nil
	}
	unlock, err := h.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := h.claim(name, row.ID); err != nil {
		return err
	}
	if err := h.setLabel(row.ID, Label{name, row.Note}); err != nil {
		_ = h.FS.Remove(h.path("names", name))
		return err
	}
	return h.unclaim(row.Name)
}

// SetNote replaces the note of an experiment.
func (h *History) SetNote(row *Row, note string) error {
	return h.setLabel(row.ID, Label{row.Name, note})
}

func (h *History) setLabel(id string, l Label) error {
	if err := h.make(); err != nil {
		return err
	}
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if err := fs.WriteFile(h.FS, h.labelPath(id), append(b, '\n')); err != nil {
		return fmt.Errorf("label experiment: %w", err)
	}
	return nil
}

// Remove forgets an experiment. What it made stays in the cache until that is
// collected.
func (h *History) Remove(row *Row) error {
	unlock, err := h.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := h.FS.Remove(h.recordPath(row.ID)); err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return fmt.Errorf("remove experiment %s: %w", row.Name, err)
	}
	if err := h.FS.Remove(h.labelPath(row.ID)); err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return fmt.Errorf("remove experiment %s: %w", row.Name, err)
	}
	return h.unclaim(row.Name)
}

func (h *History) unclaim(name string) error {
	if err := h.FS.Remove(h.path("names", name)); err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return fmt.Errorf("free the name %s: %w", name, err)
	}
	return nil
}

// CheckName says what is wrong with a name for an experiment, in words that
// follow "a name"; "" if nothing is.
func CheckName(name string) string {
	switch {
	case name == "":
		return "is not empty"
	case len(name) > 100:
		return fmt.Sprintf("has at most 100 characters, and not %d", len(name))
	case name == "workspace" || name == "HEAD":
		return "is not " + name + ", which means something else"
	case strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != "":
		return fmt.Sprintf("is made of letters, digits, _, . and -, as %q is not", name)
	case name[0] == '-' || name[0] == '.':
		return fmt.Sprintf("begins with a letter, a digit or _, as %q does not", name)
	}
	return ""
}

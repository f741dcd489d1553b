package dewar

import (
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lock"
)

// A pin keeps results from being collected, whatever becomes of the lock. It is a file
// .dewar/pins/<name> in the form of a lock, with the lines that it had.

// Pin is a pin, and what it keeps.
type Pin struct {
	Name      string   `json:"pin"`
	Instances []string `json:"instances"`
	Data      []string `json:"data"`
}

// Pin keeps the results that the lock has of the selected instances, or of all; of all, the tracked
// data as well. A pin of the name that is there is replaced.
func (p *Project) Pin(ev *Evaluation, name string, selectors []string) (*Pin, error) {
	if problem := exp.CheckName(name); problem != "" {
		return nil, failure(diag.Diagnostic{Code: "E-pin-name", Detail: fmt.Sprintf("A name for a pin %s.", problem)})
	}
	ids, l, err := p.lockedInstances(ev, selectors)
	if err != nil {
		return nil, err
	}
	pinned := &lock.Lock{}
	for _, id := range ids {
		if e := l.Entry(ev.Graph.Instances[id].Ref()); e != nil {
			pinned.Entries = append(pinned.Entries, *e)
		}
	}
	if len(selectors) == 0 {
		pinned.Data = l.Data
	}
	if len(pinned.Entries)+len(pinned.Data) == 0 {
		return nil, failure(diag.Diagnostic{Code: "E-pin-nothing", Detail: "The lock knows no result of it: run it first."})
	}
	if err := p.host.FS.MkdirAll(p.path("pins"), 0o777); err != nil {
		return nil, fmt.Errorf("pin %s: %w", name, err)
	}
	if err := fs.WriteFile(p.host.FS, p.path("pins", name), pinned.Bytes()); err != nil {
		return nil, fmt.Errorf("pin %s: %w", name, err)
	}
	return pinOf(name, pinned), nil
}

func pinOf(name string, l *lock.Lock) *Pin {
	pin := &Pin{Name: name, Instances: []string{}, Data: []string{}}
	for _, e := range l.Entries {
		pin.Instances = append(pin.Instances, e.Instance)
	}
	for _, d := range l.Data {
		pin.Data = append(pin.Data, d.Name)
	}
	slices.Sort(pin.Instances)
	return pin
}

// Pins returns all pins, by name.
func (p *Project) Pins() ([]Pin, error) {
	entries, err := p.host.FS.ReadDir(p.path("pins"))
	if err != nil && !isNotExist(err) {
		return nil, err
	}
	out := []Pin{}
	for _, e := range entries {
		b, err := fs.ReadFile(p.host.FS, p.path("pins", e.Name))
		if err != nil {
			return nil, err
		}
		l, _, err := lock.Read(b)
		if err != nil {
			l = &lock.Lock{} // a newer dewar's
		}
		out = append(out, *pinOf(e.Name, l))
	}
	return out, nil
}

// Unpin removes pins. All of them must be there.
func (p *Project) Unpin(names []string) error {
	pins, err := p.Pins()
	if err != nil {
		return err
	}
	var known []string
	for _, pin := range pins {
		known = append(known, pin.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return failure(diag.Diagnostic{Code: "E-pin-missing", Detail: fmt.Sprintf("There is no pin %s.%s", name, didYouMean(name, known))})
		}
	}
	for _, name := range names {
		if err := p.host.FS.Remove(p.path("pins", name)); err != nil && !isNotExist(err) {
			return fmt.Errorf("unpin %s: %w", name, err)
		}
	}
	return nil
}

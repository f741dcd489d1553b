//go:build !linux

package fs

import "os"

func (o osFS) ReadDir(name string) ([]Entry, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(list))
	for i, d := range list {
		entries[i] = Entry{Name: d.Name(), Type: d.Type()}
	}
	sortEntries(entries)
	return entries, nil
}

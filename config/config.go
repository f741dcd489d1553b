// Package config reads what is configured for a project: remotes, the cache,
// where external data lies on this machine. Three files are read, and later
// ones win, attribute by attribute: the user's own, the project's, which is
// committed, and that of this machine, which is not.
//
// The committed file may be a stranger's. So it can hold neither secrets nor
// what would run commands, name files of this machine or redirect what is
// sent; and secrets are bound to the place that they were given for.
//
// It changes files as well (edit.go), keeping comments and form. It neither
// opens remotes nor starts programs; the root package and cmd import it.
package config

import (
	"slices"

	"github.com/dewar-build/dewar/diag"
)

// Scope is one of the files. Those that come later win.
type Scope uint8

// The files.
const (
	User    Scope = iota // the user's own, for all projects
	Project              // .dewar/config.hcl, committed
	Local                // .dewar/config.local.hcl: this machine's, not committed
)

func (s Scope) String() string { return [...]string{"user", "project", "local"}[s] }

// Private reports whether the file is the user's: nobody else can have written it.
func (s Scope) Private() bool { return s != Project }

// Config is what is configured: every file read and merged.
type Config struct {
	Remotes []Remote // by name
	Cache   Cache
	Data    []Data // by name
	Files   []File // those that exist, in the order of their scopes
}

// File is a file that was read.
type File struct {
	Scope Scope
	Name  string // as messages call it
	Bytes []byte
}

// Source gives the text of the files to diagnostics.
func (c *Config) Source(file string) ([]byte, bool) {
	for _, f := range c.Files {
		if f.Name == file {
			return f.Bytes, true
		}
	}
	return nil, false
}

// Remote is a place that holds a copy of the store, and how it is used.
type Remote struct {
	Name     string
	URL      URL
	Default  bool // used where none is named
	ReadOnly bool // access = "read"
	Trust    bool // action results that others pushed may be used
	Parallel int  // how many transfers at once; 0: as many as the place likes
	Packs    *bool
	Options  map[string]string // of the program that reaches it
	Secrets  Secrets           // that were given for this place
	Moved    string            // secrets are there, but were given for this other place
	Scopes   []Scope           // the files that speak of it
	Span     diag.Span         // where its url is

	binding string // what its secrets are bound to
	guarded bool   // the file of this machine says what the committed one could not
}

// Binding is the place that secrets given for the remote now are bound to: its
// url, and those options of the committed file that decide where or how it is reached.
func (r *Remote) Binding() string { return r.binding }

// Guarded reports whether config.local.hcl decides something about the remote
// that a stranger must not decide: then it must not be a stranger's.
func (r *Remote) Guarded() bool { return r.guarded }

// In reports whether the file of a scope speaks of r.
func (r *Remote) In(s Scope) bool { return slices.Contains(r.Scopes, s) }

// Cache is where the store is, and how it is used.
type Cache struct {
	Dir   string // native and absolute; "": in .dewar
	Links []Link // how check-out makes files, the first that works
	Limit int64  // bytes that a collection may leave; 0: no limit
}

// Link is a way to make a file of a blob.
type Link string

// The ways.
const (
	Reflink  Link = "reflink"
	Hardlink Link = "hardlink"
	Symlink  Link = "symlink"
	Copy     Link = "copy"
)

// Data is where data that a pipeline declares external lies on this machine.
type Data struct {
	Name string
	Path string // native and absolute
	Span diag.Span
}

// Remote returns a remote by name.
func (c *Config) Remote(name string) (*Remote, bool) {
	for i := range c.Remotes {
		if c.Remotes[i].Name == name {
			return &c.Remotes[i], true
		}
	}
	return nil, false
}

// Default returns the remote that is used where none is named.
func (c *Config) Default() (*Remote, bool) {
	for i := range c.Remotes {
		if c.Remotes[i].Default {
			return &c.Remotes[i], true
		}
	}
	return nil, false
}

// Names returns the names of all remotes.
func (c *Config) Names() []string {
	names := make([]string, len(c.Remotes))
	for i := range c.Remotes {
		names[i] = c.Remotes[i].Name
	}
	return names
}

// DataPath returns where external data lies on this machine, if that is configured.
func (c *Config) DataPath(name string) (string, bool) {
	for _, d := range c.Data {
		if d.Name == name {
			return d.Path, true
		}
	}
	return "", false
}

package dvc

import (
	"path/filepath"
	"strings"
)

// Files of configuration: of a project they are in Dir, the person's own is in a directory "dvc" where such files are.
const (
	ConfigFile      = "config"
	LocalConfigFile = "config.local"
)

// Config is what DVC's files of configuration say, as far as it is about where bytes are.
type Config struct {
	Remote  string // the default
	cache   string // native and absolute; "" is where it is if nobody says otherwise
	names   []string
	remotes map[string]*Remote
}

// Remote is a remote of DVC's.
type Remote struct {
	Name    string
	URL     string
	Options map[string]string // that the project has committed
	Own     map[string]string // that only this machine's files say
	base    string            // what the url is relative to, if it is a path; "" is nothing here
}

// setting is one line of configuration.
type setting struct{ section, name, value string }

// settings reads a file of configuration: sections in brackets, and NAME = VALUE.
func settings(b []byte) []setting {
	var out []setting
	section := ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			section = strings.Trim(strings.TrimSpace(strings.Trim(line, "[]")), `'`)
		default:
			name, value, ok := strings.Cut(line, "=")
			if ok {
				out = append(out, setting{section, strings.ToLower(strings.TrimSpace(name)), unquoted(strings.TrimSpace(value))})
			}
		}
	}
	return out
}

func unquoted(s string) string {
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// Read adds what the text of a file says; what is read later wins. dir is the directory of this machine that its paths
// are relative to; "" if they mean nothing here.
func (c *Config) Read(text []byte, dir string, committed bool) {
	for _, s := range settings(text) {
		name, isRemote := strings.CutPrefix(s.section, "remote ")
		switch {
		case s.section == "core" && s.name == "remote":
			c.Remote = s.value
		case s.section == "cache" && s.name == "dir" && dir != "":
			c.cache = absolute(dir, s.value)
		case isRemote:
			c.remote(strings.Trim(name, ` "`)).set(s, dir, committed)
		}
	}
}

func (r *Remote) set(s setting, dir string, committed bool) {
	switch {
	case s.name == "url":
		r.URL, r.base = s.value, dir
	case committed:
		r.Options[s.name] = s.value
	default:
		r.Own[s.name] = s.value
	}
}

// remote returns the remote of a name, which is made.
func (c *Config) remote(name string) *Remote {
	if c.remotes[name] == nil {
		if c.remotes == nil {
			c.remotes = map[string]*Remote{}
		}
		c.remotes[name] = &Remote{Name: name, Options: map[string]string{}, Own: map[string]string{}}
		c.names = append(c.names, name)
	}
	return c.remotes[name]
}

// Cache is where the cache of the project in a directory of this machine is.
func (c *Config) Cache(project string) string {
	if c.cache != "" {
		return c.cache
	}
	return filepath.Join(project, Dir, "cache")
}

// Pick returns the name of the remote to ask: the one that an output names, the default, or the
// only one; "" if there is none.
func (c *Config) Pick(named string) string {
	switch {
	case named != "":
		return named
	case c.Remote != "":
		return c.Remote
	case len(c.names) == 1:
		return c.names[0]
	}
	return ""
}

func absolute(dir, name string) string {
	if at := filepath.FromSlash(name); filepath.IsAbs(at) {
		return at
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

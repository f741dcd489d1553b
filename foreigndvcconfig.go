package dewar

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/fs"
)

// dvcConfig is what DVC's files of configuration say, as far as it is about where bytes are.
type dvcConfig struct {
	remote  string // the default
	cache   string // native and absolute; "": .dvc/cache
	names   []string
	remotes map[string]*dvcRemote
}

// dvcRemote is a remote of DVC's.
type dvcRemote struct {
	url     string
	base    string            // what the url is relative to, if it is a path; "" is nothing here
	options map[string]string // that the project has committed
	own     map[string]string // that only this machine's files say
}

// dvcSetting is one line of configuration.
type dvcSetting struct{ section, name, value string }

// dvcSettings reads a file of configuration: sections in brackets, and NAME = VALUE.
func dvcSettings(b []byte) []dvcSetting {
	var out []dvcSetting
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
				out = append(out, dvcSetting{section, strings.ToLower(strings.TrimSpace(name)), unquoted(strings.TrimSpace(value))})
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

// take adds what a file says. dir is the directory that its paths are relative to; "" if they mean nothing here.
func (c *dvcConfig) take(list []dvcSetting, dir string, committed bool) {
	for _, s := range list {
		name, isRemote := strings.CutPrefix(s.section, "remote ")
		switch {
		case s.section == "core" && s.name == "remote":
			c.remote = s.value
		case s.section == "cache" && s.name == "dir" && dir != "":
			if c.cache = filepath.FromSlash(s.value); !filepath.IsAbs(c.cache) {
				c.cache = filepath.Join(dir, c.cache)
			}
		case isRemote:
			r := c.remoteOf(strings.Trim(name, ` "`))
			switch {
			case s.name == "url":
				r.url, r.base = s.value, dir
			case committed:
				r.options[s.name] = s.value
			default:
				r.own[s.name] = s.value
			}
		}
	}
}

func (c *dvcConfig) remoteOf(name string) *dvcRemote {
	if c.remotes[name] == nil {
		c.remotes[name] = &dvcRemote{options: map[string]string{}, own: map[string]string{}}
		c.names = append(c.names, name)
	}
	return c.remotes[name]
}

// dvcConfiguration reads what is configured for the project of DVC at top: the person's own file, the
// committed one, and of a directory of this machine its local one.
func (f *foreign) dvcConfiguration(top string) *dvcConfig {
	c := &dvcConfig{remotes: map[string]*dvcRemote{}}
	if at := userConfig(f.p.host); at != "" {
		at = filepath.Join(filepath.Dir(filepath.Dir(at)), "dvc", "config")
		if b, err := fs.ReadFile(f.p.host.FS, at); err == nil {
			c.take(dvcSettings(b), filepath.Dir(at), false)
		}
	}
	dir := ""
	if f.root != "" {
		dir = filepath.Join(hostJoin(f.root, top), ".dvc")
	}
	if b, err := f.view.ReadFile(path.Join(top, ".dvc", "config")); err == nil {
		c.take(dvcSettings(b), dir, true)
	}
	if dir != "" {
		if b, err := fs.ReadFile(f.p.host.FS, filepath.Join(dir, "config.local")); err == nil {
			c.take(dvcSettings(b), dir, false)
		}
	}
	return c
}

// pick returns the name of the remote to ask: the one that an output names, the default, or the
// only one; "" if there is none.
func (c *dvcConfig) pick(named string) string {
	switch {
	case named != "":
		return named
	case c.remote != "":
		return c.remote
	case len(c.names) == 1:
		return c.names[0]
	}
	return ""
}

// dvcOptions are DVC's options of remotes, and what rclone calls them. What proves who we are is not
// among them: it is taken from a remote of ours that is the same place, or from what the
// person's programs use anyway.
var dvcOptions = map[string]map[string]string{
	"azure":   {"account_name": "account"},
	"file":    {},
	"gdrive":  {},
	"gs":      {"credentialpath": "service_account_file"},
	"hdfs":    {},
	"http":    {},
	"https":   {},
	"s3":      {"endpointurl": "endpoint", "region": "region", "profile": "profile"},
	"sftp":    {"keyfile": "key_file"},
	"webdav":  {},
	"webdavs": {},
}

// place spells where a remote is as dewar does. The error is for a person.
func (c *dvcConfig) place(name string, depth int) (text string, r *dvcRemote, err error) {
	r = c.remotes[name]
	if r == nil || r.url == "" {
		return "", nil, fmt.Errorf("its remote %s is configured nowhere", name)
	}
	scheme, rest, ok := strings.Cut(r.url, "://")
	switch {
	case !ok, scheme == "file":
		at := filepath.FromSlash(r.url)
		if ok {
			at = filepath.FromSlash(rest)
		}
		if !filepath.IsAbs(at) && r.base == "" {
			return "", nil, fmt.Errorf("its remote %s is the directory %s, which is relative to where the project lies, and that is not on this machine", name, r.url)
		}
		if !filepath.IsAbs(at) {
			at = filepath.Join(r.base, at)
		}
		return at, r, nil
	case scheme == "remote":
		other, sub, _ := strings.Cut(rest, "/")
		if depth == 0 {
			return "", nil, fmt.Errorf("its remote %s is in terms of itself", name)
		}
		text, base, err := c.place(other, depth-1)
		return strings.TrimSuffix(text, "/") + "/" + sub, base, err
	case scheme == "ssh":
		return "sftp://" + withUser(rest, r.setting("user"), r.setting("port")), r, nil
	case scheme == "webdav" || scheme == "webdavs":
		return scheme + "://" + withUser(rest, r.setting("user"), ""), r, nil
	}
	if u, err := url.Parse(r.url); err == nil && u.User != nil && scheme == "azure" { // azure://container@account…/path
		return "", nil, fmt.Errorf("its remote %s is at %s, and a container is written azure://container/path", name, config.Redact(r.url))
	}
	if _, ok := dvcOptions[scheme]; !ok {
		return "", nil, fmt.Errorf("its remote %s is at a %s:// place, which dewar does not reach. There are: %s", name, scheme, strings.Join(config.Schemes(), ", "))
	}
	return r.url, r, nil
}

func (r *dvcRemote) setting(name string) string {
	if v := r.own[name]; v != "" {
		return v
	}
	return r.options[name]
}

// withUser adds a user and a port to what follows a scheme, if it has none.
func withUser(rest, user, port string) string {
	host, dir, _ := strings.Cut(rest, "/")
	if user != "" && !strings.Contains(host, "@") {
		host = user + "@" + host
	}
	if port != "" && !strings.Contains(host[strings.LastIndex(host, "@")+1:], ":") {
		host += ":" + port
	}
	return host + "/" + dir
}

// dvcRemoteOf is a remote of DVC's as one of ours, checked like any other.
func (f *foreign) dvcRemoteOf(c *dvcConfig, name string) (*config.Remote, error) {
	text, r, err := c.place(name, 5)
	if err != nil {
		return nil, err
	}
	u, err := config.ParseURL(text, "")
	if err != nil {
		return nil, fmt.Errorf("its remote %s cannot be used: %s", name, plainText(err))
	}
	committed := dvcBlock(u, text, r.options, config.Project)
	conf, err := f.p.readStrange(f.p.nowhere(), committed, dvcBlock(u, "", r.own, config.Local))
	if err != nil {
		return nil, fmt.Errorf("its remote %s cannot be used: %s", name, plainText(err))
	}
	out, ok := conf.Remote("dvc")
	if !ok {
		return nil, fmt.Errorf("its remote %s cannot be used", name)
	}
	return f.p.ownRemote(out), nil
}

// dvcBlock is a remote of DVC's in our configuration, without the options that the file of a scope cannot set.
func dvcBlock(u config.URL, text string, options map[string]string, scope config.Scope) []byte {
	var b strings.Builder
	b.WriteString("remote \"dvc\" {\n")
	if text != "" {
		fmt.Fprintf(&b, "  url = %s\n", config.Text(text))
	}
	b.WriteString("  options = {\n")
	for _, theirs := range sortedNames(options) {
		ours := dvcOptions[u.Scheme][theirs]
		if ours == "" {
			continue
		}
		if _, problem := config.CheckOption(u, ours, scope); problem == "" {
			fmt.Fprintf(&b, "    %s = %s\n", ours, config.Text(options[theirs]))
		}
	}
	b.WriteString("  }\n}\n")
	return []byte(b.String())
}

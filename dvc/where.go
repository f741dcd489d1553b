package dvc

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Place is where a remote is: at a URL, or, without a scheme, in a directory of this machine.
type Place struct {
	Scheme string
	URL    string  // ssh:// is spelled sftp://, with the user and the port that are configured
	Remote *Remote // whose options count
}

// maxDepth is how many remotes may be in terms of one another.
const maxDepth = 5

// Where says where a remote is. The error is for a person.
func (c *Config) Where(name string) (Place, error) { return c.where(name, maxDepth) }

func (c *Config) where(name string, depth int) (Place, error) {
	r := c.remotes[name]
	if r == nil || r.URL == "" {
		return Place{}, fmt.Errorf("its remote %s is configured nowhere", name)
	}
	scheme, rest, ok := strings.Cut(r.URL, "://")
	switch {
	case !ok:
		return r.directory(r.URL)
	case scheme == "file":
		return r.directory(rest)
	case scheme == "remote":
		if depth == 0 {
			return Place{}, fmt.Errorf("its remote %s is in terms of itself", name)
		}
		other, sub, _ := strings.Cut(rest, "/")
		p, err := c.where(other, depth-1)
		p.URL = strings.TrimSuffix(p.URL, "/") + "/" + sub
		return p, err
	case scheme == "ssh":
		return Place{"sftp", "sftp://" + withUser(rest, r.setting("user"), r.setting("port")), r}, nil
	case scheme == "webdav" || scheme == "webdavs":
		return Place{scheme, scheme + "://" + withUser(rest, r.setting("user"), ""), r}, nil
	}
	return Place{scheme, r.URL, r}, nil
}

func (r *Remote) directory(at string) (Place, error) {
	if !filepath.IsAbs(filepath.FromSlash(at)) && r.base == "" {
		return Place{}, fmt.Errorf("its remote %s is the directory %s, which is relative to where the project lies, and that is not on this machine", r.Name, r.URL)
	}
	return Place{URL: absolute(r.base, at), Remote: r}, nil
}

func (r *Remote) setting(name string) string {
	if v := r.Own[name]; v != "" {
		return v
	}
	return r.Options[name]
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

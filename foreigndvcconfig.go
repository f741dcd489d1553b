package dewar

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/fs"
)

// dvcConfiguration reads what is configured for the project of DVC at top: the person's own file, the
// committed one, and of a directory of this machine its local one.
func (f *stranger) dvcConfiguration(top string) *dvc.Config {
	c := &dvc.Config{}
	if at := userConfig(f.p.host); at != "" {
		f.dvcFile(c, filepath.Join(filepath.Dir(filepath.Dir(at)), "dvc"), dvc.ConfigFile)
	}
	dir := ""
	if f.root != "" {
		dir = filepath.Join(hostJoin(f.root, top), dvc.Dir)
	}
	if b, err := f.View.ReadFile(path.Join(top, dvc.Dir, dvc.ConfigFile)); err == nil {
		c.Read(b, dir, true)
	}
	if dir != "" {
		f.dvcFile(c, dir, dvc.LocalConfigFile)
	}
	return c
}

// dvcFile reads a file of configuration of this machine, if there is one.
func (f *stranger) dvcFile(c *dvc.Config, dir, name string) {
	if b, err := fs.ReadFile(f.p.host.FS, filepath.Join(dir, name)); err == nil {
		c.Read(b, dir, false)
	}
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

// dvcURL spells where a remote is as dewar does. The error is for a person.
func dvcURL(p dvc.Place) (string, error) {
	if u, err := url.Parse(p.URL); err == nil && u.User != nil && p.Scheme == "azure" { // azure://container@account…/path
		return "", fmt.Errorf("its remote %s is at %s, and a container is written azure://container/path", p.Remote.Name, config.Redact(p.Remote.URL))
	}
	if _, ok := dvcOptions[p.Scheme]; !ok && p.Scheme != "" {
		return "", fmt.Errorf("its remote %s is at a %s:// place, which dewar does not reach. There are: %s", p.Remote.Name, p.Scheme, strings.Join(config.Schemes(), ", "))
	}
	return p.URL, nil
}

// dvcRemoteOf is a remote of DVC's as one of ours, checked like any other.
func (f *stranger) dvcRemoteOf(c *dvc.Config, name string) (*config.Remote, error) {
	at, err := c.Where(name)
	if err != nil {
		return nil, err
	}
	text, err := dvcURL(at)
	if err != nil {
		return nil, err
	}
	u, err := config.ParseURL(text, "")
	if err != nil {
		return nil, fmt.Errorf("its remote %s cannot be used: %s", name, plainText(err))
	}
	committed := dvcBlock(u, text, at.Remote.Options, config.Project)
	conf, err := f.p.readStrange(f.p.nowhere(), committed, dvcBlock(u, "", at.Remote.Own, config.Local))
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

package dewar

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/store"
)

// ConfigPlaces says where the files are that configure the project at root; with
// root "", only the user's own.
func ConfigPlaces(h Host, root string) config.Places {
	p := config.Places{Root: root, User: userConfig(h)}
	if root != "" {
		p.Dir = filepath.Join(root, Dir)
	}
	return p
}

// userConfig is where the user's own configuration is; "" if there is no place for it.
func userConfig(h Host) string {
	if h.LookupEnv == nil {
		return ""
	}
	for _, at := range []struct{ variable, below string }{
		{"XDG_CONFIG_HOME", ""}, {"HOME", ".config"}, {"AppData", ""},
	} {
		if dir, ok := h.LookupEnv(at.variable); ok && filepath.IsAbs(dir) {
			return filepath.Join(dir, at.below, "dewar", config.ProjectFile)
		}
	}
	return ""
}

// ReadConfig reads what is configured for the project at root. With errors in
// the list it is what could be understood.
func ReadConfig(h Host, root string) (*config.Config, diag.List) {
	return config.Read(h.FS, ConfigPlaces(h, root))
}

// Config returns what is configured. It must not be changed.
func (p *Project) Config() *config.Config { return p.config }

// configure reads the configuration.
func (p *Project) configure() error {
	c, ds := ReadConfig(p.host, p.Root)
	if err := ds.Err(); err != nil {
		return err
	}
	p.config = c
	for _, d := range ds {
		p.warn(d)
	}
	if len(c.Data) > 0 {
		if err := p.ownFile(); err != nil {
			return err
		}
	}
	return nil
}

// ownFile makes sure that config.local.hcl is this machine's and not what Git
// brought: it is believed where the committed file is not.
func (p *Project) ownFile() error {
	name := p.path(config.LocalFile)
	if !exists(p.host.FS, name) || p.host.Command == nil || !p.inGit() {
		return nil
	}
	out, err := p.host.Command(context.Background(), []string{"git", "-C", p.path(), "ls-files", "--", config.LocalFile})
	if err != nil || len(out) == 0 {
		return nil // no git here: then nothing came by it
	}
	return failure(diag.Diagnostic{
		Code:   "E-config-tracked",
		Detail: fmt.Sprintf("Git tracks %s/%s. It says what only you may say (what runs commands, where credentials go, what may be read outside of the project), and in Git it may be anybody's. Look at it, and take it out: git rm --cached %s/%s", Dir, config.LocalFile, Dir, config.LocalFile),
	})
}

// cacheDir is where the store is.
func (p *Project) cacheDir() string {
	if p.config != nil && p.config.Cache.Dir != "" {
		return p.config.Cache.Dir
	}
	return p.path("cache")
}

// openStore opens the store. That of other projects as well is registered in,
// so that their collections spare what this project needs.
func (p *Project) openStore() (err error) {
	dir := p.cacheDir()
	own := dir == p.path("cache")
	if !own && !exists(p.host.FS, dir) && !exists(p.host.FS, filepath.Dir(dir)) {
		return p.explainCache(fmt.Errorf("there is no directory %s to make it in (is it mounted?)", filepath.Dir(dir)))
	}
	if other := p.notCache(dir); !own && other != "" {
		return failure(diag.Diagnostic{
			Code:   "E-cache-dir",
			Detail: fmt.Sprintf("The configured cache %s cannot be used: it is no cache, and has %s in it. A collection removes files in a cache, so it needs a directory of its own: name an empty one, or one that is not there yet.", dir, other),
		})
	}
	p.store, err = store.Open(p.host.FS, filepath.ToSlash(dir), store.Options{Now: p.host.Now, Corrupt: p.corrupt})
	if err != nil && !own && isPermission(err) {
		return p.explainCache(err)
	}
	if err == nil && !own {
		p.register(dir)
	}
	return err
}

// notCache returns the first name in a directory that no cache would have; "" if it may be one, is empty or
// is not there.
func (p *Project) notCache(dir string) string {
	if exists(p.host.FS, filepath.Join(dir, "version")) {
		return "" // the store says whether it is of its layout
	}
	entries, err := p.host.FS.ReadDir(dir)
	if err != nil {
		return "" // opening it says why
	}
	for _, e := range entries {
		switch e.Name {
		case "cas", "ac": // a disk cache of Bazel
		case "tmp", "lost+found": // one that was begun; the root of a disk
		default:
			return e.Name
		}
	}
	return ""
}

func (p *Project) explainCache(err error) error {
	return failure(diag.Diagnostic{
		Code:   "E-cache-dir",
		Detail: fmt.Sprintf("The configured cache %s cannot be used: %v. A directory that several users share must be writable for their group: chgrp -R GROUP %s && chmod -R g+ws %s. To go on without it, take dir out of the cache block.", p.cacheDir(), err, p.cacheDir(), p.cacheDir()),
	})
}

package dewar

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// readStrange reads configuration that may be a stranger's, as that of a project at root. What is believed
// of a stranger is what would be of a committed file; the user's own file gives credentials to what it
// names.
func (p *Project) readStrange(root string, committed, local []byte) (*config.Config, error) {
	places := ConfigPlaces(p.host, root)
	copies := map[string][]byte{places.Path(config.Project): committed, places.Path(config.Local): local}
	if places.User != "" {
		if b, err := fs.ReadFile(p.host.FS, places.User); err == nil {
			copies[places.User] = b
		}
	}
	mem := fs.Memory()
	for _, at := range slices.Sorted(maps.Keys(copies)) {
		if copies[at] == nil {
			continue
		}
		if err := mem.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			return &config.Config{}, err
		}
		if err := fs.WriteFile(mem, at, copies[at]); err != nil {
			return &config.Config{}, err
		}
	}
	c, ds := config.Read(mem, places)
	return c, ds.Err()
}

// nowhere is what a relative path of a clone's configuration is relative to: there is nothing there.
func (p *Project) nowhere() string { return p.path("projects", "none") }

// configuration is what the project has committed. Of a directory of this machine that is
// read as it lies, its own file counts as well.
func (s *dewarSource) configuration() (*config.Config, error) {
	text, err := s.View.ReadFile(path.Join(s.top, Dir, config.ProjectFile))
	if err != nil && !isNotExist(err) {
		return &config.Config{}, err
	}
	root := s.p.nowhere()
	var local []byte
	if s.root != "" {
		root = hostJoin(s.root, s.top)
		local = s.localFile(root)
	}
	c, err := s.p.readStrange(root, text, local)
	if err != nil {
		return c, fmt.Errorf("its %s/%s cannot be used: %s", Dir, config.ProjectFile, plainText(err))
	}
	return c, nil
}

// localFile is config.local.hcl of a project on this machine, unless Git brought it there.
func (s *dewarSource) localFile(root string) []byte {
	other := &Project{host: s.p.host, Root: root}
	if other.ownFile() != nil {
		return nil
	}
	b, err := fs.ReadFile(s.p.host.FS, other.path(config.LocalFile))
	if err != nil {
		return nil
	}
	return b
}

// ownRemote is the remote of this project that is the same place as r, if there is one: it may have
// what proves who we are.
func (p *Project) ownRemote(r *config.Remote) *config.Remote {
	for i := range p.config.Remotes {
		if own := &p.config.Remotes[i]; own.Binding() == r.Binding() && own.Moved == "" {
			return own
		}
	}
	return r
}

// foreignFailure says what went wrong with a remote of another project. What helps with ours does not help here: a
// login is found by the url.
func foreignFailure(name string, r *config.Remote, err error) string {
	var said *diag.Failure
	if errors.As(err, &said) {
		return plainText(err)
	}
	text := fmt.Sprintf("its remote %s (%s) failed: %s", name, r.URL, strings.TrimRight(err.Error(), "."))
	if errors.Is(err, remote.ErrCredentials) || errors.Is(err, remote.ErrDenied) {
		text += fmt.Sprintf("; a login that is kept for the same url is used: dewar remote add %s %s && dewar remote login %s", name, r.URL, name)
	}
	return text
}

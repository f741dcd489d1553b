package dewar

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
	"github.com/dewar-build/dewar/store/remote/program"
)

// RemoteProgram is the variable of the environment that names the program that
// reaches remotes, in place of the one beside dewar or on PATH.
const RemoteProgram = "DEWAR_REMOTE"

// RemotePlace is a remote that is open.
type RemotePlace struct {
	remote.Named
	Config *config.Remote
}

// Options returns how the remote is configured to be used.
func (r *RemotePlace) Options() remote.Options {
	o := remote.Options{Parallel: r.Config.Parallel}
	if r.Config.Packs != nil {
		o.Packs = map[bool]remote.Packs{true: remote.PacksAlways, false: remote.PacksNever}[*r.Config.Packs]
	}
	return o
}

// Close ends what reaches the remote.
func (r *RemotePlace) Close() error { return r.Place.Close() }

// Remote returns a remote that is configured; with the name "", the default.
func (p *Project) Remote(name string) (*config.Remote, error) { return RemoteNamed(p.config, name) }

// RemoteNamed returns a remote of a configuration; with the name "", the default.
func RemoteNamed(c *config.Config, name string) (*config.Remote, error) {
	if name == "" {
		if r, ok := c.Default(); ok {
			return r, nil
		}
		if len(c.Remotes) > 0 {
			return nil, failure(diag.Diagnostic{Code: "E-remote-missing", Detail: "Several remotes are configured and none is the default: name one, or choose with `dewar remote default NAME`. There are: " + strings.Join(c.Names(), ", ") + "."})
		}
		return nil, failure(diag.Diagnostic{Code: "E-remote-missing", Detail: "No remote is configured. `dewar remote add NAME URL` adds one; a directory will do: `dewar remote add origin /mnt/share/store`."})
	}
	if r, ok := c.Remote(name); ok {
		return r, nil
	}
	d := diag.Diagnostic{Code: "E-remote-missing", Detail: fmt.Sprintf("There is no remote %s.", name)}
	if len(c.Remotes) == 0 {
		d.Detail += " None is configured: `dewar remote add NAME URL` adds one."
	} else {
		d.Detail += didYouMean(name, c.Names()) + " `dewar remote list` shows them."
	}
	return nil, failure(d)
}

// OpenRemote opens a remote; with the name "", the default. What needs another
// program starts it, and it ends with ctx at the latest. A remote that may only be read refuses to be written to.
func (p *Project) OpenRemote(ctx context.Context, name string) (*RemotePlace, error) {
	r, err := p.Remote(name)
	if err != nil {
		return nil, err
	}
	if r.Guarded() {
		if err := p.ownFile(); err != nil {
			return nil, err
		}
	}
	place, err := openPlace(ctx, p.host, r)
	if err != nil {
		return nil, RemoteFailure(r, "opening it", err)
	}
	if r.ReadOnly {
		place = onlyRead(place)
	}
	at := &RemotePlace{Named: remote.Named{Name: r.Name, Place: place}, Config: r}
	if r.URL.IsDirectory() {
		at.Directory = r.URL.Path
	}
	return at, nil
}

func openPlace(ctx context.Context, h Host, r *config.Remote) (remote.Place, error) {
	if r.URL.IsDirectory() {
		return dir.New(h.FS, r.URL.Path), nil
	}
	if r.Moved != "" {
		return nil, failure(diag.Diagnostic{
			Code: "E-remote-moved", Subject: fmt.Sprintf("remote %q", r.Name), Span: r.Span,
			Detail: fmt.Sprintf("The credentials that are kept for %s were given for\n    %s\nand now it is\n    %s\nThey were not sent there. If that is where they belong, give them again: dewar remote login %s", r.Name, r.Moved, r.Binding(), r.Name),
		})
	}
	c, err := remoteCommand(h)
	if err != nil {
		return nil, err
	}
	return program.Open(ctx, c, program.At{URL: r.URL.Text, Options: r.Options, Secrets: r.Secrets.Reveal()})
}

// remoteCommand is the program that reaches remotes which are no directories.
func remoteCommand(h Host) (program.Command, error) {
	if h.LookupEnv != nil {
		if path, ok := h.LookupEnv(RemoteProgram); ok && path != "" {
			if !filepath.IsAbs(path) {
				return program.Command{}, noProgram(fmt.Sprintf("%s is %s, and has to be an absolute path.", RemoteProgram, path))
			}
			return program.Command{Path: path}, nil
		}
	}
	path, err := program.Find(h.Self)
	if errors.Is(err, iofs.ErrNotExist) {
		return program.Command{}, noProgram(fmt.Sprintf("Places other than directories are reached by a second program, and %s. Put it there, or name it in %s.", program.Name+" is neither beside "+h.Self+" nor in a directory of PATH", RemoteProgram))
	}
	return program.Command{Path: path}, err
}

func noProgram(detail string) error {
	return failure(diag.Diagnostic{Code: "E-remote-program", Detail: detail})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config/configmap"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/wire"
)

// program is what wire.Serve serves.
type program struct {
	getenv func(string) string
	home   string // the user's
}

func (p *program) Name() string { return name() }

// Open opens the place of a url. What it takes is done beside, because rclone
// does not always listen to a context here, and keeps the one that it is given.
func (p *program) Open(ctx context.Context, r wire.Request) (remote.Place, error) {
	type opened struct {
		place *place
		err   error
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan opened, 1)
	go func() {
		place, err := p.open(life, r)
		done <- opened{place, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			end()
			return nil, explain(o.err)
		}
		o.place.end = end
		return o.place, nil
	case <-ctx.Done():
		end()
		return nil, ctx.Err()
	}
}

func (p *program) open(ctx context.Context, r wire.Request) (*place, error) {
	at, err := parse(r.URL)
	if err != nil {
		return nil, err
	}
	if at.kind.scheme == schemeRclone {
		return p.openConfigured(ctx, at, r)
	}
	info, err := fs.Find(at.kind.rclone)
	if err != nil {
		return nil, err
	}
	given := maps.Clone(r.Options)
	if given == nil {
		given = map[string]string{}
	}
	for name, value := range r.Secrets {
		if _, twice := given[name]; twice {
			return nil, misconfigured("%s is among the options and among the secrets; it belongs in one of them", name)
		}
		given[name] = value
	}
	given, err = p.settle(at, info, given)
	if err != nil {
		return nil, err
	}
	pl := &place{kind: at.kind, prefix: at.prefix, traits: at.kind.traits}
	if pl.fs, err = newFs(ctx, info, at, given, nil); err != nil {
		return nil, err
	}
	pl.getter = pl.fs
	if len(at.kind.get) > 0 {
		if pl.getter, err = newFs(ctx, info, at, given, at.kind.get); err != nil {
			return nil, err
		}
	}
	pl.ready()
	return pl, nil
}

// settle adds what the url, the environment and the backend's defaults say to
// the options that were given, and checks and hides them as rclone wants it.
func (p *program) settle(at location, info *fs.RegInfo, given map[string]string) (map[string]string, error) {
	if err := check(info, at.kind, given); err != nil {
		return nil, err
	}
	for name, value := range at.options {
		if other, both := given[name]; both && other != value {
			return nil, misconfigured("the url says that %s is %q, and the options say %q", name, value, other)
		}
		given[name] = value
	}
	if at.kind.surroundings != nil {
		if err := at.kind.surroundings(p, given); err != nil {
			return nil, err
		}
	}
	for name, value := range at.kind.defaults {
		if _, set := given[name]; !set {
			given[name] = value
		}
	}
	return obscured(info, given)
}

// newFs makes rclone's view of the place. Only what is given counts, then what
// rclone takes without: neither its environment variables nor its configuration file.
func newFs(ctx context.Context, info *fs.RegInfo, at location, given, more map[string]string) (fs.Fs, error) {
	m := configmap.New()
	m.AddGetter(configmap.Simple(more), configmap.PriorityNormal)
	m.AddGetter(configmap.Simple(given), configmap.PriorityNormal)
	m.AddGetter(defaultsOf(info), configmap.PriorityDefault)
	f, err := info.NewFs(ctx, "dewar", at.root, m)
	if errors.Is(err, fs.ErrorIsFile) {
		return nil, misconfigured("there is a file at the url; it has to be a directory")
	}
	return f, err
}

func defaultsOf(info *fs.RegInfo) configmap.Simple {
	m := configmap.Simple{}
	for i := range info.Options {
		if o := &info.Options[i]; m[o.Name] == "" {
			m[o.Name] = o.String()
		}
	}
	return m
}

// misconfigured is an error in what the person wrote.
func misconfigured(format string, args ...any) error {
	return fmt.Errorf("%w: %s", remote.ErrConfig, fmt.Sprintf(format, args...))
}

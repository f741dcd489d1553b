package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config"
	"github.com/rclone/rclone/fs/config/configfile"

	"github.com/dewar-build/dewar/store/remote/wire"
)

// openConfigured opens a remote of the user's rclone configuration. Only its
// name comes from us: options could make another remote of it.
func (p *program) openConfigured(ctx context.Context, at location, r wire.Request) (*place, error) {
	if len(r.Options)+len(r.Secrets) > 0 {
		return nil, misconfigured("the options and secrets of a remote of rclone are in rclone's configuration, not here")
	}
	if file := p.getenv("RCLONE_CONFIG"); file != "" {
		if err := config.SetConfigPath(file); err != nil {
			return nil, err
		}
	}
	configfile.Install()
	names := config.LoadedData().GetSectionList()
	if !slices.Contains(names, at.root) {
		return nil, misconfigured("rclone has no remote %q%s", at.root, suggest(at.root, names))
	}
	if err := linked(at.root); err != nil {
		return nil, err
	}
	f, err := fs.NewFs(ctx, at.root+":"+slashed(at.prefix))
	switch {
	case errors.Is(err, fs.ErrorIsFile):
		return nil, misconfigured("there is a file at the url; it has to be a directory")
	case err != nil:
		return nil, err
	}
	pl := &place{kind: at.kind, fs: f, getter: f, traits: at.kind.traits}
	// What is no cloud's store of objects may show a put while it goes on, and
	// is rarely fast.
	features := f.Features()
	pl.traits.Packs = !features.BucketBased && !features.IsLocal
	pl.renameable = !features.BucketBased && !features.DuplicateFiles
	pl.ready()
	return pl, nil
}

// linked says that a remote is of a type that this program was built without.
func linked(name string) error {
	typ, _ := config.LoadedData().GetValue(name, "type")
	if _, err := fs.Find(typ); err == nil {
		return nil
	}
	var known []string
	for _, info := range fs.Registry {
		if !info.Hide {
			known = append(known, info.Name)
		}
	}
	slices.Sort(known)
	return misconfigured("rclone's remote %q is of the type %q, which is not among those of this program: %s", name, typ, strings.Join(known, ", "))
}

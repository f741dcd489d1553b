package dewar

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// Fetch brings into the cache what it lacks of what o names, from the first remote that has it. With
// o.Results it believes the remotes' action results: whether it may is for the caller to know. hold, if
// not nil, keeps what came from being collected until it is released.
func (p *Project) Fetch(ctx context.Context, ev *Evaluation, from []*RemotePlace, o ShareOptions, hold *remote.Hold) (*ShareReport, error) {
	names := o.Experiments
	o.Experiments = nil
	if len(names) == 0 || len(o.Select) > 0 {
		return p.fetchShares(ctx, ev, from, o, names, hold)
	}
	sh := &shares{seen: map[digest.Content]bool{}, acted: map[digest.Digest]bool{}}
	return p.fetchInto(ctx, sh, from, o, names, hold)
}

func (p *Project) fetchShares(ctx context.Context, ev *Evaluation, from []*RemotePlace, o ShareOptions, names []string, hold *remote.Hold) (*ShareReport, error) {
	sh, err := p.shares(ctx, ev, o)
	if err != nil {
		return nil, err
	}
	return p.fetchInto(ctx, sh, from, o, names, hold)
}

// fetchInto fetches what sh names and the experiments of the names: their records first, which say what
// else there is to fetch.
func (p *Project) fetchInto(ctx context.Context, sh *shares, from []*RemotePlace, o ShareOptions, names []string, hold *remote.Hold) (*ShareReport, error) {
	var came []string
	if len(names) > 0 {
		var err error
		if came, err = p.fetchRecords(ctx, from, o, names); err != nil {
			return nil, err
		}
		if err := p.experimentShares(sh, ".", came); err != nil {
			return nil, err
		}
		sh.records = nil // they are here
	}
	opt := o.transfer(from...)
	opt.Hold = hold
	done, err := remote.Fetch(ctx, p.store, placesOf(from), sh.request(p, o), opt)
	rep := sh.report(&done, placeNames(from)...)
	rep.Names += len(came)
	rep.Experiments = append(rep.Experiments, came...)
	p.warnCorrupt(done.Corrupt)
	if len(rep.Missing) > 0 {
		p.warnEmpty(from, done.Empty)
	}
	if err != nil {
		return rep, failedPlaces(from, "fetching from it", done.Down, err)
	}
	return rep, nil
}

// fetchRecords fetches the records of experiments and returns the names that they have here.
func (p *Project) fetchRecords(ctx context.Context, from []*RemotePlace, o ShareOptions, names []string) ([]string, error) {
	ids, err := p.remoteExperiments(ctx, from, o)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, "*") {
		if ids, err = pickExperiments(ids, names); err != nil {
			return nil, err
		}
	}
	dir, remove, err := p.store.TempDir()
	if err != nil {
		return nil, err
	}
	defer func() { _ = remove() }()
	var req remote.Request
	for _, id := range ids {
		req.Records = append(req.Records, remote.Record{
			Name: recordObject(id), File: hostJoin(dir, id), Check: func(b []byte) error { return checkRecord(id, b) },
		})
	}
	opt := o.transfer(from...)
	opt.DryRun, opt.Progress = false, nil // small, and without them nothing is known
	done, err := remote.Fetch(ctx, p.store, placesOf(from), req, opt)
	if err != nil {
		return nil, failedPlaces(from, "fetching experiments from it", done.Down, err)
	}
	var came []string
	for i, out := range done.Records {
		if !out.Complete {
			p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-experiment-unreadable", Detail: fmt.Sprintf("The record of experiment %s at the remote cannot be used: %v.", ids[i], out.Err)})
			continue
		}
		b, err := fs.ReadFile(p.host.FS, req.Records[i].File)
		if err != nil {
			return nil, err
		}
		name, err := p.history().Adopt(ids[i], b)
		if err != nil {
			return nil, err
		}
		came = append(came, name)
	}
	return came, nil
}

// checkRecord says what is wrong with a record that somebody else has made: it is told here, for one that
// cannot be used is no reason not to bring the others.
func checkRecord(id string, b []byte) error {
	r, err := exp.CheckRecord(id, b)
	if err != nil {
		return err
	}
	if _, err := contentsOf(r); err != nil {
		return err
	}
	for _, s := range r.Sources {
		if at, err := fs.CleanProjectPath(".", s.Path); err != nil || at != s.Path || fs.Reserved(at) != "" {
			return fmt.Errorf("it says that it was made of %q, which is no file of a project's own", s.Path)
		}
	}
	return nil
}

// remoteExperiments returns the ids of the experiments at the first remote that answers, sorted.
func (p *Project) remoteExperiments(ctx context.Context, from []*RemotePlace, o ShareOptions) ([]string, error) {
	var down []remote.Down
	var last error
	for _, at := range from {
		objects, err := p.listExperiments(ctx, at, o)
		if err != nil {
			down, last = append(down, remote.Down{Place: at.Name, Err: err}), err
			continue
		}
		var ids []string
		for _, obj := range objects {
			if id, ok := strings.CutSuffix(path.Base(obj.Name), ".json"); ok && obj.Name == recordObject(id) {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		return ids, nil
	}
	return nil, failedPlaces(from, "listing its experiments", down, last)
}

// listExperiments lists the records at a remote, which has to be one.
func (p *Project) listExperiments(ctx context.Context, at *RemotePlace, o ShareOptions) ([]remote.Object, error) {
	if _, err := remote.Look(ctx, p.store, at.Named, o.transfer(at)); err != nil {
		return nil, err
	}
	return remote.List(ctx, at.Named, "exp", o.transfer(at))
}

// pickExperiments returns the ids of the names: an id ends with the name that the experiment had when it
// was recorded. Of several with one name the newest counts.
func pickExperiments(ids, names []string) ([]string, error) {
	var out, known []string
	for _, id := range ids {
		known = append(known, nameInID(id))
	}
	for _, name := range names {
		found := ""
		for i, id := range ids {
			if id == name || known[i] == name {
				found = id
			}
		}
		if found == "" {
			d := diag.Diagnostic{Code: "E-experiment-missing", Detail: fmt.Sprintf("The remote has no experiment %s.", name)}
			if len(known) == 0 {
				d.Detail += " It has none; `dewar push --experiments` brings yours there."
			} else {
				d.Detail += didYouMean(name, known)
			}
			return nil, failure(d)
		}
		out = append(out, found)
	}
	return out, nil
}

// nameInID is the name in an id, which begins with the moment of its record.
func nameInID(id string) string {
	const moment = len("20060102-150405.000000000-")
	if len(id) <= moment {
		return id
	}
	return id[moment:]
}

// warnCorrupt warns of what came and was not what its name says.
func (p *Project) warnCorrupt(list []remote.Corrupt) {
	for _, c := range list {
		detail := fmt.Sprintf("What %s has as %s is not what its name says: %s.", c.Place, c.Object, c.Detail)
		if c.Kept != "" {
			detail += " The bytes are kept in " + c.Kept + "."
		}
		p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-remote-corrupt", Detail: detail + " It counts as missing there. To mend it, remove it there and run `dewar push --recheck` where the right bytes are."})
	}
}

// warnEmpty warns of remotes that were to give something and have never had anything.
func (p *Project) warnEmpty(from []*RemotePlace, names []string) {
	for _, r := range from {
		if slices.Contains(names, r.Name) {
			p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-remote-empty", Detail: fmt.Sprintf("Nothing was ever pushed to %s (%s). `dewar push` where the results are brings them there; if they are there already, look at the url, and at whether its disk is mounted.", r.Name, r.Config.URL)})
		}
	}
}

// placesOf are the places of remotes.
func placesOf(list []*RemotePlace) []remote.Named {
	out := make([]remote.Named, len(list))
	for i, r := range list {
		out[i] = r.Named
	}
	return out
}

func placeNames(list []*RemotePlace) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Name
	}
	return out
}

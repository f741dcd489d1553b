package dewar

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// ShareReport is what Push or Fetch did.
type ShareReport struct {
	Remotes     []string // that were asked
	Names       int      // of what was to be shared: outputs, data, experiments
	Moved       remote.Count
	Present     remote.Count
	Results     int // action results that are there now
	Withheld    int // action results that stay here: they depend on this machine's programs
	Experiments []string
	Missing     []MissingShare
	Corrupt     []remote.Corrupt
	Down        []remote.Down
}

// MissingShare is something that could not be shared, for it is not there.
type MissingShare struct {
	Shared
	Lacks int64 // how many blobs
	Why   string
}

// Push brings to a remote what it lacks of what o names. What the cache has lost but the
// workspace still holds is taken in again first.
func (p *Project) Push(ctx context.Context, ev *Evaluation, to *RemotePlace, o ShareOptions) (*ShareReport, error) {
	sh, err := p.shares(ctx, ev, o)
	if err != nil {
		return nil, err
	}
	if err := p.takeAgain(ctx, ev, sh); err != nil {
		return nil, err
	}
	withheld, err := p.withhold(sh, o)
	if err != nil {
		return nil, err
	}
	req := sh.request(p, o)
	done, err := remote.Push(ctx, p.store, to.Named, req, o.transfer(to))
	rep := sh.report(&done, to.Name)
	rep.Withheld = withheld
	if err != nil {
		return rep, RemoteFailure(to.Config, "pushing to it", err)
	}
	return rep, nil
}

// withhold drops the results that are no use to others: those of commands that used programs of this
// machine which no toolchain pins. It returns how many there are.
func (p *Project) withhold(sh *shares, o ShareOptions) (n int, err error) {
	if !o.Results {
		return 0, nil
	}
	kept := sh.actions[:0]
	for _, key := range sh.actions {
		e, err := p.store.SharedEntry(key)
		switch {
		case err != nil:
			return n, err
		case e == nil: // it is not shared at all, or the cache has lost it
		case !e.Result.Hostless:
			n++
		default:
			kept = append(kept, key)
		}
	}
	sh.actions = kept
	return n, nil
}

// transfer is what a transfer is to know of o. Of several remotes the first says how it likes to be used.
func (o *ShareOptions) transfer(at ...*RemotePlace) remote.Options {
	opt := remote.Options{}
	if len(at) > 0 {
		opt = at[0].Options()
	}
	if o.Parallel > 0 {
		opt.Parallel = o.Parallel
	}
	opt.Recheck, opt.DryRun, opt.Progress = o.Recheck, o.DryRun, o.Progress
	return opt
}

// takeAgain takes into the store what a lock of the workspace names, the cache does not have, and
// the workspace holds: tracked data that was bound where it is, and what a cache lost. It does so in a
// dry run as well: how much is to be moved is not known otherwise, and it costs no more than a run.
func (p *Project) takeAgain(ctx context.Context, ev *Evaluation, sh *shares) error {
	var s *session
	for _, it := range sh.list {
		if it.At != "" || it.Path == "" || p.store.HasAll(it.Content) {
			continue
		}
		if s == nil {
			var diags diag.List
			if s, diags = p.newSession(ctx, ev, nil, false); diags.HasErrors() {
				return diags.Err()
			}
		}
		for _, pair := range [][2]*fs.Scanner{{s.hash, s.scan}, {s.outputs.hash, s.outputs.take}} {
			if now, err := pair[0].Content(ctx, it.Path); err != nil || now != it.Content {
				continue
			}
			if _, err := pair[1].Content(ctx, it.Path); err != nil {
				return fmt.Errorf("take %s into the cache: %w", it.Path, err)
			}
			break
		}
	}
	if s == nil {
		return nil
	}
	return p.index.Save()
}

// request is what a transfer is asked for.
func (sh *shares) request(p *Project, o ShareOptions) remote.Request {
	req := remote.Request{Roots: make([]digest.Content, 0, len(sh.list))}
	for _, s := range sh.list {
		req.Roots = append(req.Roots, s.Content)
	}
	if o.Results {
		req.Results = sh.actions
	}
	for _, r := range sh.records {
		req.Records = append(req.Records, remote.Record{Name: recordObject(r.row.ID), File: p.history().RecordPath(r.row.ID), Needs: r.needs})
	}
	return req
}

// recordObject is what the record of an experiment is called at a remote.
func recordObject(id string) string { return "exp/" + id + ".json" }

// report says in the words of the project what became of a request.
func (sh *shares) report(done *remote.Report, remotes ...string) *ShareReport {
	rep := &ShareReport{
		Remotes: remotes, Names: len(sh.list) + len(sh.records), Moved: done.Moved, Present: done.Present,
		Experiments: []string{}, Missing: []MissingShare{}, Corrupt: done.Corrupt, Down: done.Down,
	}
	for i, o := range done.Roots {
		if !o.Complete {
			rep.Missing = append(rep.Missing, missingShare(sh.list[i], o))
		}
	}
	for _, o := range done.Results {
		if o.Complete {
			rep.Results++
		}
	}
	for i, o := range done.Records {
		row := sh.records[i].row
		if o.Complete {
			rep.Experiments = append(rep.Experiments, row.Name)
			continue
		}
		rep.Missing = append(rep.Missing, missingShare(Shared{Of: row.Name}, o))
	}
	return rep
}

func missingShare(s Shared, o remote.Outcome) MissingShare {
	m := MissingShare{Shared: s, Lacks: o.Lacks}
	if o.Err != nil {
		m.Why = o.Err.Error()
	}
	return m
}

package dewar

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lock"
)

// CacheRepair is what was mended, and what is lost.
type CacheRepair struct {
	Copies  int         `json:"from_copies"` // blobs made again from executable copies
	Taken   []string    `json:"taken"`       // paths of the workspace that were taken in again
	Dropped int         `json:"dropped"`     // results that referred to what is not there
	Missing []LostThing `json:"missing"`
}

// LostThing is something that the lock names and that is nowhere here.
type LostThing struct {
	Of   string `json:"of"` // an instance, or data.NAME
	Path string `json:"path"`
	Mend string `json:"mend"` // the command that does
}

// RepairCache makes good what is missing in the cache, as far as this machine has it: from
// executable copies, and from outputs and tracked data in the workspace that are as the lock has
// them. Results that refer to what is not there are dropped.
func (p *Project) RepairCache(ctx context.Context, ev *Evaluation) (*CacheRepair, error) {
	rep := &CacheRepair{Taken: []string{}, Missing: []LostThing{}}
	var err error
	if rep.Copies, err = p.store.Restore(ctx); err != nil {
		return rep, err
	}
	l, diags := p.readLock(ev.Dir)
	if err := diags.Err(); err != nil {
		return rep, err
	}
	if err := p.takeMissing(ctx, ev, l, rep); err != nil {
		return rep, err
	}
	if rep.Dropped, err = p.store.DropIncomplete(ctx); err != nil {
		return rep, err
	}
	return rep, p.index.Save()
}

// takeMissing takes in from the workspace what a lock names and the store has not.
func (p *Project) takeMissing(ctx context.Context, ev *Evaluation, l *lock.Lock, rep *CacheRepair) error {
	s, diags := p.newSession(ctx, ev, nil, false)
	if err := diags.Err(); err != nil {
		return err
	}
	remotes := p.config != nil && len(p.config.Remotes) > 0
	for _, e := range l.Entries {
		for _, o := range e.Outputs {
			lost, err := s.takeLost(ctx, o.Path, o.Content, true, rep)
			if err != nil {
				return err
			}
			if lost {
				rep.Missing = append(rep.Missing, LostThing{e.Instance, o.Path, mend(remotes, "dewar run "+e.Instance, e.Instance)})
			}
		}
	}
	for _, d := range l.Data {
		if isExternal(d.Path) {
			continue
		}
		lost, err := s.takeLost(ctx, d.Path, d.Content, false, rep)
		if err != nil {
			return err
		}
		if lost {
			rep.Missing = append(rep.Missing, LostThing{"data." + d.Name, d.Path, mend(remotes, "dewar data update "+d.Name, "data."+d.Name)})
		}
	}
	return nil
}

func mend(remotes bool, here, name string) string {
	if remotes {
		return "dewar pull " + name
	}
	return here
}

// takeLost takes a path of the workspace in again, if the store lacks some of what it should hold. It
// is lost if the workspace holds something else.
func (s *session) takeLost(ctx context.Context, at string, c digest.Content, output bool, rep *CacheRepair) (lost bool, err error) {
	if s.p.store.HasAll(c) {
		return false, nil
	}
	taker := s.scan
	if output {
		taker, err = s.outputHolds(ctx, at, c)
	} else if now, herr := s.hash.Content(ctx, at); herr != nil || now != c {
		taker, err = (*fs.Scanner)(nil), ctx.Err()
	} else if !s.p.store.Noted(c) {
		return false, nil // it is bound from where it is, and never was in the cache
	}
	if err != nil || taker == nil {
		return taker == nil, err
	}
	if _, err := taker.Content(ctx, at); err != nil {
		return false, fmt.Errorf("take %s into the cache: %w", at, err)
	}
	rep.Taken = append(rep.Taken, at)
	return false, nil
}

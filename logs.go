package dewar

import (
	"context"
	"io"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// LastLog is what an instance wrote when it was last executed.
type LastLog struct {
	Ref     string
	Outcome string // "executed", "failed", "interrupted", or "" if it is only known from the cache
	Digest  digest.Digest
	Series  []Series // that it wrote, in the order of its outputs
}

// Logs returns the last logs of the selected instances; instances that never
// ran have none. A log that the cache has lost is left out.
func (p *Project) Logs(ctx context.Context, ev *Evaluation, selectors []string) ([]LastLog, error) {
	ids, l, err := p.lockedInstances(ev, selectors)
	if err != nil {
		return nil, err
	}
	last, err := p.lastRecords(ev.Dir)
	if err != nil {
		return nil, err
	}
	var out []LastLog
	for _, id := range ids {
		x := &ev.Graph.Instances[id]
		e := l.Entry(x.Ref())
		if r, ok := last[x.Ref()]; ok {
			one := LastLog{Ref: x.Ref(), Outcome: r.Outcome, Digest: r.Log}
			if one.Series = partialSeries(r); r.Outcome == "executed" {
				one.Series = lockedSeries(x, e)
			}
			out = append(out, one)
			continue
		}
		if e == nil {
			continue
		}
		if res, err := p.store.Result(e.Action); err == nil && res != nil {
			out = append(out, LastLog{x.Ref(), "", res.Log, lockedSeries(x, e)})
		}
	}
	return out, nil
}

// lastRecords returns the newest record of each instance of a pipeline.
func (p *Project) lastRecords(dir string) (map[string]InstanceRecord, error) {
	recs, err := p.Records(0)
	if err != nil {
		return nil, err
	}
	out := map[string]InstanceRecord{}
	for _, rec := range recs { // the newest first
		if rec.Dir != dir || rec.Sweep != "" { // of experiments, their own records know
			continue
		}
		for _, x := range rec.Instances {
			if _, ok := out[x.Instance]; !ok {
				out[x.Instance] = x
			}
		}
	}
	return out, nil
}

// CopyLog writes a log to w.
func (p *Project) CopyLog(w io.Writer, d digest.Digest) error {
	if d.IsZero() || d == digest.Empty {
		return nil
	}
	f, err := p.store.Open(d)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// Fixes returns what the last run of a pipeline found missing in declarations.
func (p *Project) Fixes(dir string) ([]Fix, error) {
	recs, err := p.Records(0)
	if err != nil {
		return nil, err
	}
	for _, rec := range recs {
		if rec.Dir != dir {
			continue
		}
		var out []Fix
		for _, x := range rec.Instances {
			if x.Fix != nil {
				out = append(out, *x.Fix)
			}
		}
		return out, nil
	}
	return nil, nil
}

// replayLog says again, line by line, what the command of a restored instance
// wrote when it ran. A log that the cache has lost says nothing.
func (s *session) replayLog(id graph.ID) {
	if !s.replay || s.look || s.progress == nil {
		return
	}
	res, err := s.p.store.Result(s.state[id].kept(&s.g.Instances[id]))
	if err != nil || res == nil {
		return
	}
	lines := newLog(s.p.host.FS, "", func(line string) { s.progress(id, line) })
	_ = s.p.CopyLog(lineWriter{lines}, res.Log)
	_ = lines.ended() // it is in memory
}

// lineWriter splits into lines without keeping anything.
type lineWriter struct{ *commandLog }

func (w lineWriter) Write(b []byte) (int, error) {
	w.lines(b)
	return len(b), nil
}

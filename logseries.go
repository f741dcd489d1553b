package dewar

import (
	"bytes"
	"fmt"
	"io"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// Series is a table that a command wrote line by line, as metrics or for a plot: all of
// it, or as much as there was when the command failed or was interrupted.
type Series struct {
	Path    string
	Digest  digest.Digest
	Partial bool // it is not an output: the command came to no result
}

// partialSeries are what was kept of an instance that came to no result.
func partialSeries(r InstanceRecord) []Series {
	var out []Series
	for _, k := range r.Partial {
		out = append(out, Series{k.Path, k.Digest, true})
	}
	return out
}

// lockedSeries are the series among the outputs of x, as the lock has them.
func lockedSeries(x *graph.Instance, e *lock.Entry) []Series {
	var out []Series
	for _, o := range x.Outputs {
		if e == nil || !isSeries(o) {
			continue
		}
		for _, known := range e.Outputs {
			if known.Path == o.Path && known.Content.Kind == digest.File {
				out = append(out, Series{Path: o.Path, Digest: known.Content.Digest})
			}
		}
	}
	return out
}

// IsSeries reports whether a project path is that of an output which is a series.
func (ev *Evaluation) IsSeries(path string) bool {
	for i := range ev.Graph.Instances {
		for _, o := range ev.Graph.Instances[i].Outputs {
			if o.Path == path && isSeries(o) {
				return true
			}
		}
	}
	return false
}

// CopySeries writes a series to w.
func (p *Project) CopySeries(w io.Writer, s Series) error {
	f, err := p.openSeries(s)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// CountRows returns how many rows a series has. A line that was not written to its end is
// no row of what is partial.
func (p *Project) CountRows(s Series) (int, error) {
	f, err := p.openSeries(s)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	t := newTail(p.host.FS, "", s.Path)
	buf := make([]byte, 32<<10)
	for {
		n, err := f.Read(buf)
		t.take(buf[:n])
		if err == io.EOF {
			if !s.Partial {
				t.whole()
			}
			return t.rows, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// openSeries opens a series: the store has it, or the workspace if it is an output.
func (p *Project) openSeries(s Series) (io.ReadCloser, error) {
	f, err := p.store.Open(s.Digest)
	if err == nil {
		return f, nil
	}
	if b, err := p.view.ReadFile(s.Path); err == nil && digest.Of(b) == s.Digest {
		return io.NopCloser(bytes.NewReader(b)), nil
	}
	return nil, fmt.Errorf("read %s: %w", s.Path, errGone)
}

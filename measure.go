package dewar

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/dewar-build/dewar/graph"
)

// maxMetrics is how large a file of metrics may be: it is read whole.
const maxMetrics = 64 << 20

// errAbsent says that an output is nowhere to be had.
var errAbsent = errors.New("it is not there")

// A reader gives the files of an output, be it one file or a directory of them:
// those of the workspace, of a commit, or of the store. Paths are below the
// output; that of a file that is the output is "".
type outputReader interface {
	files() ([]string, error) // sorted; errAbsent
	read(sub string) ([]byte, error)
}

// measured is what the metrics of an instance say.
type measured struct {
	metrics []exp.Metrics
	asserts []exp.Assert
}

// measure reads the metrics of x and checks its assertions. What cannot be read
// says so in its place.
func (p *Project) measure(x *graph.Instance, output func(i int) outputReader) measured {
	var m measured
	content := metricContents{}
	for i, o := range x.Outputs {
		if o.Group != graph.Metrics {
			continue
		}
		r := output(i)
		names, err := r.files()
		if err != nil {
			m.metrics = append(m.metrics, exp.Metrics{Path: o.Path, Instance: x.Ref(), Name: o.Name, Values: []exp.Measured{}, Error: sentence(err)})
			content.add(&o, nil, err)
			continue
		}
		for _, sub := range names {
			b, err := r.read(sub)
			m.metrics = append(m.metrics, metricsOf(x, &o, path.Join(o.Path, sub), b, err))
			if sub == "" {
				content.add(&o, b, err)
			}
		}
	}
	for _, a := range x.Asserts {
		m.asserts = append(m.asserts, checked(x, a, content))
	}
	return m
}

// metricsOf reads one file of metrics.
func metricsOf(x *graph.Instance, o *graph.Output, at string, b []byte, err error) exp.Metrics {
	m := exp.Metrics{Path: at, Instance: x.Ref(), Name: o.Name, Values: []exp.Measured{}, Maximize: o.Maximize, Minimize: o.Minimize}
	if err == nil {
		var leaves []metric.Leaf
		leaves, err = metric.Read(at, b)
		for _, l := range leaves {
			m.Values = append(m.Values, exp.Measured{Name: l.Name, Value: exp.JSONOf(l.Value)})
		}
	}
	if err != nil {
		m.Error = sentence(err)
	}
	return m
}

// metricContents are what assertions see of metrics: by name what the file holds, or the error that
// it cannot be read with.
type metricContents map[string]any

func (c metricContents) add(o *graph.Output, b []byte, err error) {
	if err == nil {
		c[o.Name], err = metric.Content(o.Path, b)
	}
	if err != nil {
		c[o.Name] = err
	}
}

// checked is the outcome of one assertion.
func checked(x *graph.Instance, a graph.Assert, content metricContents) exp.Assert {
	out := exp.Assert{Instance: x.Ref(), Condition: a.Condition}
	for _, name := range a.Metrics {
		v, ok := content[name]
		switch err, _ := v.(error); {
		case !ok:
			out.Error = fmt.Sprintf("metrics.%s cannot be read", name)
			return out
		case err != nil:
			out.Error = fmt.Sprintf("metrics.%s cannot be read: %s", name, sentence(err))
			return out
		}
	}
	ok, message, diags := eval.CheckAssert(a, content)
	if out.OK = ok && !diags.HasErrors(); out.OK {
		return out
	}
	if out.Error = message; len(diags) > 0 {
		out.Error = diags[0].Detail
	}
	return out
}

// sentence is what an error says, without the places of this machine that it
// may begin with.
func sentence(err error) string { return strings.TrimSuffix(err.Error(), ".") }

// stored are the files of a content of the store.
type stored struct {
	p *Project
	c digest.Content
}

func (s stored) files() ([]string, error) {
	switch s.c.Kind {
	case digest.File:
		return []string{""}, nil
	case digest.Directory:
		return s.below("", s.c.Digest)
	}
	return nil, errAbsent
}

func (s stored) below(prefix string, d digest.Digest) ([]string, error) {
	dir, err := s.p.store.Dir(d)
	if err != nil {
		return nil, errGone
	}
	var out []string
	for _, f := range dir.Files {
		out = append(out, path.Join(prefix, f.Name))
	}
	for _, sub := range dir.Dirs {
		more, err := s.below(path.Join(prefix, sub.Name), sub.Digest)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// errGone says that bytes are known by their digest alone.
var errGone = errors.New("its bytes are no longer in the cache; run it again")

func (s stored) read(sub string) ([]byte, error) {
	c := s.c
	if sub != "" {
		var err error
		if c, err = graph.Lookup(s.p.store.Dir, s.c, sub); err != nil {
			return nil, errGone
		}
	}
	if c.Digest.Size > maxMetrics {
		return nil, fmt.Errorf("it is larger than %d MiB", maxMetrics>>20)
	}
	b, err := s.p.store.ReadAll(c.Digest, maxMetrics)
	if err != nil {
		return nil, errGone
	}
	return b, nil
}

// lying are the files of an output in a view of the project: the workspace, or a commit.
type lying struct {
	view eval.Reader
	at   string
}

func (l lying) files() ([]string, error) {
	info, err := l.view.Lstat(l.at)
	switch {
	case isNotExist(err):
		return nil, errAbsent
	case err != nil:
		return nil, err
	case info.IsDir():
		return l.below("")
	}
	return []string{""}, nil
}

func (l lying) below(prefix string) ([]string, error) {
	entries, err := l.view.ReadDir(path.Join(l.at, prefix))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		sub := path.Join(prefix, e.Name)
		switch {
		case e.Type.IsDir():
			more, err := l.below(sub)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		case e.Type.IsRegular():
			out = append(out, sub)
		}
	}
	return out, nil
}

func (l lying) read(sub string) ([]byte, error) { return l.view.ReadFile(path.Join(l.at, sub)) }

// either is the first of several readers that has the output.
type either []outputReader

func (e either) files() ([]string, error) {
	err := errAbsent
	for _, r := range e {
		names, e := r.files()
		if e == nil {
			return names, nil
		}
		if !errors.Is(e, errAbsent) {
			err = e
		}
	}
	return nil, err
}

func (e either) read(sub string) ([]byte, error) {
	var err error
	for _, r := range e {
		var b []byte
		if b, err = r.read(sub); err == nil {
			return b, nil
		}
	}
	return nil, err
}

package dewar

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// External data lies anywhere on this machine, and what says so is a file that may
// be a stranger's: it could name the owner's private keys as data, and a command that
// sends them off as a stage. So a path is believed only once the person who works
// here has said that it may be read, in a configuration that is not committed. That is also
// where it is said that on this machine the data lies somewhere else.

// externals says where external data lies on this machine, by where it stands in input
// roots (graph.Data.Path). What may not be read is not in it.
type externals map[string]string

// externalsOf returns those of g.
func (p *Project) externalsOf(g *graph.Graph) externals {
	out := externals{}
	for _, d := range g.Data {
		if d.Host == "" {
			continue
		}
		if at, ok := p.config.DataPath(d.Name); ok {
			out[d.Path] = strings.TrimSuffix(at, string(filepath.Separator))
		}
	}
	return out
}

// AllowData lets external data be read on this machine: where it was declared to lie, or, if
// path is not "", there. Both are absolute.
func (p *Project) AllowData(ev *Evaluation, name, path string) (string, error) {
	d := dataNamed(ev.Graph, name)
	if d == nil {
		return "", failure(unknownData(ev.Graph, name))
	}
	if d.Host == "" {
		return "", failure(diag.Diagnostic{Code: "E-data-external", Span: d.Span, Detail: fmt.Sprintf("data.%s lies in the project, and needs no leave to be read.", d.Name)})
	}
	if path == "" {
		path = d.Host
	}
	if _, err := p.host.FS.Stat(path); err != nil {
		return "", failure(diag.Diagnostic{Code: "E-data-missing", Span: d.Span, Detail: fmt.Sprintf("data.%s cannot be read at %s: %v. Say where it lies: `dewar data allow %s PATH`.", d.Name, path, unwrapped(err), d.Name)})
	}
	return path, p.allow(d.Name, path)
}

// allow writes down where external data may be read.
func (p *Project) allow(name, path string) error {
	err := config.Change(p.host.FS, ConfigPlaces(p.host, p.Root), config.Local, func(e *config.Editor) error {
		e.Set("data", name, "path", config.Text(path))
		return nil
	})
	if err != nil {
		return err
	}
	return p.configure()
}

// host returns where a path of an input root lies on this machine, if it is of external data.
func (e externals) host(at string) (string, bool) {
	if !isExternal(at) {
		return "", false
	}
	for of, host := range e {
		if at == of {
			return host, true
		}
		if sub, ok := strings.CutPrefix(at, of+"/"); ok {
			return hostJoin(host, sub), true
		}
	}
	return "", false
}

func isExternal(at string) bool { return strings.HasPrefix(at, graph.External+"/") }

// hostOf returns where a workspace input lies on this machine; "" if it is external
// data that may not be read.
func (s *session) hostOf(at string) string {
	if !isExternal(at) {
		return s.p.hostPath(at)
	}
	host, _ := s.external.host(at)
	return host
}

// peek hashes what lies at a path of the workspace or of external data, and leaves it where it is.
func (s *session) peek(ctx context.Context, at string) (fs.Scanned, error) {
	if !isExternal(at) {
		return s.hash.Scan(ctx, at)
	}
	host, ok := s.external.host(at)
	if !ok {
		return fs.Scanned{}, nil
	}
	return s.p.scanOutside(ctx, host, hashOnly{s.p.host.FS, &s.dirs})
}

// scanOutside says what a path of this machine holds. Outside of the project nothing is
// ignored.
func (p *Project) scanOutside(ctx context.Context, host string, take fs.Taker) (fs.Scanned, error) {
	index, err := p.outsideIndex()
	if err != nil {
		return fs.Scanned{}, err
	}
	root := filepath.VolumeName(host) + string(filepath.Separator)
	at, err := filepath.Rel(root, host)
	if err != nil {
		return fs.Scanned{}, err
	}
	scan := &fs.Scanner{FS: p.host.FS, Root: root, Index: index, Workers: p.host.CPUs, Take: take}
	return scan.Scan(ctx, filepath.ToSlash(at))
}

// outsideIndex is the stat index of what lies outside of the project: it is opened when the first
// such path is looked at.
func (p *Project) outsideIndex() (*fs.Index, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.outside != nil {
		return p.outside, nil
	}
	dir := p.path("outside")
	if err := p.host.FS.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	index, err := fs.OpenIndex(p.host.FS, dir)
	p.outside = index
	return index, err
}

// closeOutside writes what the index of what lies outside has learned.
func (p *Project) closeOutside() []error {
	if p.outside == nil {
		return nil
	}
	return []error{p.outside.Save(), p.outside.Close()}
}

// unread is the diagnostic for external data that nobody has allowed to be read.
func (s *session) unread(x *graph.Instance, in *graph.Input) diag.Diagnostic {
	if in.Data == "" { // its path was written as text
		return diag.Diagnostic{
			Code: "E-data-consent", Span: in.Span, Subject: subject(x),
			Detail: fmt.Sprintf("%s reads %s, and only data of a data block stands in %s. Make the block's data.NAME the input.", x.Stage, in.Path, graph.External),
		}
	}
	d := graph.Data{Name: in.Data}
	for _, known := range s.g.Data {
		if known.Name == in.Data {
			d = known
		}
	}
	return diag.Diagnostic{
		Code: "E-data-consent", Span: d.Span, Subject: subject(x),
		Detail: fmt.Sprintf("%s reads data.%s, which lies outside of the project at %s. A pipeline may be somebody else's, so nothing is read there until you say so: `dewar data allow %s`, or `dewar data allow %s PATH` if it lies elsewhere on this machine.",
			x.Stage, d.Name, d.Host, d.Name, d.Name),
	}
}

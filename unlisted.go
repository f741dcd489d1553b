package dewar

import (
	"context"
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// Data that is missing is an empty list to files() and glob(), so that stages have no instances that
// will have some once it is there. To go on would be to reduce nothing and to call that a
// result; so nothing is run before the data is there, or a directory without files.

// UnlistedData returns the data whose files the pipeline has asked for and that is not there.
func (p *Project) UnlistedData(ev *Evaluation) []string {
	var names []string
	for _, d := range p.unlisted(ev) {
		names = append(names, d.Name)
	}
	return names
}

func (p *Project) unlisted(ev *Evaluation) []graph.Data {
	var missing []graph.Data
	for _, d := range ev.Graph.Data {
		if d.Host == "" && !inModules(d.Path) && notThere(ev.trace.Dirs, d.Path) && !exists(p.host.FS, p.hostPath(d.Path)) {
			missing = append(missing, d)
		}
	}
	return missing
}

// notThere reports whether a directory, or one inside it, was listed and not there.
func notThere(listed []fs.DirRead, path string) bool {
	return slices.ContainsFunc(listed, func(x fs.DirRead) bool { return x.Digest == nil && inside(path, x.Path) })
}

// EvaluationWarnings returns the warnings of an evaluation. That stages have no points is said of listed data, if
// some is missing, and of no stage: whose files they would have is not known.
func (p *Project) EvaluationWarnings(ev *Evaluation) diag.List {
	missing := p.unlisted(ev)
	if len(missing) == 0 {
		return ev.Warnings
	}
	var out diag.List
	for _, d := range missing {
		out = append(out, diag.Diagnostic{Severity: diag.Warning, Code: "W-grid-empty", Summary: "tracked data is missing", Span: d.Span, Subject: "data." + d.Name,
			Detail: fmt.Sprintf("There is nothing at %s, so that stages which take their points from its files have none.", d.Path)})
	}
	for _, w := range ev.Warnings {
		if w.Code != "W-grid-empty" {
			out = append(out, w)
		}
	}
	return out
}

// unlistedData says what keeps it from being known what there is to do.
func (s *session) unlistedData() diag.List {
	var out diag.List
	for _, d := range s.p.unlisted(s.ev) {
		how := s.whence(&graph.Input{Data: d.Name, Path: d.Path})
		if how == "" {
			how = " If it has no files, make an empty directory there."
		}
		out = append(out, diag.Diagnostic{Code: "E-input-missing", Span: d.Span, Subject: "data." + d.Name,
			Detail: fmt.Sprintf("The pipeline lists the files of %s, which %s, so that nobody knows what there is to do.%s", d.Path, s.absent(d.Path), how)})
	}
	return out
}

// CheckoutListed brings the data of UnlistedData out of the cache. If files were written,
// the pipeline has to be evaluated again.
func (p *Project) CheckoutListed(ctx context.Context, ev *Evaluation, o CheckoutOptions) (*CheckoutReport, error) {
	rep := &CheckoutReport{Missing: []string{}, Kept: []Kept{}, options: o}
	names := p.UnlistedData(ev)
	if len(names) == 0 {
		return rep, nil
	}
	return rep, p.CheckoutData(ctx, ev, names, rep)
}

package eval

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
)

// Data of a pipeline from Git that is downloaded or taken from another project is not part of
// the commit, and nothing may be put where that is kept. It lies where the user of the module
// has what the module makes, and the pipeline sees it where it declares it.

// brought gives data that dewar brings its place, if the pipeline is from Git.
func (ev *evaluator) brought(d *data) bool {
	if ev.space.Ours() || d.out.URL == "" && d.out.From.Project == "" {
		return true
	}
	if _, err := ev.req.Read.Lstat(d.out.Path); err == nil {
		return true // the commit has it
	}
	span := d.block.Attr("path").Span
	if p := d.out.From.Project; p != "" && isDirectory(p) {
		ev.errorf(nil, "E-data-from", d.block.Attr("from").Span, "%s is a directory of this machine, and the pipeline is from Git: it knows of none. In it, a project is named with its address: https://…, ssh://…, user@host:path.", quoteJSON(p))
		return false
	}
	if !ev.space.Makes(d.out.Path) {
		ev.errorf(nil, "E-module-outside", span, "The data is %s, which is not in the directory of the pipeline. What is brought for a pipeline from Git is put where its user has what it makes, so it lies in there.", quoteJSON(rel(ev.dir, d.out.Path)))
		return false
	}
	d.at, d.out.Path = d.out.Path, ev.space.Bring(d.out.Path, d.shared())
	if info, err := ev.req.Read.Lstat(d.out.Path); err == nil {
		d.out.Dir = info.IsDir()
	}
	return true
}

// isDirectory reports whether a project is named with a directory of this machine, and not with
// an address, in which a colon ends the scheme or the host.
func isDirectory(project string) bool {
	host, _, address := strings.Cut(project, ":")
	return host == "file" || !address || strings.Contains(host, "/")
}

// shared reports whether all points of a module share the data, and not only those of a
// module inside of it.
func (d *data) shared() bool {
	u := d.ev.used
	return u.names != u.prefix && strings.HasPrefix(d.out.Name, u.names)
}

// broughtPlaces reports data that would be put over what a pipeline is read from: a stranger's
// project could have us read what it likes.
func (ev *evaluator) broughtPlaces(written *space.Written) {
	said := map[string]bool{}
	for _, d := range ev.family.data {
		if d.at == "" || d.state != good || said[d.out.Path] {
			continue
		}
		what := written.At(d.out.Path)
		if what == "" {
			continue
		}
		said[d.out.Path] = true
		u := d.ev.used
		for u.by.used != nil {
			u = u.by.used
		}
		b := u.module.block
		at := b.Span
		if a := b.Attr("path"); a != nil {
			at = a.Span
		}
		u.by.reports.add(diag.Diagnostic{
			Code: "E-output-reserved", Span: at, Subject: b.Subject(),
			Detail: fmt.Sprintf("data.%s would be put at %s, which is %s. Give module %s another path.", d.out.Name, quoteJSON(d.out.Path), what, b.Name),
			Notes:  []diag.Note{{Span: d.out.Span, Text: "the data is declared here"}},
		}, nil)
	}
}

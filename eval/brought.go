package eval

import (
	"fmt"
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// Data of a pipeline from Git that is downloaded or taken from another project is not part of
// the commit, and nothing may be put where that is kept. It lies where the user of the module
// has what the module makes, and the pipeline sees it where it declares it.

// brought gives data that dewar brings its place, if the pipeline is from Git.
func (ev *evaluator) brought(d *data) bool {
	if ev.root() == "." || d.out.URL == "" && d.out.From.Project == "" {
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
	if sub, own := within(ev.dir, d.out.Path); !own || sub == "" {
		ev.errorf(nil, "E-module-outside", span, "The data is %s, which is not in the directory of the pipeline. What is brought for a pipeline from Git is put where its user has what it makes, so it lies in there.", quoteJSON(rel(ev.dir, d.out.Path)))
		return false
	}
	d.at = d.out.Path
	d.out.Path = ev.putData(d)
	for at := ev; at.root() == ev.root(); at = at.used.by {
		if at.brings == nil {
			at.brings = map[string]string{}
		}
		if at.brings[d.at] == "" || at == ev {
			at.brings[d.at] = d.out.Path
		}
	}
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

// putData is where in the workspace data lies that is brought. What all points of a module share lies
// at none of them.
func (ev *evaluator) putData(d *data) string {
	shared := ev.used.names != ev.used.prefix && strings.HasPrefix(d.out.Name, ev.used.names)
	p := d.at
	for at := ev; at.used != nil; at = at.used.by {
		to := at.used.out
		if shared && at.used.module.st.template {
			to = path.Join(at.used.by.dir, at.used.module.name)
		}
		sub, _ := within(at.dir, p)
		p = path.Join(to, sub)
	}
	return p
}

// broughtPlaces reports data that would be put over what a pipeline is read from: a stranger's
// project could have us read what it likes.
func (ev *evaluator) broughtPlaces(r *reserved) {
	said := map[string]bool{}
	for _, d := range ev.family.data {
		if d.at == "" || d.state != good || said[d.out.Path] {
			continue
		}
		what := r.holds(d.out.Path)
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

// fileAt is where the pipeline sees a file that a function found.
func (ev *evaluator) fileAt(m fileMark) string {
	if m.data >= 0 {
		d := ev.family.data[m.data]
		if sub, is := within(d.out.Path, m.path); is && d.at != "" {
			return path.Join(d.seenBy(ev), sub)
		}
	}
	return ev.seen(m.path)
}

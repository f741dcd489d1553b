package lsp

import (
	"maps"
	"slices"
)

// saying is what makes two diagnostics the same one.
type saying struct {
	file  string
	at    textRange
	code  string
	about string
}

// publish tells the client what is wrong, file by file. Two pipelines may have something
// to say of one params file, or of a module; what both say is said once.
func (s *server) publish() {
	all := map[string][]diagnostic{}
	versions := map[string]int{}
	seen := map[saying]int{}
	for _, dir := range s.directories() {
		p := s.pipelines[dir]
		if p.found == nil {
			continue
		}
		for _, rel := range slices.Sorted(maps.Keys(p.found.said)) {
			name := p.file(rel)
			for _, d := range p.found.said[rel] {
				s.locate(p, &d)
				x := saying{name, d.Range, d.Code, d.about}
				if i, ok := seen[x]; ok {
					all[name][i].Related = append(all[name][i].Related, d.Related...)
					continue
				}
				seen[x] = len(all[name])
				all[name] = append(all[name], d)
			}
		}
		for name, v := range p.found.versions {
			versions[name] = max(v, versions[name])
			if all[name] == nil && s.open[name] != nil {
				all[name] = []diagnostic{} // so that the client knows that it was looked at
			}
		}
	}
	for name := range s.published {
		if all[name] == nil {
			all[name] = []diagnostic{}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m := publishParams{URI: s.uri(name), Diagnostics: all[name]}
		if v, ok := versions[name]; ok && s.open[name] != nil {
			m.Version = &v
		}
		s.tell(name, m)
	}
}

// tell publishes what is wrong with a file. A client may have called it otherwise when
// something was said of it last: that is taken back there.
func (s *server) tell(name string, m publishParams) {
	if was := s.published[name]; was != "" && was != m.URI {
		s.notify("textDocument/publishDiagnostics", publishParams{URI: was, Diagnostics: []diagnostic{}})
		if len(m.Diagnostics) == 0 && m.Version == nil {
			delete(s.published, name)
			return
		}
	}
	s.notify("textDocument/publishDiagnostics", m)
	if s.published[name] = m.URI; len(m.Diagnostics) == 0 {
		delete(s.published, name)
	}
}

// locate turns the project paths of a diagnostic into URIs.
func (s *server) locate(p *pipeline, d *diagnostic) {
	d.Related = slices.Clone(d.Related)
	for i := range d.Related {
		d.Related[i].Location.URI = s.uri(p.file(d.Related[i].Location.URI))
	}
}

package lsp

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// typing is how long nothing must be typed before a pipeline is evaluated.
const typing = 250 * time.Millisecond

// pipeline is a directory with open pipeline files.
type pipeline struct {
	native string // the directory on this machine
	root   string // of its project; the directory itself if there is none
	dir    string // project-relative

	planned func() // stops the timer; nil if none runs
	running bool
	again   bool // something changed while it was running
	found   *analysis
	values  *analysis // the last of a text that was sound
}

// pipelineOf returns the pipeline that a file belongs to.
func (s *server) pipelineOf(name string) *pipeline {
	dir := filepath.Dir(name)
	if p := s.pipelines[dir]; p != nil {
		return p
	}
	p := &pipeline{native: dir, root: dir, dir: "."}
	if root, ok := s.host.Root(dir); ok {
		if rel, err := filepath.Rel(root, dir); err == nil {
			p.root, p.dir = root, filepath.ToSlash(rel)
		}
	}
	s.pipelines[dir] = p
	return p
}

func (s *server) directories() []string { return sortedNames(s.pipelines) }

// forget drops a pipeline none of whose files is open, and what was said of it.
func (s *server) forget(dir string) {
	p := s.pipelines[dir]
	if p == nil {
		return
	}
	p.unplan()
	delete(s.pipelines, dir)
	s.publish()
}

// changed plans to evaluate what a text that changed may matter to.
func (s *server) changed(name string, after time.Duration) {
	if isPipelineFile(name) && (s.open[name] != nil || s.pipelines[filepath.Dir(name)] != nil) {
		s.plan(s.pipelineOf(name), after)
	}
	for _, dir := range s.directories() {
		if p := s.pipelines[dir]; p.found != nil && dir != filepath.Dir(name) && p.found.read[p.rel(name)] {
			s.plan(p, after)
		} else if p.found != nil && !isPipelineFile(name) && p.found.read[p.rel(name)] {
			s.plan(p, after)
		}
	}
}

// rel is the project path of a file of this machine; "" if it lies outside.
func (p *pipeline) rel(name string) string {
	rel, err := filepath.Rel(p.root, name)
	if err != nil {
		return ""
	}
	rel, err = fs.CleanProjectPath(".", filepath.ToSlash(rel))
	if err != nil {
		return ""
	}
	return rel
}

// file is where a project path lies on this machine.
func (p *pipeline) file(rel string) string { return filepath.Join(p.root, filepath.FromSlash(rel)) }

// main is the file that what has no place is said of.
func (p *pipeline) main() string { return path.Join(p.dir, "pipeline.hcl") }

// plan evaluates a pipeline once nothing was changed for a while.
func (s *server) plan(p *pipeline, after time.Duration) {
	p.unplan()
	stopped := false
	start := func() {
		s.inbox.put(func() {
			if !stopped && s.pipelines[p.native] == p {
				p.planned = nil
				s.start(p)
			}
		})
	}
	if after == 0 {
		p.planned = func() { stopped = true }
		start()
		return
	}
	stop := s.host.After(after, start)
	p.planned = func() { stopped = true; stop() }
}

func (p *pipeline) unplan() {
	if p.planned != nil {
		p.planned()
		p.planned = nil
	}
}

// start evaluates a pipeline beside everything else.
func (s *server) start(p *pipeline) {
	if s.shut {
		return
	}
	if p.running {
		p.again = true
		return
	}
	p.running = true
	picture := s.picture(p)
	versions := map[string]int{}
	for name, d := range s.open {
		if filepath.Dir(name) == p.native && isPipelineFile(name) || p.found != nil && p.found.read[p.rel(name)] {
			versions[name] = d.version
		}
	}
	env := s.host
	related := s.client.related
	go func() {
		a := &analysis{}
		failure := guarded(func() { a = analyse(env, picture, p.root, p.dir, related) })
		a.versions = versions
		s.inbox.put(func() { s.finished(p, a, failure) })
	}()
}

// guarded calls f, and returns what it panicked with.
func guarded(f func()) (failure error) {
	defer func() {
		if r := recover(); r != nil {
			failure = fmt.Errorf("this is a bug in dewar: %v", r)
		}
	}()
	f()
	return nil
}

// picture is the project as the editor has it now.
func (s *server) picture(p *pipeline) *overlay {
	o := &overlay{disk: fs.NewProject(s.host.FS, p.root), open: map[string]string{}}
	for name, d := range s.open {
		if rel := p.rel(name); rel != "" {
			o.open[rel] = d.text
		}
	}
	return o
}

// finished takes what an evaluation found.
func (s *server) finished(p *pipeline, a *analysis, failure error) {
	p.running = false
	if s.pipelines[p.native] != p || s.shut {
		return
	}
	if failure != nil {
		s.log("%s: %v", p.main(), failure)
	} else {
		p.found = a
		if a.sound {
			p.values = a
		}
		s.publish()
	}
	if p.again {
		p.again = false
		s.plan(p, typing)
	}
}

// publish tells the client what is wrong, file by file; two pipelines may have something
// to say of one params file.
func (s *server) publish() {
	all := map[string][]diagnostic{}
	versions := map[string]int{}
	for _, dir := range s.directories() {
		p := s.pipelines[dir]
		if p.found == nil {
			continue
		}
		for _, rel := range sortedNames(p.found.said) {
			name := p.file(rel)
			for _, d := range p.found.said[rel] {
				s.locate(p, &d)
				all[name] = append(all[name], d)
			}
		}
		for name, v := range p.found.versions {
			versions[name] = v
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
	for _, name := range sortedNames(all) {
		m := publishParams{URI: s.uri(name), Diagnostics: all[name]}
		if v, ok := versions[name]; ok && s.open[name] != nil {
			m.Version = &v
		}
		if s.published[name] = true; len(all[name]) == 0 {
			delete(s.published, name)
		}
		s.notify("textDocument/publishDiagnostics", m)
	}
}

// locate turns the project paths of a diagnostic into URIs.
func (s *server) locate(p *pipeline, d *diagnostic) {
	d.Related = slices.Clone(d.Related)
	for i := range d.Related {
		d.Related[i].Location.URI = s.uri(p.file(d.Related[i].Location.URI))
	}
}

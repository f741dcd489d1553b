package lsp

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dewar-build/dewar/eval/param"
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
	again   bool   // something changed while it was evaluated
	cut     bool   // its last evaluation was stopped: the next one is not
	found   *analysis
	values  *analysis    // the last of a text that was sound
	decoded *param.Files // its params files: most texts that are typed change none of them
	listed  fs.Info      // the directory when it was listed last, by look
}

// pipelineOf returns the pipeline that a file belongs to.
func (s *server) pipelineOf(name string) *pipeline {
	dir := filepath.Dir(name)
	if p := s.pipelines[dir]; p != nil {
		return p
	}
	p := s.newPipeline(dir)
	s.pipelines[dir] = p
	s.look()
	return p
}

func (s *server) newPipeline(dir string) *pipeline {
	p := &pipeline{native: dir, decoded: &param.Files{}}
	p.root, p.dir = s.rootOf(dir)
	return p
}

// rootOf returns the root of the project that a directory is in, and what it is called there.
func (s *server) rootOf(dir string) (root, rel string) {
	if root, ok := s.host.Root(dir); ok {
		if rel, err := filepath.Rel(root, dir); err == nil {
			return root, filepath.ToSlash(rel)
		}
	}
	return dir, "."
}

// lookAgain finds the root anew: a project may have been made around the pipeline.
func (s *server) lookAgain(p *pipeline) {
	if root, dir := s.rootOf(p.native); root != p.root {
		p.root, p.dir, p.found, p.values = root, dir, nil, nil
	}
}

func (s *server) directories() []string { return slices.Sorted(maps.Keys(s.pipelines)) }

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
		own := dir == filepath.Dir(name) && isPipelineFile(name)
		if p := s.pipelines[dir]; !own && p.found != nil && p.found.read[p.rel(name)] {
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

// start evaluates a pipeline beside everything else. A directory is evaluated once at a
// time, also if its files were closed and opened meanwhile; what is evaluated of an older text
// is stopped, but not twice in a row: who never pauses for as long as an evaluation takes
// hears something too.
func (s *server) start(p *pipeline) {
	if s.shut {
		return
	}
	if old := s.busy[p.native]; old != nil {
		p.again = true
		if !p.cut {
			old.Store(true)
		}
		return
	}
	unwanted := new(atomic.Bool)
	s.busy[p.native] = unwanted
	s.lookAgain(p)
	picture := s.picture(p)
	versions := map[string]int{}
	for name, d := range s.open {
		versions[name] = d.version
	}
	of := subject{s.host, p.root, p.dir, p.decoded}
	related := s.client.related
	go func() {
		a := &analysis{}
		failure := guarded(func() { a = analyse(of, picture, related, unwanted.Load) })
		a.versions = versions
		s.inbox.put(func() { s.finished(p, a, picture, failure) })
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
func (s *server) finished(p *pipeline, a *analysis, picture *overlay, failure error) {
	delete(s.busy, p.native)
	if s.shut {
		return
	}
	if now := s.pipelines[p.native]; now != p {
		if now != nil && now.again { // it was closed and opened
			now.again = false
			s.plan(now, 0)
		}
		return
	}
	p.cut = a.stopped
	switch {
	case failure != nil:
		s.log("%s: %v", p.main(), failure)
	case !a.stopped:
		for name := range a.versions {
			if !(filepath.Dir(name) == p.native && isPipelineFile(name)) && !a.read[p.rel(name)] {
				delete(a.versions, name)
			}
		}
		p.found = a
		if a.sound {
			p.values = a
		}
		s.publish()
	}
	if p.again || s.outdated(p, a, picture) {
		p.again = false
		s.plan(p, typing)
	}
}

// outdated reports whether a file that was read is another in the editor by now. Which
// ones matter is not known before they are read.
func (s *server) outdated(p *pipeline, a *analysis, picture *overlay) bool {
	for rel := range a.read {
		text, was := picture.open[rel]
		d := s.open[p.file(rel)]
		if was != (d != nil) || was && d.text != text {
			return true
		}
	}
	return false
}

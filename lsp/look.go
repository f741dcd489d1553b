package lsp

import (
	"path"
	"slices"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// looking is how often the files of open pipelines are looked at, for a client that does
// not watch them: not all do, and some do so on some systems only.
const looking = 2 * time.Second

// look evaluates what read files that were changed, made or removed since, over and over
// while a pipeline is open: who has none open is not woken.
func (s *server) look() {
	if !s.looks || s.due || len(s.pipelines) == 0 {
		return
	}
	s.due = true
	s.host.After(looking, func() {
		s.inbox.put(func() {
			if s.due = false; s.shut {
				return
			}
			for _, dir := range s.directories() {
				if p := s.pipelines[dir]; p.found != nil && p.planned == nil && s.busy[dir] == nil && s.moved(p) {
					s.plan(p, 0)
				}
			}
			s.look()
		})
	})
}

// moved reports whether a file that counts is no longer the one that was read.
func (s *server) moved(p *pipeline) bool {
	disk := fs.NewProject(s.host.FS, p.root)
	for rel, was := range p.found.stamps {
		if now, _ := disk.Stat(rel); now != was && s.open[p.file(rel)] == nil {
			return true
		}
	}
	return s.joined(p, disk)
}

// joined reports whether there is a file of the pipeline that was not there. The directory
// may hold a million other files: it is listed when it changed.
func (s *server) joined(p *pipeline, disk *fs.Project) bool {
	now, _ := disk.Stat(p.dir)
	if now == p.listed {
		return false
	}
	p.listed = now
	list, _ := disk.ReadDir(p.dir) // one that is gone has no new files
	return slices.ContainsFunc(list, func(e fs.Entry) bool {
		return isPipelineFile(e.Name) && !e.Type.IsDir() && !p.found.read[path.Join(p.dir, e.Name)]
	})
}

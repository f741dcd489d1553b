package lsp

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// openDocument is a text that the client holds.
type openDocument struct {
	*document
	uri     string
	version int
}

// parsed is a pipeline file as it was read last.
type parsed struct {
	*document
	*syntax.File
	path string  // on this machine
	uri  string  // as the client calls it, if it does
	info fs.Info // of one that is not open

	byName map[[2]string]*syntax.Block    // by kind and name; nil until it is asked for
	axes   map[*syntax.Block][]axisDecl   // of blocks that were asked for
	parent map[*syntax.Block]string       // of blocks that were asked for
	locals map[string]*syntax.Attr        // by name; nil until they are asked for
	lists  map[*syntax.Attr]*syntax.Block // locals that were asked for as lists of points
}

func (s *server) didOpen(_ context.Context, p didOpenParams) (any, error) {
	name := pathOf(p.TextDocument.URI)
	if name == "" {
		return nil, nil // no file: nothing can be said of it
	}
	s.open[name] = &openDocument{newDocument(p.TextDocument.Text), p.TextDocument.URI, p.TextDocument.Version}
	s.changed(name, 0)
	return nil, nil
}

func (s *server) didChange(_ context.Context, p didChangeParams) (any, error) {
	name := pathOf(p.TextDocument.URI)
	was := s.open[name]
	if was == nil {
		return nil, nil
	}
	s.open[name] = &openDocument{was.edited(p.ContentChanges...), was.uri, p.TextDocument.Version}
	s.changed(name, typing)
	return nil, nil
}

func (s *server) didSave(_ context.Context, p documentParams) (any, error) {
	if name := pathOf(p.TextDocument.URI); name != "" {
		s.changed(name, 0)
	}
	return nil, nil
}

func (s *server) didClose(_ context.Context, p didCloseParams) (any, error) {
	name := pathOf(p.TextDocument.URI)
	if s.open[name] == nil {
		return nil, nil
	}
	delete(s.open, name)
	s.changed(name, 0)
	if dir := filepath.Dir(name); isPipelineFile(name) && !s.anyOpen(dir) {
		s.forget(dir)
	}
	return nil, nil
}

// didChangeFiles hears of files on disk: any of them may be one that a pipeline looks at.
func (s *server) didChangeFiles(context.Context, struct{}) (any, error) {
	for _, dir := range s.directories() {
		s.plan(s.pipelines[dir], 0)
	}
	return nil, nil
}

func (s *server) didChangeFolders(_ context.Context, p didChangeFoldersParams) (any, error) {
	for _, f := range p.Event.Removed {
		s.folders = slices.DeleteFunc(s.folders, func(x string) bool { return x == pathOf(f.URI) })
	}
	for _, f := range p.Event.Added {
		s.addFolder(f)
	}
	return nil, nil
}

// isPipelineFile reports whether a file declares a pipeline, by its name.
func isPipelineFile(name string) bool { return lang.IsPipelineFile(filepath.Base(name)) }

func (s *server) anyOpen(dir string) bool {
	for name := range s.open {
		if isPipelineFile(name) && filepath.Dir(name) == dir {
			return true
		}
	}
	return false
}

// file returns a pipeline file as the editor has it, or as it is on disk; nil if there is
// none.
func (s *server) file(name string) *parsed {
	known := s.parsed[name]
	if d := s.open[name]; d != nil {
		if known == nil || known.document != d.document {
			known = &parsed{document: d.document, File: syntax.Parse(d.text), path: name, uri: d.uri}
			s.parsed[name] = known
		}
		return known
	}
	info, err := s.host.FS.Stat(name)
	if err != nil || !info.IsRegular() || info.Size > maxText {
		delete(s.parsed, name)
		return nil
	}
	if known != nil && known.info.MTime == info.MTime && known.info.Size == info.Size && known.info.CTime == info.CTime && known.info != (fs.Info{}) {
		return known
	}
	text, err := fs.ReadFile(s.host.FS, name)
	if err != nil {
		return nil
	}
	known = &parsed{document: newDocument(string(text)), path: name, uri: uriOf(name), info: info}
	known.File = syntax.Parse(known.text)
	s.parsed[name] = known
	return known
}

// maxText is the size beyond which lang reads no pipeline either.
const maxText = 10 << 20

// text returns any file with its lines, for places in it.
func (s *server) text(name string) *document {
	if d := s.open[name]; d != nil {
		return d.document
	}
	info, err := s.host.FS.Stat(name)
	if err != nil || !info.IsRegular() || info.Size > maxText {
		return nil
	}
	text, err := fs.ReadFile(s.host.FS, name)
	if err != nil {
		return nil
	}
	return newDocument(string(text))
}

// uri is how the client calls a file.
func (s *server) uri(name string) string {
	if d := s.open[name]; d != nil {
		return d.uri
	}
	return uriOf(name)
}

// at finds the file and place that a request is about.
func (s *server) at(p placeParams) (*scope, int, error) {
	sc, err := s.scope(p.TextDocument.URI)
	if err != nil {
		return nil, 0, err
	}
	return sc, sc.file.offset(p.Position), nil
}

// errOther is a file of which nothing can be said: it gets an empty answer, not an error
// that an editor would show.
var errOther = errors.New("no file of a pipeline")

// scope finds the file that a request is about, and the pipeline that it is of.
func (s *server) scope(uri string) (*scope, error) {
	name := pathOf(uri)
	if name == "" || !isPipelineFile(name) {
		return nil, errOther
	}
	f := s.file(name)
	if f == nil {
		return nil, errOther
	}
	sc := s.scopeIn(filepath.Dir(name))
	if sc == nil {
		return nil, errOther
	}
	sc.file = f
	return sc, nil
}

// filesOf returns the files of a pipeline, by name.
func (s *server) filesOf(dir string) []*parsed {
	names := map[string]bool{}
	for name := range s.open {
		if filepath.Dir(name) == dir && isPipelineFile(name) {
			names[name] = true
		}
	}
	list, _ := s.host.FS.ReadDir(dir) // one that cannot be listed has the open files alone
	for _, e := range list {
		if name := filepath.Join(dir, e.Name); isPipelineFile(name) && !e.Type.IsDir() {
			names[name] = true
		}
	}
	var out []*parsed
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if f := s.file(name); f != nil {
			out = append(out, f)
		}
	}
	return out
}

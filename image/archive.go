package image

import (
	"archive/tar"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	iofs "io/fs"
	"path"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// An archive is a tar file of an OCI layout, or what `docker save` wrote: manifest.json, which names a
// configuration and layers by their place in the archive. The latter has no manifest with a digest; its
// image is named by the digest of its configuration, which says what the layers are: Docker calls it
// the image ID. Docker writes both into one archive today.

// archive gives the members of a tar file. One that is compressed is unpacked beside the store first:
// members are read in another order than they lie in.
type archive struct {
	file    fs.File
	members map[string]member
	remove  func() // of the unpacked file
}

// member is where a file lies in an archive. A link says what it leads to.
type member struct {
	at, size int64
	link     string
}

// maxMembers is how many files an archive may have: a few for each layer.
const maxMembers = 100_000

func (c *Cache) openArchive(ctx context.Context, name string, ref Ref) (source, error) {
	f, err := c.Store.FS().Open(name)
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, problem(NotFound, "there is no file %s", name)
	}
	if err != nil {
		return nil, keepProblem(Damaged, err, "read "+ref.place())
	}
	a := &archive{file: f, remove: func() {}}
	err = a.expand(ctx, c)
	if err == nil {
		err = a.list()
	}
	var s source
	if err == nil {
		s, err = a.source(ref)
	}
	if err != nil {
		_ = a.close()
		return nil, keepProblem(Damaged, err, "read "+ref.place())
	}
	return s, nil
}

// source looks what kind of archive it is.
func (a *archive) source(ref Ref) (source, error) {
	s := &archived{files: a, ref: ref}
	_, index := a.members["index.json"]
	_, saved := a.members["manifest.json"]
	switch {
	case index:
		var err error
		s.layout, err = openLayout(a, ref)
		return s, err
	case !saved:
		return nil, problem(NotFound, "%s is no image: it has neither index.json, as an OCI layout has, nor manifest.json, as docker save writes it", ref.place())
	}
	return s, nil
}

// expand puts the uncompressed archive in the place of a compressed one.
func (a *archive) expand(ctx context.Context, c *Cache) error {
	in := bufio.NewReaderSize(&section{r: a.file}, 1<<16)
	plain, done, err := decompress(in)
	if err != nil || plain == io.Reader(in) {
		return err
	}
	defer done()
	fsys := c.Store.FS()
	name, err := c.Store.TempFile()
	if err != nil {
		return err
	}
	out, err := fsys.Create(name, 0o600)
	if err != nil {
		return err
	}
	limited := &limited{r: plain, left: c.Limits.orDefault().Bytes, what: "the archive"}
	_, err = io.Copy(out, withContext{ctx, limited})
	if err := errors.Join(err, out.Close()); err != nil {
		fsys.Remove(name)
		return err
	}
	a.file.Close()
	a.remove = func() { fsys.Remove(name) }
	a.file, err = fsys.Open(name)
	return err
}

// section reads a file from its beginning, and knows where it is.
type section struct {
	r  io.ReaderAt
	at int64
}

func (s *section) Read(b []byte) (int, error) {
	n, err := s.r.ReadAt(b, s.at)
	s.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// Seek lets the reader of archives pass over what nobody asked for.
func (s *section) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekCurrent {
		return 0, errors.ErrUnsupported
	}
	s.at += offset
	return s.at, nil
}

// list finds the members.
func (a *archive) list() error {
	a.members = make(map[string]member)
	in := &section{r: a.file}
	t := tar.NewReader(in)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(a.members) == maxMembers {
			return problem(TooLarge, "it has more than %d files", maxMembers)
		}
		name := path.Clean(h.Name)
		switch h.Typeflag {
		case tar.TypeReg:
			a.members[name] = member{at: in.at, size: h.Size}
		case tar.TypeLink:
			a.members[name] = member{link: path.Clean(h.Linkname)}
		case tar.TypeSymlink: // old dockers write a layer once
			a.members[name] = member{link: path.Join(path.Dir(name), h.Linkname)}
		}
	}
}

func (a *archive) open(name string) (io.ReadCloser, error) {
	for range 10 {
		m, ok := a.members[path.Clean(name)]
		if !ok {
			break
		}
		if m.link == "" {
			return io.NopCloser(io.NewSectionReader(a.file, m.at, m.size)), nil
		}
		name = m.link
	}
	return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
}

func (a *archive) close() error {
	if a.file != nil {
		a.file.Close()
	}
	a.remove()
	return nil
}

// archived is an archive as a source.
type archived struct {
	files
	layout *layout // nil if it is none
	ref    Ref
}

func (s *archived) document(ctx context.Context, sum string) ([]byte, error) {
	if s.layout == nil {
		return nil, problem(NotFound, "%s has no %s", s.ref.place(), sum)
	}
	return s.layout.document(ctx, sum)
}

func (s *archived) blob(ctx context.Context, d digest.Digest) (io.ReadCloser, error) {
	return s.layout.blob(ctx, d)
}

// savedManifest is an image in manifest.json.
type savedManifest struct {
	Config string
	Tags   []string `json:"RepoTags"`
	Layers []string
}

// saved looks for an image in manifest.json. Nobody asks for one there who finds an index.
func (s *archived) saved(sum string) (*contents, error) {
	b, err := readFile(s.files, "manifest.json")
	if errors.Is(err, iofs.ErrNotExist) || sum == "" && s.layout != nil {
		return nil, nil
	}
	var list []savedManifest
	if err == nil {
		err = json.Unmarshal(b, &list)
	}
	if err != nil {
		return nil, keepProblem(Damaged, err, "manifest.json of "+s.ref.place())
	}
	var there []string
	var out *contents
	for _, m := range list {
		config, err := readFile(s.files, m.Config)
		if err != nil {
			return nil, keepProblem(Damaged, err, "the configuration "+m.Config+" of "+s.ref.place())
		}
		text := sumOf(config)
		if len(m.Tags) > 0 {
			text += " (" + strings.Join(m.Tags, ", ") + ")"
		}
		there = append(there, text)
		if sum == "" || sumOf(config) == sum {
			if out, err = s.contents(config, m); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case sum == "" && len(list) > 1:
		return nil, problem(BadName, "%s has several images, and nothing says which is meant. It has %s", s.ref.place(), strings.Join(there, ", "))
	case out == nil && s.layout == nil:
		return nil, problem(NotFound, "%s has no %s. It has %s", s.ref.place(), sum, strings.Join(there, ", "))
	}
	return out, nil
}

// contents are what an image in manifest.json is made of. Its configuration says what the layers are.
func (s *archived) contents(b []byte, m savedManifest) (*contents, error) {
	cfg, err := parseConfig(b)
	if err != nil {
		return nil, err
	}
	if len(cfg.RootFS.DiffIDs) != len(m.Layers) {
		return nil, problem(Damaged, "%s names %d layers and has %d", m.Config, len(cfg.RootFS.DiffIDs), len(m.Layers))
	}
	out := &contents{config: b}
	for i, name := range m.Layers {
		if !digestForm.MatchString(cfg.RootFS.DiffIDs[i]) {
			return nil, problem(Damaged, "%s names a layer by %q, which is no SHA-256", m.Config, cfg.RootFS.DiffIDs[i])
		}
		open := func(context.Context) (io.ReadCloser, error) {
			r, err := s.files.open(name)
			if errors.Is(err, iofs.ErrNotExist) {
				return nil, problem(Damaged, "%s lacks the layer %s", s.ref.place(), name)
			}
			return r, err
		}
		out.layers = append(out.layers, layer{diff: cfg.RootFS.DiffIDs[i], open: open})
	}
	return out, nil
}

func sumOf(b []byte) string { return "sha256:" + digest.Of(b).Hex() }

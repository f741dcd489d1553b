package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-containerregistry/pkg/v1"
)

// files are named files: a directory, or the members of an archive. What is not there is an error
// that is iofs.ErrNotExist.
type files interface {
	open(name string) (io.ReadCloser, error)
	close() error
}

// dirFiles are the files of a directory.
type dirFiles struct {
	fs  fs.FS
	dir string
}

func (d dirFiles) open(name string) (io.ReadCloser, error) { return d.fs.Open(d.dir + "/" + name) }
func (d dirFiles) close() error                            { return nil }

// layout is an OCI layout: blobs by their digest, and index.json, which names some.
type layout struct {
	files
	ref   Ref
	index *v1.IndexManifest
}

func openLayout(f files, ref Ref) (*layout, error) {
	b, err := readFile(f, "index.json")
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		return nil, problem(NotFound, "%s is not there, or is no OCI layout: it has no index.json", ref.place())
	case err != nil:
		return nil, keepProblem(Damaged, err, "read "+ref.place())
	}
	l := &layout{files: f, ref: ref, index: &v1.IndexManifest{}}
	if err := json.Unmarshal(b, l.index); err != nil {
		return nil, causedBy(Damaged, err, "index.json of %s", ref.place())
	}
	return l, nil
}

func readFile(f files, name string) ([]byte, error) {
	r, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readDocument(r, name)
}

func (l *layout) document(_ context.Context, sum string) ([]byte, error) {
	if sum == "" {
		d, err := l.only()
		if err != nil {
			return nil, err
		}
		sum = "sha256:" + d.Hex()
	}
	b, err := readFile(l, blobName(sum))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, problem(NotFound, "%s has no %s%s", l.ref.place(), sum, l.has())
	}
	if err == nil {
		err = hashed(b, sum, "the file "+blobName(sum)+" of "+l.ref.place())
	}
	return b, keepProblem(Damaged, err, "read "+l.ref.place())
}

func blobName(sum string) string { return "blobs/" + strings.Replace(sum, ":", "/", 1) }

// only is the image that is meant when nobody says which.
func (l *layout) only() (digest.Digest, error) {
	different := map[string]bool{}
	for _, m := range l.index.Manifests {
		different[m.Digest.String()] = true
	}
	switch len(different) {
	case 0:
		return digest.Digest{}, problem(NotFound, "%s has no images", l.ref.place())
	case 1:
		return hashOf(l.index.Manifests[0], "the image of "+l.ref.place())
	}
	return digest.Digest{}, problem(BadName, "%s has several images, and nothing says which is meant%s", l.ref.place(), l.has())
}

// has lists the images that there are.
func (l *layout) has() string {
	const most = 10
	var names []string
	for _, m := range l.index.Manifests {
		text := m.Digest.String()
		if tag := m.Annotations["org.opencontainers.image.ref.name"]; tag != "" {
			text += fmt.Sprintf(" (%s)", tag)
		}
		names = append(names, text)
	}
	sort.Strings(names)
	switch {
	case len(names) == 0:
		return ""
	case len(names) > most:
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	return ". It has " + strings.Join(names, ", ")
}

func (l *layout) blob(_ context.Context, d digest.Digest) (io.ReadCloser, error) {
	r, err := l.open(blobName("sha256:" + d.Hex()))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, problem(Damaged, "%s lacks the blob sha256:%s, which the image needs", l.ref.place(), d.Hex())
	}
	return r, keepProblem(Damaged, err, "read "+l.ref.place())
}

func (l *layout) saved(string) (*contents, error) { return nil, nil }

package image

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// Ref says which image is meant, and where to look for it.
type Ref struct {
	Source string // "oci:DIR", "tar:FILE" with paths of this machine, or a name in a registry
	Digest string // "sha256:" and 64 hexadecimal digits: of a manifest or an index; of a configuration in an archive that has no manifest. "": whatever lies there
	Shown  string // how messages call Source; "": as it is
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// ParseRef reads SOURCE or SOURCE@sha256:…
func ParseRef(text string) (Ref, error) {
	source, sum, found := strings.Cut(text, "@")
	if found && !digestForm.MatchString(sum) {
		return Ref{}, problem(BadName, "%q does not end with @sha256: and 64 hexadecimal digits", text)
	}
	ref := Ref{Source: source, Digest: sum}
	if ref.local() != "" {
		return ref, nil
	}
	if strings.HasPrefix(source, "oci:") || strings.HasPrefix(source, "tar:") {
		return Ref{}, problem(BadName, "%q names no place: it is oci:DIR or tar:FILE", text)
	}
	_, err := ref.repository()
	return ref, err
}

func (r Ref) String() string {
	if r.Digest == "" {
		return r.place()
	}
	return r.place() + "@" + r.Digest
}

// place is how messages call where the image lies.
func (r Ref) place() string { return cmp.Or(r.Shown, r.Source) }

// local is the path of what lies on this machine, "" of what a registry has.
func (r Ref) local() string {
	if p, ok := strings.CutPrefix(r.Source, "oci:"); ok {
		return p
	}
	p, _ := strings.CutPrefix(r.Source, "tar:")
	if p == r.Source {
		return ""
	}
	return p
}

// repository reads a name in a registry, "python:3.12" or "ghcr.io/owner/name".
func (r Ref) repository() (name.Reference, error) {
	ref, err := name.ParseReference(r.Source)
	if err != nil {
		return nil, problem(BadName, "%q is not the name of an image: %v", r.Source, err)
	}
	return ref, nil
}

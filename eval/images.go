package eval

import (
	"regexp"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
)

// An image is named by digest, always: a tag says where to look and not what is found.
var imageDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// image reads an image; def is the pipeline's.
func (a *attrs) image(def graph.Image) graph.Image {
	s, ok := a.text("image", "")
	if !ok || s == "" {
		return def
	}
	at := a.block.Attr("image").Span
	ref, sum, found := strings.Cut(s, "@")
	if !found || !imageDigest.MatchString(sum) || ref == "" {
		a.ev.errorf(a.fr, "E-image-digest", at, "%q does not say which image is meant for good: it ends with @sha256: and 64 hexadecimal digits. `dewar image resolve %s` finds them.", s, strings.TrimSuffix(ref, "@"))
		return def
	}
	for _, local := range []string{"oci:", "tar:"} {
		if p, ok := strings.CutPrefix(ref, local); ok {
			p, ok = a.imagePath(p, at)
			if !ok {
				return def
			}
			ref = local + p
		}
	}
	return graph.Image{Ref: ref, Digest: sum}
}

// imagePath is where an image lies that is a file or a directory.
func (a *attrs) imagePath(p string, at diag.Span) (string, bool) {
	switch abs := strings.HasPrefix(p, "/"); {
	case abs && !a.ev.space.Ours():
		a.ev.errorf(a.fr, "E-path-escape", at, "%s is a place on the machine of whoever uses this pipeline, which is from Git: its images lie in its project, or in a registry.", p)
		return "", false
	case abs:
		return p, true
	}
	clean, err := a.ev.inside(p)
	if err != nil {
		a.ev.errorf(a.fr, "E-path-escape", at, "An image lies inside the project or has an absolute path; %v.", err)
		return "", false
	}
	return clean, true
}

// isolated reads the level of isolation and the image of a stage. An image without a level is the level
// image; one that the pipeline names is for the stages of that level.
func (r *rest) isolated(x *graph.Instance) {
	def := r.ev.settings.isolation
	if r.attrs.has("image") {
		def = graph.IsolationImage
	}
	x.Isolation = r.attrs.isolation(def)
	x.Image = r.attrs.image(r.ev.settings.image)
	if x.Isolation == graph.IsolationImage {
		if x.Image.Digest == "" && r.attrs.block.Attr("image") == nil {
			r.ev.errorf(&r.st.frame, "E-image-missing", r.levelSpan(), "The level image needs to know which: image = \"python:3.12@sha256:…\", oci:DIR@… or tar:FILE@…, on the stage or the pipeline.")
		}
		return
	}
	if a := r.st.block.Attr("image"); a != nil {
		r.ev.errorf(&r.st.frame, "E-attribute-value", a.Span, "isolation = %q has no use for an image. Leave out one of them.", x.Isolation)
	}
	x.Image = graph.Image{}
}

// levelSpan is where the level of the stage was written.
func (r *rest) levelSpan() diag.Span {
	if a := r.st.block.Attr("isolation"); a != nil {
		return a.Span
	}
	return r.st.block.Span
}

package dewar

import (
	"fmt"
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// What a module from Git makes lies in the workspace of its user, who goes there, with a shell that
// asks Git where it is. A repository, a project or a pipeline that lies there would be read as the user's own, and
// those say what is started on this machine.

// harmless reports outputs of a module from Git that are or hold such a thing.
func (s *session) harmless(x *graph.Instance, outs []digest.Content) error {
	if s.look || projectOf(x.Span.File) == "." {
		return nil
	}
	for i, o := range x.Outputs {
		found, err := "", error(nil)
		switch {
		case startsThings(path.Base(o.Path)):
			found = o.Path
		case outs[i].Kind == digest.Directory && s.p.store.Has(outs[i].Digest): // else nothing of it is written
			found, err = s.startsInside(outs[i].Digest, o.Path)
		}
		if err != nil {
			return fmt.Errorf("look through %s of %s: %w", o.Path, x.Ref(), err)
		}
		if found != "" {
			return failure(diag.Diagnostic{Code: "E-output-content", Span: o.Span, Subject: subject(x),
				Detail: fmt.Sprintf("%s made %s, and its pipeline is from Git. In your project that would be read as yours, and could start what it likes: what a pipeline from Git makes holds no pipeline.hcl, and nothing called .git or .dewar.", x.Ref(), found)})
		}
	}
	return nil
}

// startsInside returns a path in a directory of which the name starts things; "" if there is none.
func (s *session) startsInside(d digest.Digest, at string) (string, error) {
	dir, err := s.p.store.Dir(d)
	if err != nil {
		return "", err
	}
	var names []string
	for _, f := range dir.Files {
		names = append(names, f.Name)
	}
	for _, l := range dir.Symlinks {
		names = append(names, l.Name)
	}
	for _, x := range dir.Dirs {
		names = append(names, x.Name)
	}
	for _, n := range names {
		if startsThings(n) {
			return path.Join(at, n), nil
		}
	}
	for _, x := range dir.Dirs {
		if found, err := s.startsInside(x.Digest, path.Join(at, x.Name)); found != "" || err != nil {
			return found, err
		}
	}
	return "", nil
}

// startsThings reports whether what has the name says what Git or dewar start.
func startsThings(name string) bool {
	name = strings.ToLower(name)
	return lang.IsPipelineFile(name) || fs.Reserved(name) != ""
}

package lint

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
)

// claims are what params of the project read of one file, as a tree of names.
type claims struct {
	whole bool
	below map[string]*claims
}

func (c *claims) add(at []string) {
	for _, n := range at {
		if c.below == nil {
			c.below = map[string]*claims{}
		}
		if c.below[n] == nil {
			c.below[n] = &claims{}
		}
		c = c.below[n]
	}
	c.whole = true
}

// paramsFiles looks at the params files that the pipeline reads: what no param claims
// is ignored by dewar, which may be a name that is misspelt or left behind.
func (l *linter) paramsFiles() {
	claimed := map[string]*claims{}
	claim := func(list []param.Bound) {
		for _, b := range list {
			if b.File == "" {
				continue
			}
			if claimed[b.File] == nil {
				claimed[b.File] = &claims{}
			}
			claimed[b.File].add(b.Key)
		}
	}
	var own []param.Bound
	for _, b := range l.p.Params {
		own = append(own, l.params[b.Name])
	}
	claim(own)
	for _, other := range l.others() {
		bound, _ := param.BindAll(other.Params, param.Options{Dir: other.Dir, Read: unread, AllowMissing: true})
		claim(bound.List)
	}
	for _, f := range l.files {
		if c := claimed[f.Path]; c != nil && l.reads(own, f.Path) {
			l.unclaimed(f.Root, c, nil)
		}
	}
	for _, b := range own {
		if f := l.file(b.File); f != nil && !b.Sensitive {
			if t := at(f.Root, b.Key); t != nil {
				l.digitsIn("param."+b.Name, t)
			}
		}
	}
}

// others are the other pipelines of the project, if it matters what they read.
func (l *linter) others() []*lang.Pipeline {
	if len(l.files) == 0 || l.o.Others == nil {
		return nil
	}
	return l.o.Others()
}

// unread is a filesystem without files: where params of others are is in their declarations.
func unread(string) ([]byte, error) { return nil, errNothing }

// reads reports whether a param of this very pipeline has a file.
func (l *linter) reads(own []param.Bound, file string) bool {
	for _, b := range own {
		if b.File == file {
			return true
		}
	}
	return false
}

func (l *linter) file(name string) *param.File {
	for _, f := range l.files {
		if f.Path == name {
			return f
		}
	}
	return nil
}

func at(t *param.Tree, names []string) *param.Tree {
	for _, n := range names {
		if t = t.Get(n); t == nil {
			return nil
		}
	}
	return t
}

func (l *linter) unclaimed(t *param.Tree, c *claims, above []string) {
	if c.whole || t.Shape != param.Mapping {
		return
	}
	for _, e := range t.Entries {
		names := append(above[:len(above):len(above)], e.Name)
		below := c.below[e.Name]
		switch {
		case below != nil:
			l.unclaimed(e.Value, below, names)
		case !l.shared(e):
			l.report("W-params-unclaimed", e.Span, strings.Join(names, "."), nil, "No param reads %s of %s, so it changes nothing here.%s Declare a param for it, or remove it if no other program reads it.",
				strings.Join(names, "."), path.Base(e.Span.File), misspelt(e.Name, c))
		}
	}
}

// shared reports whether an entry of a YAML file is there for others to refer to, as
// `x-defaults: &defaults`.
func (l *linter) shared(e param.Entry) bool {
	f := l.file(e.Span.File)
	if strings.HasPrefix(e.Name, "x-") || strings.HasPrefix(e.Name, ".") || strings.HasPrefix(e.Name, "$") || f == nil {
		return true
	}
	if !strings.HasSuffix(f.Path, ".yaml") && !strings.HasSuffix(f.Path, ".yml") {
		return false
	}
	line, _, _ := bytes.Cut(f.Bytes[l.linesOf(f.Path, f.Bytes).Offset(e.Span.End):], []byte{'\n'})
	return bytes.Contains(line, []byte{'&'})
}

// misspelt names a param that the entry may have been meant for: one that the file
// has nothing for.
func misspelt(name string, c *claims) string {
	for _, want := range slices.Sorted(maps.Keys(c.below)) {
		if strings.EqualFold(want, name) || strings.ReplaceAll(want, "-", "_") == strings.ReplaceAll(name, "-", "_") {
			return " Did you mean " + want + "?"
		}
	}
	return ""
}

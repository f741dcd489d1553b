package fs

import (
	"path"
	"strings"
	"sync"
)

// IgnoreFile is the name of the files that hold ignore patterns.
const IgnoreFile = ".dewarignore"

// builtinIgnores come before every file: a project may take them back.
// Compiled Python outside __pycache__ is not among them: nothing makes it by
// itself, so it was put there on purpose.
const builtinIgnores = `
.git/
.dewar/
__pycache__/
.ipynb_checkpoints/
.DS_Store
`

// Ignore decides which paths of a project do not exist for us: the built-in
// patterns, then the IgnoreFile of every directory, in the language of
// .gitignore. It is safe for concurrent use. Ignore files are read once, so
// make a new one for each command.
type Ignore struct {
	read   func(path string) ([]byte, error)
	levels sync.Map // project directory -> *ignoreLevel
	top    *ignoreLevel
}

// ignoreLevel is the patterns of one directory, linked to those above.
type ignoreLevel struct {
	above    *ignoreLevel
	dir      string // "" for the project itself
	patterns []ignorePattern
}

// ignorePattern is one line. Most are literals or suffixes and need no
// matcher.
type ignorePattern struct {
	text     string
	negated  bool // "!"
	dirOnly  bool // a trailing "/"
	anchored bool // a "/" elsewhere: matched against the path below the level's directory, else against the name
	literal  bool // no special character
	suffix   bool // "*" and then no special character
}

// NewIgnore returns the rules of a project; read reads a project file, as
// View.ReadFile does.
func NewIgnore(read func(path string) ([]byte, error)) *Ignore {
	return &Ignore{read: read, top: &ignoreLevel{patterns: parseIgnore([]byte(builtinIgnores))}}
}

// Match reports whether the project path is ignored, by itself or because a
// directory above it is.
func (g *Ignore) Match(p string, dir bool) (bool, error) {
	if g == nil || p == "." {
		return false, nil
	}
	start := keptProject(p)
	if dir && start == "." && path.Dir(p)+"/" == keptProjects {
		return false, nil // such a project itself
	}
	level, err := g.level(start)
	if err != nil {
		return false, err
	}
	at := 0
	if start != "." {
		at = len(start) + 1
	}
	for {
		slash := strings.IndexByte(p[at:], '/')
		if slash < 0 {
			return level.match(p, dir), nil
		}
		above := p[:at+slash]
		if level.match(above, true) {
			return true, nil
		}
		if level, err = g.level(above); err != nil {
			return false, err
		}
		at += slash + 1
	}
}

// keptProjects is where commits of other projects are kept, a directory each. The rules of
// the project around do not count there.
const keptProjects = ".dewar/modules/"

// keptProject returns the directory of the project that lies around p: "." is ours.
func keptProject(p string) string {
	rest, ok := strings.CutPrefix(p, keptProjects)
	if !ok {
		return "."
	}
	i := strings.IndexByte(rest, '/')
	if i < 0 {
		return "."
	}
	return p[:len(keptProjects)+i]
}

// level returns the patterns in force inside a directory.
func (g *Ignore) level(dir string) (*ignoreLevel, error) {
	if l, ok := g.levels.Load(dir); ok {
		return l.(*ignoreLevel), nil
	}
	above := g.top
	if dir != keptProject(dir+"/") {
		var err error
		if above, err = g.level(path.Dir(dir)); err != nil {
			return nil, err
		}
	}
	l, err := g.enter(above, dir)
	if err != nil {
		return nil, err
	}
	got, _ := g.levels.LoadOrStore(dir, l)
	return got.(*ignoreLevel), nil
}

// enter reads the ignore file of dir, if there is one.
func (g *Ignore) enter(above *ignoreLevel, dir string) (*ignoreLevel, error) {
	b, err := g.read(path.Join(dir, IgnoreFile))
	if missing(err) {
		return above, nil
	}
	if err != nil {
		return nil, err
	}
	l := &ignoreLevel{above: above, patterns: parseIgnore(b)}
	if dir != "." {
		l.dir = dir + "/"
	}
	return l, nil
}

// match decides one name whose parents are not ignored: the last pattern that
// matches does, the nearest file first.
func (l *ignoreLevel) match(p string, dir bool) bool {
	name := path.Base(p)
	for ; l != nil; l = l.above {
		rel := p[len(l.dir):]
		for i := len(l.patterns) - 1; i >= 0; i-- {
			if l.patterns[i].match(rel, name, dir) {
				return !l.patterns[i].negated
			}
		}
	}
	return false
}

func (q *ignorePattern) match(rel, name string, dir bool) bool {
	if q.dirOnly && !dir {
		return false
	}
	text := name
	if q.anchored {
		text = rel
	}
	switch {
	case q.literal:
		return text == q.text
	case q.suffix:
		return strings.HasSuffix(text, q.text)
	default:
		return wildmatch(q.text, text)
	}
}

// parseIgnore reads the lines of an ignore file.
func parseIgnore(b []byte) []ignorePattern {
	var list []ignorePattern
	text := strings.TrimPrefix(string(b), "\ufeff")
	for line := range strings.Lines(text) {
		if l, ok := strings.CutSuffix(line, "\n"); ok {
			line = strings.TrimSuffix(l, "\r")
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if q := parsePattern(trimSpaces(line)); q.text != "" {
			list = append(list, q)
		}
	}
	return list
}

func parsePattern(line string) (q ignorePattern) {
	line, q.negated = strings.CutPrefix(line, "!")
	line, q.dirOnly = strings.CutSuffix(line, "/")
	q.anchored = strings.Contains(line, "/")
	q.text = strings.TrimPrefix(line, "/")
	q.literal = !strings.ContainsAny(q.text, `*?[\`)
	if rest, ok := strings.CutPrefix(q.text, "*"); ok && !q.anchored && !strings.ContainsAny(rest, `*?[\`) {
		q.suffix, q.text = true, rest
		if rest == "" { // everything
			q.suffix, q.text = false, "*"
		}
	}
	return q
}

// trimSpaces drops spaces at the end, up to one that a backslash keeps.
func trimSpaces(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if strings.Trim(s[i:], " ") == "" {
			return s[:i]
		}
	}
	return s
}

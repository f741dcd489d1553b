package fs

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Glob returns the files below dir that match one of the patterns, as project
// paths, sorted by bytes, each once. Patterns are relative to dir: "*" and "?"
// within a name, "[a-z]", "{a,b}", "**" for any number of directories; with a
// trailing slash they match directories. Links are not followed by "**". Only directories that
// can hold a match are read, and a name without special characters is looked for
// rather than listed. ignore may be nil. The error of a malformed pattern is a
// *BadPattern.
func Glob(view View, dir string, patterns []string, ignore *Ignore) ([]string, error) {
	g := &globber{view: view, ignore: ignore, out: map[string]bool{}}
	byStart := map[string][]globState{}
	for _, p := range patterns {
		alternatives, err := expandBraces(p)
		if err != nil {
			return nil, err
		}
		for _, alt := range alternatives {
			start, state, err := g.compile(p, dir, alt)
			if err != nil {
				return nil, err
			}
			byStart[start] = append(byStart[start], state)
		}
	}
	for _, start := range sortedKeys(byStart) {
		if err := g.dir(start, byStart[start]); err != nil {
			return nil, err
		}
	}
	return sortedKeys(g.out), nil
}

// BadPattern is the error of a glob pattern that cannot be read.
type BadPattern struct {
	Pattern string
	Problem string
}

func (e *BadPattern) Error() string { return "pattern " + e.Pattern + ": " + e.Problem }

// globber walks the tree once for all patterns: in every directory it holds
// what is left of each pattern there.
type globber struct {
	view   View
	ignore *Ignore
	out    map[string]bool
}

// globState is the rest of a pattern at a directory.
type globState struct {
	segments []string // never empty
	dirOnly  bool
}

// compile checks one alternative; leading ".." move the start.
func (g *globber) compile(pattern, dir, alt string) (start string, s globState, err error) {
	bad := func(problem string) (string, globState, error) {
		return "", globState{}, &BadPattern{pattern, problem}
	}
	if strings.HasPrefix(alt, "/") {
		return bad("it is absolute; patterns are relative to the pipeline")
	}
	alt, s.dirOnly = strings.CutSuffix(alt, "/")
	start = dir
	for seg := range strings.SplitSeq(alt, "/") {
		switch {
		case seg == "" || seg == ".":
		case seg == ".." && len(s.segments) == 0:
			if start, err = CleanProjectPath(start, ".."); err != nil {
				return "", s, err
			}
		case seg == "..":
			return bad(`".." after a name`)
		case !doublestar.ValidatePattern(seg):
			return bad("its brackets or backslashes are not closed")
		case seg == "**" && len(s.segments) > 0 && s.segments[len(s.segments)-1] == "**":
		default:
			s.segments = append(s.segments, seg)
		}
	}
	if len(s.segments) == 0 {
		return bad("it names no file")
	}
	return start, s, nil
}

// dir matches what is left of the patterns in one directory.
func (g *globber) dir(p string, states []globState) error {
	states = withoutStars(states)
	names := map[string]bool{}
	for _, s := range states {
		if !literalSegment(s.segments[0]) {
			return g.listed(p, states)
		}
		names[s.segments[0]] = true
	}
	for _, name := range sortedKeys(names) {
		info, err := g.view.Lstat(path.Join(p, name))
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := g.entry(p, Entry{Name: name, Type: info.Mode.Type()}, states); err != nil {
			return err
		}
	}
	return nil
}

func (g *globber) listed(p string, states []globState) error {
	entries, err := g.view.ReadDir(p)
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := g.entry(p, e, states); err != nil {
			return err
		}
	}
	return nil
}

// withoutStars adds to each "**/rest" the "rest" that begins here.
func withoutStars(states []globState) []globState {
	out := slices.Clone(states)
	for _, s := range states {
		if s.segments[0] == "**" && len(s.segments) > 1 {
			out = append(out, globState{s.segments[1:], s.dirOnly})
		}
	}
	return out
}

// entry matches one name of the directory p and goes on below it.
func (g *globber) entry(p string, e Entry, states []globState) error {
	at := path.Join(p, e.Name)
	var below []globState
	final, finalDir := false, false
	link := Info{Mode: e.Type}.IsSymlink()
	for _, s := range states {
		head, rest := s.segments[0], s.segments[1:]
		stars := head == "**"
		if ok := stars || doublestar.MatchUnvalidated(head, e.Name); !ok {
			continue
		}
		if stars && !link {
			below = appendState(below, s)
		}
		switch {
		case len(rest) > 0 && !stars:
			below = appendState(below, globState{rest, s.dirOnly})
		case len(rest) == 0 && s.dirOnly:
			finalDir = true
		case len(rest) == 0:
			final = true
		}
	}
	if !final && !finalDir && len(below) == 0 {
		return nil
	}
	isDir, there, err := g.kind(at, e)
	if err != nil || !there {
		return err
	}
	if ignored, err := g.ignore.Match(at, isDir); err != nil || ignored {
		return err
	}
	if isDir && finalDir || !isDir && final {
		g.out[at] = true
	}
	if isDir && len(below) > 0 {
		return g.dir(at, below)
	}
	return nil
}

// kind follows a link; one that leads nowhere, or anything that is neither
// file nor directory, is not there.
func (g *globber) kind(at string, e Entry) (dir, there bool, err error) {
	mode := e.Type
	if (Info{Mode: mode}).IsSymlink() {
		info, err := g.view.Stat(at)
		if missing(err) {
			return false, false, nil
		}
		if err != nil {
			return false, false, err
		}
		mode = info.Mode.Type()
	}
	return mode.IsDir(), mode.IsDir() || mode.IsRegular(), nil
}

func appendState(list []globState, s globState) []globState {
	for _, have := range list {
		if have.dirOnly == s.dirOnly && slices.Equal(have.segments, s.segments) {
			return list
		}
	}
	return append(list, s)
}

func literalSegment(s string) bool { return !strings.ContainsAny(s, `*?[\`) }

// maxAlternatives bounds what braces may multiply to.
const maxAlternatives = 1000

// expandBraces returns the patterns that "{a,b}" stands for; braces nest and
// may hold slashes.
func expandBraces(pattern string) ([]string, error) {
	bad := func(problem string) ([]string, error) { return nil, &BadPattern{pattern, problem} }
	out, todo := []string(nil), []string{pattern}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		open, end, commas := firstBraces(p)
		switch {
		case open < 0:
			out = append(out, p)
		case end < 0:
			return bad("a brace is not closed")
		default:
			cuts := append(append([]int{open}, commas...), end)
			for i := range len(cuts) - 1 {
				todo = append(todo, p[:open]+p[cuts[i]+1:cuts[i+1]]+p[end+1:])
			}
		}
		if len(out)+len(todo) > maxAlternatives {
			return bad("its braces stand for too many patterns")
		}
	}
	return out, nil
}

// firstBraces finds the first outermost braces and the commas between them.
func firstBraces(p string) (open, end int, commas []int) {
	open, end = -1, -1
	depth := 0
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '[':
			if n := strings.IndexByte(p[i:], ']'); n > 0 {
				i += n
			}
		case '{':
			if depth == 0 {
				open = i
			}
			depth++
		case ',':
			if depth == 1 {
				commas = append(commas, i)
			}
		case '}':
			if depth == 0 {
				continue
			}
			if depth--; depth == 0 {
				return open, i, commas
			}
		}
	}
	return open, -1, nil
}

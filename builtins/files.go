package builtins

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/unicode/norm"
)

func fileFuncs(env Env) []Func {
	return []Func{
		{Name: "glob", Doc: "Lists the files that match one of the patterns, sorted by their bytes, as paths relative to the pipeline. * and ? match within a name, ** any number of directories, [a-z] one character, {a,b} either. What .dewarignore names is left out.", Example: `glob("src/**/*.py", "*.md")`, Want: `["README.md", "src/lib/util.py", "src/train.py"]`, Impl: making(cty.DynamicPseudoType, takes(text("pattern")).then(text("pattern")), env.glob)},
		{Name: "files", Doc: "Lists the files in a directory (a path or data.name) that match one of the patterns, without one all of them, as points for for_each: path, name, stem, ext and dir (relative to the directory). They are sorted by path.", Example: `files("images", "**/*.jpg")`, Want: `[{ path = "images/1.jpg", name = "1.jpg", stem = "1", ext = ".jpg", dir = "." }, { path = "images/b/2.jpg", name = "2.jpg", stem = "2", ext = ".jpg", dir = "b" }]`, Impl: moving(takes(text("directory")).then(text("pattern")), known(env.files))},
	}
}

func (env Env) glob(args []cty.Value) (cty.Value, error) {
	found := map[string]bool{}
	for i, a := range args {
		prefix, pattern := doublestar.SplitPattern(a.AsString())
		if err := env.find(prefix, pattern, func(p string) { found[p] = true }); err != nil {
			return cty.DynamicVal, function.NewArgError(i, err)
		}
	}
	return textList(found), nil
}

func textList(set map[string]bool) cty.Value {
	var list []cty.Value
	for _, p := range sortedPaths(set) {
		list = append(list, cty.StringVal(p))
	}
	return listOf(list)
}

func sortedPaths(set map[string]bool) []string {
	all := make([]string, 0, len(set))
	for p := range set {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

func (env Env) files(args []cty.Value) (cty.Value, error) {
	dirText, marks := args[0].Unmark()
	patterns, patternMarks := []string{}, cty.ValueMarks{}
	for _, a := range args[1:] {
		bare, m := a.Unmark()
		if !bare.IsKnown() {
			return cty.DynamicVal, nil
		}
		patterns = append(patterns, bare.AsString())
		patternMarks = cty.NewValueMarks(flat([]cty.ValueMarks{patternMarks, m})...)
	}
	if !dirText.IsKnown() {
		return cty.DynamicVal, nil
	}
	if len(patterns) == 0 {
		patterns = []string{"**"}
	}
	dir := path.Clean(dirText.AsString())
	found := map[string]bool{}
	for i, p := range patterns {
		prefix, pattern := doublestar.SplitPattern(p)
		if path.IsAbs(p) || slices.Contains(segments(p), "..") {
			return cty.DynamicVal, function.NewArgErrorf(i+1, "the pattern %q leads out of the directory", p)
		}
		if err := env.find(path.Join(dir, prefix), pattern, func(p string) { found[p] = true }); err != nil {
			return cty.DynamicVal, err
		}
	}
	var points []cty.Value
	for _, p := range sortedPaths(found) {
		points = append(points, onLeaves(env.filePoint(dir, p, marks), patternMarks))
	}
	return listOf(points), nil
}

// filePoint makes the point of a file. Only its path is marked as the file:
// a name is just text.
func (env Env) filePoint(dir, p string, marks cty.ValueMarks) cty.Value {
	if env.FileMarks != nil {
		marks = env.FileMarks(marks, p)
	}
	within, _ := relative(dir, path.Dir(p))
	return cty.ObjectVal(map[string]cty.Value{
		"path": cty.StringVal(p).WithMarks(marks),
		"name": cty.StringVal(path.Base(p)),
		"stem": cty.StringVal(stem(p)),
		"ext":  cty.StringVal(extension(p)),
		"dir":  cty.StringVal(within),
	})
}

// find calls add with the pipeline-relative paths of the files below the
// directory prefix that match pattern. A directory that does not exist has no
// files; that it was looked for is in the trace, since it was listed.
func (env Env) find(prefix, pattern string, add func(string)) error {
	if !doublestar.ValidatePattern(pattern) {
		return fmt.Errorf("%q is not a pattern: a bracket or brace is not closed", pattern)
	}
	if path.IsAbs(prefix) {
		return fmt.Errorf("%q is absolute; paths are relative to the pipeline", prefix)
	}
	if strings.ContainsRune(prefix+pattern, '\\') {
		return fmt.Errorf("%q has a backslash; directories are separated by /", path.Join(prefix, pattern))
	}
	base := path.Join(env.Dir, prefix)
	if base == ".." || strings.HasPrefix(base, "../") {
		return fmt.Errorf("%q leads out of the project", prefix)
	}
	if external(base) {
		return fmt.Errorf("external data is not part of the project: its files cannot be listed. Give the stage the whole directory, or have a link to it in the project")
	}
	if env.Project == nil || env.ignoresAbove(base) {
		return nil
	}
	root := projectFS{env, base}
	if _, err := root.ReadDir("."); err != nil {
		if errors.Is(err, iofs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("%s cannot be listed: %w", base, err)
	}
	return doublestar.GlobWalk(root, pattern, func(rel string, d iofs.DirEntry) error {
		return env.add(path.Join(base, rel), add)
	}, doublestar.WithFilesOnly(), doublestar.WithNoFollow(), doublestar.WithFailOnIOErrors())
}

// ignoresAbove reports whether a directory or one that it is in is ignored.
func (env Env) ignoresAbove(dir string) bool {
	for ; dir != "." && env.Ignored != nil; dir = path.Dir(dir) {
		if env.Ignored(dir, true) {
			return true
		}
	}
	return false
}

func (env Env) add(inProject string, add func(string)) error {
	if !utf8.ValidString(inProject) {
		return fmt.Errorf("the name of the file %+q is not in UTF-8, so that no path can name it; rename it, as with `convmv`, or name it in .dewarignore", inProject)
	}
	if !norm.NFC.IsNormalString(inProject) {
		return fmt.Errorf("the name of the file %+q is not in Unicode normal form C, so that it would be changed here; rename it to %q",
			inProject, norm.NFC.String(inProject))
	}
	p, ok := relative(path.Join(".", env.Dir), inProject)
	if !ok {
		panic("builtins.find: the pipeline's directory is not in the project")
	}
	add(p)
	return nil
}

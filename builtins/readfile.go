package builtins

import (
	"bytes"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/fs"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// What a file says can decide a value: it is then part of the text of the pipeline, as
// a params file is. Evaluation reads it, so that a kept evaluation holds only as long
// as the file is the same; what comes of it enters an action where it is used.

func readFuncs(env Env) []Func {
	return []Func{
		{Name: "file", Doc: "Returns the text of a file of the project (a path, or data.name), relative to the pipeline; for a value of it combine with yamldecode, jsondecode, tomldecode, csvdecode or split. The file is read before anything runs, so it cannot be what a stage makes. It is in UTF-8 and has at most 10 MB; its lines end with \\n whatever they end with in the file. Its text is no dependency on the file as such: a change of it counts where the value is used.", Example: `trimspace(file("conf/fold"))`, Want: `"3"`, Impl: moving(takes(text("path")), known(env.file))},
		{Name: "fileexists", Doc: "Tells whether there is a file (no directory) at a path of the project, relative to the pipeline, before anything runs.", Example: `[fileexists("conf/fold"), fileexists("conf/none")]`, Want: `[true, false]`, Impl: moving(takes(text("path")), known(env.fileExists))},
	}
}

// largestFile is how many bytes file() reads.
const largestFile = 10_000_000

// place returns the project-relative path that argument 0 names, and the marks that
// what is read there carries.
func (env Env) place(args []cty.Value) (string, cty.ValueMarks, error) {
	bare, marks := args[0].Unmark()
	if !bare.IsKnown() {
		return "", nil, errUnknown
	}
	p := bare.AsString()
	name, err := fs.CleanProjectPath(path.Join(".", env.Dir), p)
	var wrong *fs.BadPath
	switch {
	case errors.As(err, &wrong) && wrong.Problem == fs.PathEscapes:
		err = fmt.Errorf("%q leads out of the project", p)
	case errors.As(err, &wrong) && wrong.Problem == fs.PathAbsolute:
		err = fmt.Errorf("%q is absolute; paths are relative to the pipeline", p)
	case err != nil:
		err = fmt.Errorf("%q is no path", p)
	case strings.HasPrefix(p, "~/"):
		err = fmt.Errorf("in %q, ~ has no meaning: paths are relative to the pipeline", p)
	case strings.ContainsRune(p, '\\'):
		err = fmt.Errorf("%q has a backslash; directories are separated by /", p)
	case external(name):
		err = errors.New("external data is not part of the project: only commands can read it")
	case fs.Reserved(name) != "":
		err = fmt.Errorf("%q lies in %s, which is not part of what a pipeline works on", p, fs.Reserved(name))
	case env.Reads != nil:
		marks, err = env.Reads(marks, name)
	}
	return name, marks, err
}

// external reports whether a path is that of external data, which stands in graph.External.
// What modules from Git have stands there too, and is part of their projects.
func external(name string) bool {
	sub, is := strings.CutPrefix(name, ".external/")
	return is && !strings.HasPrefix(sub, "module.") // as eval calls their directories
}

func (env Env) file(args []cty.Value) (cty.Value, error) {
	name, marks, err := env.place(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	b, err := env.read(name)
	if err != nil {
		return cty.DynamicVal, err
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if at := invalidAt(b); at >= 0 {
		return cty.DynamicVal, function.NewArgErrorf(0, "%s is no text in UTF-8: byte %d is not part of one. A command can read it, as an input", name, at+1)
	}
	return cty.StringVal(strings.ReplaceAll(string(b), "\r\n", "\n")).WithMarks(marks), nil
}

// invalidAt returns the position of the first byte that is not UTF-8, or -1.
func invalidAt(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

func (env Env) read(name string) ([]byte, error) {
	missing := function.NewArgErrorf(0, "there is no file %s", name)
	if env.Project == nil {
		return nil, missing
	}
	if sized, ok := env.Project.(interface{ Size(string) (int64, error) }); ok {
		if n, err := sized.Size(name); err == nil && n > largestFile {
			return nil, tooLargeFile(name)
		}
	}
	b, err := env.Project.ReadFile(name)
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		return nil, missing
	case errors.Is(err, fs.ErrNotRegular):
		return nil, function.NewArgErrorf(0, "%s is no regular file", name)
	case err != nil:
		return nil, function.NewArgErrorf(0, "%s cannot be read: %s", name, env.whyUnread(name, err))
	case len(b) > largestFile:
		return nil, tooLargeFile(name)
	}
	return b, nil
}

func tooLargeFile(name string) error {
	return function.NewArgErrorf(0, "%s has more than 10 MB, which is too much for a value. A command can read it, as an input", name)
}

// whyUnread says why a file could not be read.
func (env Env) whyUnread(name string, err error) string {
	var wrong *fs.BadPath
	if errors.As(err, &wrong) && wrong.Problem == fs.PathEscapes {
		return "it is a link that leads out of the project"
	}
	if info, e := env.Project.Lstat(name); e == nil && info.IsDir() {
		return "it is a directory. files and glob list what is in it"
	}
	return err.Error()
}

func (env Env) fileExists(args []cty.Value) (cty.Value, error) {
	name, marks, err := env.place(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	if env.Project == nil {
		return cty.False.WithMarks(marks), nil
	}
	info, err := env.Project.Lstat(name)
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		return cty.False.WithMarks(marks), nil
	case err != nil:
		return cty.DynamicVal, function.NewArgErrorf(0, "whether there is a file %s cannot be told: %s", name, err)
	}
	return cty.BoolVal(!info.IsDir()).WithMarks(marks), nil
}

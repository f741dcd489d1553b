package builtins

import (
	"path"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func pathFuncs() []Func {
	return []Func{
		{Name: "basename", Doc: "Returns the last name of a path.", Example: `basename("data/raw/iris.csv")`, Want: `"iris.csv"`, Impl: onText(path.Base)},
		{Name: "dirname", Doc: "Returns a path without its last name; \".\" of a single name.", Example: `dirname("data/raw/iris.csv")`, Want: `"data/raw"`, Impl: onText(path.Dir)},
		{Name: "extension", Doc: "Returns what follows the last dot of a path's last name, with the dot. A name that only begins with a dot has none.", Example: `extension("data/iris.csv.gz")`, Want: `".gz"`, Impl: onText(extension)},
		{Name: "stem", Doc: "Returns the last name of a path without its extension.", Example: `stem("data/iris.csv")`, Want: `"iris"`, Impl: onText(stem)},
		{Name: "joinpath", Doc: "Joins parts of a path with slashes and cleans the result. A slash at the very end stays: it means a directory.", Example: `joinpath("data", "../build/", "a.csv")`, Want: `"build/a.csv"`, Impl: making(cty.String, takes().then(text("part")), joinPath)},
		{Name: "relpath", Doc: "Returns a path as seen from a directory.", Example: `relpath("build/models", "build/data/a.csv")`, Want: `"../data/a.csv"`, Impl: making(cty.String, takes(text("directory"), text("path")), relPath)},
	}
}

func extension(p string) string {
	name := path.Base(p)
	ext := path.Ext(name)
	if ext == name {
		return ""
	}
	return ext
}

func stem(p string) string { return strings.TrimSuffix(path.Base(p), extension(p)) }

func joinPath(args []cty.Value) (cty.Value, error) {
	var parts []string
	for _, a := range args {
		parts = append(parts, a.AsString())
	}
	joined := path.Join(parts...)
	if n := len(parts); n > 0 && strings.HasSuffix(parts[n-1], "/") && !strings.HasSuffix(joined, "/") {
		joined += "/"
	}
	return cty.StringVal(joined), nil
}

func relPath(args []cty.Value) (cty.Value, error) {
	from, to := args[0].AsString(), args[1].AsString()
	if path.IsAbs(from) != path.IsAbs(to) {
		return cty.DynamicVal, function.NewArgErrorf(1, "%q cannot be seen from %q: one is absolute, one is not", to, from)
	}
	rel, ok := relative(from, to)
	if !ok {
		return cty.DynamicVal, function.NewArgErrorf(0, "where %q lies is not known", from)
	}
	return cty.StringVal(rel), nil
}

// relative returns the path to as seen from the directory from, unless that
// leads up to a place whose name is not known.
func relative(from, to string) (string, bool) {
	up, down := segments(from), segments(to)
	for len(up) > 0 && len(down) > 0 && up[0] == down[0] {
		up, down = up[1:], down[1:]
	}
	for i, name := range up {
		if name == ".." {
			return "", false
		}
		up[i] = ".."
	}
	return path.Join(append(append([]string{"."}, up...), down...)...), true
}

// segments returns the names of a cleaned path; none for ".".
func segments(p string) []string {
	p = strings.Trim(path.Clean(p), "/")
	if p == "." || p == "" {
		return nil
	}
	return strings.Split(p, "/")
}

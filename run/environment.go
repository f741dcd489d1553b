package run

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// Environment is the environment of the command, sorted by name: what the action says, on top of it what its
// toolchains, scratch directories and devices add, and home and path where nobody said otherwise. Directories of
// toolchains stand before those of PATH, with sep between. Nothing of dewar's own gets in.
//
// scratch is where each of x.Scratch stands, as the command sees it.
func (x *Execution) Environment(home, path, sep string, scratch []string) []graph.Var {
	vars := map[string]string{"HOME": home, "PATH": path}
	set := func(list []graph.Var) {
		for _, v := range list {
			vars[v.Name] = v.Value
		}
	}
	set(x.Action.Env)
	var dirs []string
	for _, b := range x.Bindings {
		set(b.Env)
		dirs = append(dirs, b.Path...)
	}
	for i, s := range x.Scratch {
		if s.Env != "" {
			vars[s.Env] = scratch[i]
		}
	}
	set(x.Vars)
	if vars["PATH"] != "" {
		dirs = append(dirs, vars["PATH"])
	}
	vars["PATH"] = strings.Join(dirs, sep)
	out := make([]graph.Var, 0, len(vars))
	for name, value := range vars {
		out = append(out, graph.Var{Name: name, Value: value})
	}
	slices.SortFunc(out, func(a, b graph.Var) int { return strings.Compare(a.Name, b.Name) })
	return out
}

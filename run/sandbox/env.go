package sandbox

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
)

// environment is the closed environment of a command: what the action says,
// what its toolchains, scratch directories and devices add, and a HOME and PATH if
// nobody said otherwise. Nothing of dewar's own gets in. Sorted by name.
//
// home is the HOME, sep what separates the directories of PATH, scratch where each of
// x.Scratch stands, as the command sees it.
func environment(x *run.Execution, home, defPath, sep string, scratch []string) []string {
	vars := map[string]string{"HOME": home, "PATH": defPath}
	for _, v := range x.Action.Env {
		vars[v.Name] = v.Value
	}
	var dirs []string
	for _, b := range x.Bindings {
		for _, v := range b.Env {
			vars[v.Name] = v.Value
		}
		dirs = append(dirs, b.Path...)
	}
	for i, s := range x.Scratch {
		if s.Env != "" {
			vars[s.Env] = scratch[i]
		}
	}
	for _, v := range x.Vars {
		vars[v.Name] = v.Value
	}
	if dir := x.Vary.TempDir; dir != "" && x.Level != graph.IsolationOff {
		vars["TMPDIR"], vars["HOME"] = dir, dir+keeper.HomeBelow
	}
	if vars["PATH"] != "" {
		dirs = append(dirs, vars["PATH"])
	}
	vars["PATH"] = strings.Join(dirs, sep)
	env := make([]string, 0, len(vars))
	for name, value := range vars {
		env = append(env, name+"="+value)
	}
	sort.Strings(env)
	return env
}

// scratchInside says where each scratch directory stands in a sandbox.
func scratchInside(x *run.Execution) []string {
	at := make([]string, len(x.Scratch))
	for i, s := range x.Scratch {
		if s.Path != "" {
			at[i] = inside(s.Path)
		} else {
			at[i] = "/tmp/scratch/" + s.Env
		}
	}
	return at
}

// inside turns a path of the input root into what a sandboxed command sees.
func inside(at string) string {
	if at == "." || at == "" {
		return keeper.Project
	}
	return keeper.Project + "/" + at
}

package sandbox

import (
	"sort"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
)

// environment is the closed environment of a command, as assignments. Under a variation another directory
// stands for /tmp in it.
func environment(x *run.Execution, home, defPath, sep string, scratch []string) []string {
	vars := x.Environment(home, defPath, sep, scratch)
	dir := x.Vary.TempDir
	varied := dir != "" && x.Level != graph.IsolationOff
	var env []string
	for _, v := range vars {
		switch {
		case varied && v.Name == "TMPDIR":
			continue
		case varied && v.Name == "HOME":
			v.Value = dir + keeper.HomeBelow
		}
		env = append(env, v.Name+"="+v.Value)
	}
	if varied {
		env = append(env, "TMPDIR="+dir)
		sort.Strings(env)
	}
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

// Package gpu knows which GPUs a machine has, what an action needs to use one,
// and how several dewar processes share them: one lock a device.
//
// It looks at the files of /dev and /proc only; it asks no driver and starts no
// program. It does not count what is free for the scheduler, nor show anything
// to a command: that is the queue's and the sandbox's. The root package and the
// command import it.
package gpu

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/run"
)

// Variable says which GPUs dewar may use: "0,2", UUIDs, a count, "" for none. Without it
// all that are found may be used.
const Variable = "DEWAR_GPUS"

// Find returns the GPUs that dewar may use, in the order of their indexes.
func Find(fsys fs.FS, lookup func(string) (string, bool)) []run.GPU {
	found := nvidia(fsys)
	if len(found) == 0 {
		found = amd(fsys)
	}
	text, ok := lookup(Variable)
	if !ok {
		return found
	}
	return chosen(text, found)
}

// chosen reads the variable. What it names is used even if it was not found:
// the person knows better what there is.
func chosen(text string, found []run.GPU) []run.GPU {
	var names []string
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		for i := range max(n, 0) {
			names = append(names, strconv.Itoa(i))
		}
	} else {
		names = strings.Split(text, ",")
	}
	var out []run.GPU
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name != "" && !slices.ContainsFunc(out, func(g run.GPU) bool { return named(g, name) }) {
			out = append(out, one(name, found))
		}
	}
	return out
}

// one returns the GPU of a name. One that was not found may be a part of one: it is
// shown all that there is.
func one(name string, found []run.GPU) run.GPU {
	if i := slices.IndexFunc(found, func(g run.GPU) bool { return named(g, name) }); i >= 0 {
		return found[i]
	}
	g := run.GPU{Index: name, Name: name}
	for _, f := range found {
		g.Kind = f.Kind
		g.Files = append(g.Files, f.Files...)
	}
	g.Files = sorted(g.Files)
	return g
}

func named(g run.GPU, name string) bool { return g.Index == name || g.Name == name }

// sorted sorts paths and leaves each once.
func sorted(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

// numbered returns the numbers of the entries of /dev (or a directory in it) that
// are prefix and a number.
func numbered(fsys fs.FS, dir, prefix string) []int {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []int
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name, prefix)
		if n, err := strconv.Atoi(rest); ok && err == nil && n >= 0 {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// existing returns the paths that are there.
func existing(fsys fs.FS, paths ...string) []string {
	var out []string
	for _, p := range paths {
		if _, err := fsys.Stat(p); err == nil {
			out = append(out, p)
		}
	}
	return out
}

package dewar

import (
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// ignorePatterns returns the patterns of .gitignore for the cached outputs of
// g, in the order of the stages: one for each output of a stage, however many
// instances there are.
func ignorePatterns(g *graph.Graph) []string {
	var out []string
	seen := map[string]bool{}
	for _, points := range stagesAtAllPoints(g) {
		for _, o := range outputsOfStage(g, points) {
			for _, pat := range o.patterns() {
				if !seen[pat] {
					seen[pat] = true
					out = append(out, pat)
				}
			}
		}
	}
	return out
}

// stageOutput is one output of all instances of a stage.
type stageOutput struct {
	name  string
	dir   bool
	paths [][]string // relative to the pipeline, taken apart
}

// stagesAtAllPoints puts the stages together that are one stage of a module at its points, each where the
// first stands.
func stagesAtAllPoints(g *graph.Graph) [][]graph.Stage {
	var out [][]graph.Stage
	at := map[string]int{}
	for _, st := range g.Stages {
		name := graph.WithoutPoints(st.Name)
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], st)
	}
	return out
}

// outputsOfStage returns what Git should ignore, in the order of the first
// instance. What lies outside the pipeline's directory is for no .gitignore of ours.
func outputsOfStage(g *graph.Graph, points []graph.Stage) []*stageOutput {
	var list []*stageOutput
	byName := map[string]*stageOutput{}
	add := func(o graph.Output) {
		rel := relTo(g.Dir, o.Path)
		if o.NoCache || o.NoCheckout || strings.HasPrefix(rel, "../") {
			return
		}
		name := string(o.Group) + "." + o.Name
		if byName[name] == nil {
			byName[name] = &stageOutput{name: name, dir: o.Dir}
			list = append(list, byName[name])
		}
		byName[name].paths = append(byName[name].paths, strings.Split(rel, "/"))
	}
	for _, st := range points {
		for id := st.First; id < st.First+st.N; id++ {
			for _, o := range g.Instances[id].Outputs {
				add(o)
			}
		}
	}
	return list
}

// patterns returns one pattern for all paths: what they have in common, with a
// star where they differ. Paths that do not even share a directory are spelt out:
// a star beside pipeline.hcl would hide what people put there.
func (o *stageOutput) patterns() []string {
	first := o.paths[0]
	shared, level := len(first)-1, true // the directories in common; all are as deep
	for _, p := range o.paths[1:] {
		n := 0
		for n < min(shared, len(p)-1) && p[n] == first[n] {
			n++
		}
		shared, level = n, level && len(p) == len(first)
	}
	switch {
	case len(o.paths) == 1 || shared == 0:
		var out []string
		for _, p := range o.paths {
			out = append(out, escapeIgnore(p))
		}
		return out
	case level:
		return []string{o.sameDepth(first)}
	}
	return []string{escapeIgnore(first[:shared]) + "/**/*" + o.ending()}
}

// sameDepth puts a star for each name of the path that is not the same in all.
func (o *stageOutput) sameDepth(first []string) string {
	var b strings.Builder
	for i, name := range first {
		same := !slices.ContainsFunc(o.paths, func(p []string) bool { return p[i] != name })
		switch {
		case same:
			b.WriteString(escapeIgnore([]string{name}))
		case i == len(first)-1:
			b.WriteString("/*" + o.ending())
		default:
			b.WriteString("/*")
		}
	}
	return b.String()
}

// ending is the extension that all files have, as a pattern. Directories have none:
// the ".1" of "C=0.1" is no extension.
func (o *stageOutput) ending() string {
	if o.dir {
		return ""
	}
	ext := ""
	for i, p := range o.paths {
		now := path.Ext(p[len(p)-1])
		if i > 0 && now != ext {
			return ""
		}
		ext = now
	}
	return escapeName(ext)
}

// escapeIgnore spells a path so that it matches itself only. A line cannot hold
// a newline; a question mark matches that, too.
func escapeIgnore(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("/" + escapeName(name))
	}
	return b.String()
}

func escapeName(name string) string {
	name = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, "\n", `?`, "\r", `?`).Replace(name)
	end := strings.TrimRight(name, " ")
	return end + strings.Repeat(`\ `, len(name)-len(end)) // Git drops spaces at the end of a line
}

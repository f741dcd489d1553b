package space_test

import (
	"fmt"
	"path"
	"strings"

	"github.com/dewar-build/dewar/eval/space"
	"pgregory.net/rapid"
)

// text is what a pipeline says: its directory in its project, and its modules.
type text struct {
	dir    string
	blocks []block
}

// block is a module block: a pipeline of the same project, or of a commit.
type block struct {
	name   string
	commit string // "": the same project
	points int
	of     *text
}

// pipeline is a pipeline in use.
type pipeline struct {
	text  *text
	by    *pipeline
	space *space.Space
	kids  map[string][]*pipeline
	gifts []string
}

func (p *pipeline) Modules() []space.Module {
	var out []space.Module
	for _, b := range p.text.blocks {
		m := space.Module{Name: b.name, Root: p.rootOf(b)}
		if kids := p.kids[b.name]; len(kids) > 0 {
			m.Inside = kids[0].space
		}
		out = append(out, m)
	}
	return out
}

func (p *pipeline) Find(name string) string {
	for _, b := range p.text.blocks {
		if b.name == name {
			return p.rootOf(b)
		}
	}
	return ""
}

func (p *pipeline) rootOf(b block) string {
	if b.commit == "" {
		return p.space.Root()
	}
	return kept(b.commit)
}

func (p *pipeline) dir() string { return path.Join(p.space.Root(), p.text.dir) }

// commit is one that has a letter.
func commit(letter string) string { return strings.Repeat(letter, 40) }

func kept(commit string) string { return path.Join(space.Kept, commit) }

// stands is a pipeline that stands for itself, and has looked into all its modules.
func stands(t *text) *pipeline {
	p := &pipeline{text: t, kids: map[string][]*pipeline{}}
	p.space = space.New(p, t.dir)
	p.open()
	return p
}

func (p *pipeline) open() {
	for _, b := range p.text.blocks {
		for i := range b.points {
			p.use(b, i)
		}
	}
}

// use uses a module at a point; at point 0 it has no points.
func (p *pipeline) use(b block, point int) *pipeline {
	kid := &pipeline{text: b.of, by: p, kids: map[string][]*pipeline{}}
	shared := path.Join(p.dir(), b.name)
	out := shared
	if b.points > 1 {
		out = path.Join(shared, fmt.Sprint("n=", point))
	}
	root := p.rootOf(b)
	kid.space = p.space.Use(kid, space.Use{Dir: path.Join(root, b.of.dir), Root: root, Out: out, Shared: shared})
	p.kids[b.name] = append(p.kids[b.name], kid)
	kid.open()
	return kid
}

// all are the pipeline and those in it.
func (p *pipeline) all() []*pipeline {
	out := []*pipeline{p}
	for _, b := range p.text.blocks {
		for _, kid := range p.kids[b.name] {
			out = append(out, kid.all()...)
		}
	}
	return out
}

// given are the paths that the pipeline has of its user's project: its gifts, and those of its
// users in its own project.
func (p *pipeline) given() []string {
	out := p.gifts
	if p.by != nil && p.by.space.Root() == p.space.Root() {
		out = append(out[:len(out):len(out)], p.by.given()...)
	}
	return out
}

// outermost is the pipeline, or the outermost user of it in its own project.
func (p *pipeline) outermost() *pipeline {
	for p.by != nil && p.by.space.Root() == p.space.Root() {
		p = p.by
	}
	return p
}

// roots are the projects of the pipeline and of those in it, each once.
func (p *pipeline) roots() []string {
	var out []string
	said := map[string]bool{}
	for _, at := range p.all() {
		if root := at.space.Root(); !said[root] {
			said[root] = true
			out = append(out, root)
		}
	}
	return out
}

// knows are the projects of which files may come to the pipeline: its own and those below, and
// what its user may give it.
func (p *pipeline) knows() []string {
	for p.by != nil {
		p = p.by
	}
	return p.roots()
}

// filesOf are some of a project.
func filesOf(root string) []string {
	return []string{path.Join(root, "x.txt"), path.Join(root, "p0", "x.txt"), path.Join(root, "src", "a.py")}
}

// drawText is a pipeline with modules, which have modules down to a depth. They are of some
// commits: none can be of one that is of it.
func drawText(t *rapid.T, depth int, commits string) *text {
	p := &text{dir: rapid.SampledFrom([]string{".", "p0", "p1", "a/b"}).Draw(t, "dir")}
	if depth == 0 {
		return p
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "modules") {
		b := block{name: string(rune('k' + i)), points: rapid.IntRange(1, 2).Draw(t, "points")}
		older := commits
		if n := rapid.IntRange(-1, len(commits)-1).Draw(t, "commit"); n >= 0 {
			b.commit, older = commit(commits[n:n+1]), commits[n+1:]
		}
		b.of = drawText(t, depth-1, older)
		p.blocks = append(p.blocks, b)
	}
	return p
}

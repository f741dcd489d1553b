package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/dewar-build/dewar"
)

// The graph of a report has a box for every stage, however many instances that
// has. What differs is said in words and shown in colours: who cannot tell those
// apart, or prints, reads the same. Names come from files that strangers may have
// written, locks and records among them: nothing of them is taken for markup.

// picked is the part of the graph that is drawn.
type picked struct {
	stages []*dewar.StageChange
	edges  [][2]int // indices of stages; from what is needed to what needs it
	note   string   // what is left out
}

// A drawing beyond these says less than the table below it; GitHub refuses more
// than 500 edges and 50,000 characters.
const (
	mostBoxes = 100
	mostEdges = 400
)

// picked chooses what is drawn: everything; what differs and what stands next to
// it, if that is too much; nothing, if that is too much still, or nothing differs.
func (r *report) picked() picked {
	var all, near picked
	for i := range r.stages {
		all.stages = append(all.stages, &r.stages[i])
	}
	if !r.all && !slices.ContainsFunc(all.stages, differs) {
		return picked{}
	}
	if all.connect() {
		return all
	}
	at, keep := map[string]*dewar.StageChange{}, map[string]bool{}
	for _, c := range all.stages {
		at[c.Name] = c
	}
	for _, c := range all.stages {
		for _, name := range c.Needs {
			if from := at[name]; from != nil {
				keep[c.Name] = keep[c.Name] || differs(from)
				keep[name] = keep[name] || differs(c)
			}
		}
	}
	for _, c := range all.stages {
		if keep[c.Name] || differs(c) {
			near.stages = append(near.stages, c)
		}
	}
	if near.connect() {
		near.note = fmt.Sprintf("Drawn are the stages that differ and those next to them, %d of %d.", len(near.stages), len(all.stages))
		return near
	}
	return picked{note: "The graph is too large to be drawn: dewar dag draws parts of it."}
}

func differs(c *dewar.StageChange) bool { return c.Difference != dewar.StageSame }

// connect finds the edges, and reports whether all of it can be drawn. Two graphs
// laid over each other may have a cycle that neither has, and a damaged lock may
// say anything: what would close one is left out.
func (p *picked) connect() bool {
	if len(p.stages) > mostBoxes {
		return false
	}
	at := map[string]int{}
	for i, c := range p.stages {
		at[c.Name] = i
	}
	needs := make([][]int, len(p.stages))
	for i, c := range p.stages {
		for _, name := range c.Needs {
			from, ok := at[name]
			if !ok || reaches(needs, from, i) {
				continue
			}
			needs[i] = append(needs[i], from)
			p.edges = append(p.edges, [2]int{from, i})
		}
	}
	return len(p.edges) <= mostEdges
}

// reaches reports whether from needs to, or is it.
func reaches(needs [][]int, from, to int) bool {
	seen := make([]bool, len(needs))
	open := []int{from}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if at == to {
			return true
		}
		if !seen[at] {
			seen[at] = true
			open = append(open, needs[at]...)
		}
	}
	return false
}

// boxName is what stands in a box: a name, and how many instances it has.
func boxName(c *dewar.StageChange) string {
	if c.Grid {
		return c.Name + " ×" + instancesText(c)
	}
	return c.Name
}

// mermaid is the graph as a block of Markdown; "" if there is nothing to draw.
func (r *report) mermaid() string {
	p := r.picked()
	if len(p.stages) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n```mermaid\nflowchart TD\n")
	members := map[string][]string{}
	for i, c := range p.stages {
		label := mermaidText(shortened(boxName(c), mostName))
		if text := r.differenceText(c); text != "" {
			label += "<br/>" + mermaidText(shortened(text, 2*mostText))
		}
		fmt.Fprintf(&b, "  s%d[\"%s\"]\n", i, label)
		class := classOf(c.Difference)
		members[class] = append(members[class], fmt.Sprintf("s%d", i))
	}
	for _, e := range p.edges {
		fmt.Fprintf(&b, "  s%d --> s%d\n", e[0], e[1])
	}
	for _, k := range boxColors {
		if list := members[k.class]; len(list) > 0 {
			fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s,color:%s%s\n  class %s %s\n", k.class, k.light.fill, k.light.line, k.light.ink, k.mermaid, strings.Join(list, ","), k.class)
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// mermaidText writes a text into a label: whatever is not a letter, a digit or
// harmless becomes a character reference, which is how mermaid writes it.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range safe(s) {
		switch {
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" _-.,", r)):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// shade is how a box is painted.
type shade struct{ fill, line, ink string }

// boxColors paint boxes, on light paper and on dark. Mermaid has one set for both:
// text and ground belong together in it. Never written to.
var boxColors = [...]struct {
	class       string
	light, dark shade
	mermaid     string // more of mermaid's style
	dashes      string // of the line around a box of SVG
}{
	{"added", shade{"#e3f6ea", "#1a7f4b", "#0f4429"}, shade{"#12301f", "#3fb56f", "#c9f0d8"}, "", ""},
	{"removed", shade{"#fdeae9", "#b3261e", "#6b1510"}, shade{"#351917", "#ff8a80", "#ffd9d5"}, ",stroke-dasharray:5 4", "5 4"},
	{"changed", shade{"#fff1d9", "#b86a00", "#5a3300"}, shade{"#38270c", "#f0a93b", "#ffe6bd"}, "", ""},
	{"remade", shade{"#e6f0fc", "#2f6fb8", "#143a66"}, shade{"#14273d", "#5ba3ea", "#cfe5fc"}, "", ""},
	{"unknown", shade{"#f0f1f4", "#667080", "#3a414d"}, shade{"#23272f", "#98a2b3", "#d5dae3"}, ",stroke-dasharray:2 3", "2 3"},
}

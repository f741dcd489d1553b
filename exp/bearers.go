package exp

import (
	"slices"
	"strings"
)

// Whether a short name means another metric as well is asked of each metric of one name, and there may be thousands:
// an instance each has one. So nobody compares pairs. What is asked about is put down first; then each metric says
// once what of that it bears, and it is enough to know of two that do.

// bearers are the metrics that a text may mean, as far as it takes to tell one from several.
type bearers struct {
	first   string
	any     bool
	several bool
}

func (b bearers) with(name string) bearers {
	if !b.any {
		return bearers{first: name, any: true}
	}
	b.several = b.several || b.first != name
	return b
}

// another reports whether there is one that is not this metric.
func (b bearers) another(than string) bool { return b.several || b.any && b.first != than }

// meanings are the short names asked about, of metrics of one name, and who bears them: as MetricIs has it, but for
// the name, which all of them have.
type meanings struct {
	ends    map[string]bearers // of the full name: all of it, or what follows a colon
	parts   map[string]bearers // names of the path that follow each other: "forecast/wind"
	lengths []int              // of how many names there are parts
}

func newMeanings() *meanings {
	return &meanings{ends: map[string]bearers{}, parts: map[string]bearers{}}
}

// ask puts a short name down.
func (m *meanings) ask(short string) {
	m.ends[short] = bearers{}
	part, _, _ := CutMetric(short)
	if part == "" {
		return
	}
	m.parts[part] = bearers{}
	if n := 1 + strings.Count(part, "/"); !slices.Contains(m.lengths, n) {
		m.lengths = append(m.lengths, n)
	}
}

// bear puts down what a metric bears of that.
func (m *meanings) bear(name string) {
	add(m.ends, name, name)
	for i := range len(name) {
		if name[i] == ':' {
			add(m.ends, name[i+1:], name)
		}
	}
	file, _, _ := CutMetric(name)
	ends := []int{-1} // of the names of the path, each without its slash
	for i := range len(file) {
		if file[i] == '/' {
			ends = append(ends, i)
		}
	}
	ends = append(ends, len(file))
	for _, n := range m.lengths {
		for i := n; i < len(ends); i++ {
			add(m.parts, file[ends[i-n]+1:ends[i]], name)
		}
	}
}

func add(to map[string]bearers, text, name string) {
	if b, asked := to[text]; asked {
		to[text] = b.with(name)
	}
}

// another reports whether a short name means another metric than this.
func (m *meanings) another(short, full string) bool {
	part, _, _ := CutMetric(short)
	return m.ends[short].another(full) || m.parts[part].another(full)
}

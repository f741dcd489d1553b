package exp

import (
	"path"
	"strings"
)

// CutMetric takes the full name of a metric apart: its file, and its name in there.
func CutMetric(full string) (file, leaf string, ok bool) {
	i := strings.LastIndexByte(full, ':')
	if i < 0 {
		return "", full, false
	}
	return full[:i], full[i+1:], true
}

// MetricIs reports whether name means the metric with this full name: all of it, or what
// follows the path of the file; or that behind names of the path which follow each other: the
// metric "build/forecast/wind/score.json:skill" is "skill", "score.json:skill" and "wind:skill".
func MetricIs(full, name string) bool {
	if full == name || strings.HasSuffix(full, ":"+name) {
		return true
	}
	part, leaf, ok := CutMetric(name)
	if !ok || part == "" {
		return false
	}
	file, isSuffix := strings.CutSuffix(full, ":"+leaf)
	return isSuffix && strings.Contains("/"+file+"/", "/"+part+"/")
}

// MetricsCalled lists the full names of the metrics that a name means: one if it is a full
// name itself.
func MetricsCalled(metrics []Field, name string) []string {
	var out []string
	for _, f := range metrics {
		if f.Name == name {
			return []string{name}
		}
		if MetricIs(f.Name, name) {
			out = append(out, f.Name)
		}
	}
	return out
}

// ShortNames shortens the full names of metrics, each as far as it still means no other: the name
// alone, or with the file's, or with the directories in which it differs, or all of it. So one file that
// every point has does not make all of them long.
func ShortNames(names []string) []string {
	byLeaf, byFile := map[string][]string{}, map[string][]string{}
	for _, n := range names {
		byLeaf[leafName(n)] = append(byLeaf[leafName(n)], n)
		byFile[inFile(n)] = append(byFile[inFile(n)], n)
	}
	differing := map[string][2]int{}
	for short, alike := range byFile {
		differing[short] = differingParts(alike)
	}
	out := make([]string, len(names))
	for i, n := range names {
		short := inFile(n)
		switch {
		case len(byLeaf[leafName(n)]) == 1:
			out[i] = leafName(n)
		case len(byFile[short]) == 1:
			out[i] = short
		default:
			out[i] = inDirectory(n, differing[short])
		}
	}
	fullWhereNeeded(out, names, byLeaf)
	return out
}

// fullWhereNeeded replaces short names that mean another metric of the same name as well.
func fullWhereNeeded(shorts, names []string, byLeaf map[string][]string) {
	of := map[string]*meanings{}
	for i, n := range names {
		leaf := leafName(n)
		if len(byLeaf[leaf]) == 1 {
			continue
		}
		if of[leaf] == nil {
			of[leaf] = newMeanings()
		}
		of[leaf].ask(shorts[i])
	}
	for leaf, m := range of {
		for _, n := range byLeaf[leaf] {
			m.bear(n)
		}
	}
	for i, n := range names {
		if m := of[leafName(n)]; m != nil && m.another(shorts[i], n) {
			shorts[i] = n
		}
	}
}

func leafName(full string) string {
	file, leaf, _ := CutMetric(full)
	if leaf == "" {
		return path.Base(file)
	}
	return leaf
}

func inFile(full string) string {
	file, leaf, _ := CutMetric(full)
	return path.Base(file) + ":" + leaf
}

// differingParts says how many parts of their paths all metrics begin with, and how many they all end with.
func differingParts(names []string) [2]int {
	file, _, _ := CutMetric(names[0])
	first := strings.Split(file, "/")
	begin, end := len(first), len(first)
	for _, n := range names[1:] {
		file, _, _ := CutMetric(n)
		parts := strings.Split(file, "/")
		begin, end = min(begin, len(parts)), min(end, len(parts))
		for i := range begin {
			if parts[i] != first[i] {
				begin = i
				break
			}
		}
		for i := range end {
			if parts[len(parts)-1-i] != first[len(first)-1-i] {
				end = i
				break
			}
		}
	}
	return [2]int{begin, end}
}

// inDirectory is a metric by what is between the parts of its path that others have as well.
func inDirectory(full string, same [2]int) string {
	file, leaf, ok := CutMetric(full)
	parts := strings.Split(file, "/")
	from, to := same[0], len(parts)-same[1]
	if !ok || from >= to {
		return full
	}
	return strings.Join(parts[from:to], "/") + ":" + leaf
}

package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// What RESULTS.md says, from top to bottom.

func (b *bench) header(loaded string) {
	b.printf("# Results\n\nMade by `go run ./bench`: the same work for dewar and for others, on a filesystem in memory, commands in turn.\n")
	b.printf("Every time is that of whole processes, on the wall, the best of several where that is short; in brackets the\n")
	b.printf("processor's time on all cores; then how many times dewar's time it is. A dash is what was not run, because a\nprogram would probably have needed more than %s for it: what it did need at a smaller size stands beside it.\n\n", seconds(b.budget))
	b.printf("Machine: %s, %d CPUs, %s/%s, load %s before the run. %d actions at once.\n", cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, loaded, b.parallel)
	var here []string
	for _, p := range b.peers[1:] {
		here = append(here, p.name+" "+b.numberOf(p))
	}
	if len(here) > 0 {
		b.printf("Beside: %s.\n", strings.Join(here, ", "))
	}
	if len(b.absent) > 0 {
		b.printf("Left out: %s.\n", strings.Join(b.absent, ", "))
	}
	for _, p := range b.peers {
		if took, ok := b.began[p.name]; ok {
			b.printf("The server of %s takes %s to start, which no figure below has in it.\n", p.name, seconds(took))
		}
	}
}

// summary is how many times dewar's time each peer takes, at the largest size that both were given.
func (b *bench) summary(o options) {
	if len(b.peers) == 1 {
		return
	}
	b.printf("\n## How many times as long as dewar\n\nAt the largest size that both have done, which is in brackets.\n\n| |")
	kinds := kindsOf(o)
	for _, k := range kinds {
		for _, when := range []moment{cold, again} {
			b.printf(" %s, %s |", k, when)
		}
	}
	b.printf("\n|---|")
	for range 2 * len(kinds) {
		b.printf("---|")
	}
	for _, p := range b.peers[1:] {
		b.printf("\n| %s |", p.name)
		for _, k := range kinds {
			for _, when := range []moment{cold, again} {
				b.printf(" %s |", b.largest(sizesOf(o, k), place{kind: k, when: when, peer: p.name}))
			}
		}
	}
	b.printf("\n")
}

// kindsOf lists what was measured.
func kindsOf(o options) []kind {
	var list []kind
	for _, k := range []kind{independent, chained, directory, sweep} {
		if len(sizesOf(o, k)) > 0 {
			list = append(list, k)
		}
	}
	return list
}

func (b *bench) largest(ns sizes, at place) string {
	for _, n := range slices.Backward(ns) {
		at.n = n
		if text := b.ratio(at); text != "" {
			return fmt.Sprintf("**%s** (%s)", text, thousands(n))
		}
	}
	return "—"
}

// ratio is how many times dewar's time a figure is; "" where one of them is not there.
func (b *bench) ratio(at place) string {
	theirs, ok := b.results[at]
	at.peer = "dewar"
	ours, ok2 := b.results[at]
	if !ok || !ok2 || theirs.why != "" || ours.why != "" || ours.wall <= 0 {
		return ""
	}
	return times(float64(theirs.wall) / float64(ours.wall))
}

// times writes a ratio with two or three figures.
func times(r float64) string {
	switch {
	case r < 0.995:
		return fmt.Sprintf("%.2fx", r)
	case r < 9.95:
		return fmt.Sprintf("%.1fx", r)
	}
	return fmt.Sprintf("%.0fx", r)
}

// targets are what dewar is held to, by issue and design.
func (b *bench) targets(o options, a alone) {
	rows := 0
	row := func(what, measured, wanted string) {
		if measured != "" {
			if rows++; rows == 1 {
				b.printf("\n## Targets\n\n| what | measured | it should be |\n|---|---|---|\n")
			}
			b.printf("| %s | **%s** | %s |\n", what, measured, wanted)
		}
	}
	if o.alone {
		row("`dewar version`, median", seconds(median(a.version)), "at most 10 ms")
		row("the binary", fmt.Sprintf("%.1f MB", float64(a.binary)/1e6), "at most 30 MB")
		row("files made by an action", fmt.Sprintf("%.2f", a.files), "at most 4")
	}
	for _, n := range o.stages {
		if n >= 1000 {
			row(fmt.Sprintf("cold, %s independent stages, times ninja", thousands(n)), b.inverse(place{independent, n, cold, "ninja"}), "at most 2")
		}
	}
	row("no-op, 1,000 independent stages", b.took(place{independent, 1000, again, "dewar"}), "at most 30 ms")
	for i, n := range a.points {
		wanted := ""
		if n == 10000 {
			wanted = "at most 200 ms"
		}
		row(fmt.Sprintf("no-op, a stage with %s points", thousands(n)), seconds(a.pointsWall[i]), wanted)
	}
	row("no-op, a directory of 100,000 files", b.took(place{directory, 100000, again, "dewar"}), "at most 300 ms")
}

func (b *bench) took(at place) string {
	if r, ok := b.results[at]; ok && r.why == "" {
		return seconds(r.wall)
	}
	return ""
}

// inverse is how many times a peer's time dewar's is.
func (b *bench) inverse(at place) string {
	theirs := b.results[at]
	at.peer = "dewar"
	ours := b.results[at]
	if theirs.wall == 0 || ours.wall == 0 || theirs.why != "" || ours.why != "" {
		return ""
	}
	return fmt.Sprintf("%.2f", float64(ours.wall)/float64(theirs.wall))
}

func (b *bench) plotted(o options) {
	if len(o.stages) > 1 && o.results != "-" {
		b.printf("\n![Time against the number of independent stages, cold and no-op, one line a program](%s)\n", filepath.Base("results.svg"))
	}
}

// tables writes all figures: a table for every kind and moment.
func (b *bench) tables(o options) {
	for _, k := range kindsOf(o) {
		b.printf("\n## %s\n\n%s\n", title(k), about[k])
		for _, when := range []moment{cold, again, changed} {
			b.printf("\n| %s |", when)
			ns := sizesOf(o, k)
			for _, n := range ns {
				b.printf(" %s |", thousands(n))
			}
			b.printf("\n|---|")
			for range ns {
				b.printf("---|")
			}
			for _, p := range b.peers {
				b.printf("\n| %s |", p.name)
				for _, n := range ns {
					b.printf(" %s |", b.cell(p, place{k, n, when, p.name}))
				}
			}
			b.printf("\n")
		}
	}
}

func title(k kind) string {
	return [...]string{"Independent stages", "Chained stages", "A directory as one input of one stage", "A sweep"}[k]
}

// about says what the work is.
var about = map[kind]string{
	independent: "Each is `cp` of one small file of its own. The change is in one of these files.",
	chained:     "Each is `cp` of what the one before has made. The change is at the beginning, so that all have to run.",
	directory:   "One `cp` of one of the files, but all of the directory is the input. The change is in that file.",
	sweep:       "One stage, `sed`, under so many values of a param: `dewar exp run`, `dvc exp run --queue` and `--run-all`, a wildcard,\nand for the others an edge or a stage for each. dewar and DVC record each point as an experiment, the others keep files.\nThe change is one point more.",
}

func (b *bench) cell(p peer, at place) string {
	r, ok := b.results[at]
	if !ok {
		return ""
	}
	if r.why != "" {
		return r.why
	}
	cpu := seconds(r.cpu)
	if _, none := p.cpuless[at.kind]; none {
		cpu = "?"
	}
	if p.name == "dewar" {
		return fmt.Sprintf("**%s** (%s)", seconds(r.wall), cpu)
	}
	return fmt.Sprintf("%s (%s) %s", seconds(r.wall), cpu, b.ratio(at))
}

// differences says what a comparison with each peer leaves out.
func (b *bench) differences() {
	if len(b.peers) == 1 {
		return
	}
	b.printf("\n## What is different\n\ndewar runs every command in a sandbox, hashes (SHA-256) what it reads and writes, and keeps that in a cache and in the lock file.\n\n")
	for _, p := range b.peers[1:] {
		b.printf("- **%s**: %s", p.name, p.differs)
		for _, k := range []kind{independent, chained, directory, sweep} {
			if why, ok := p.cpuless[k]; ok {
				b.printf(" Of the %s the processor's time is not known: %s.", k, why)
			}
		}
		b.printf("\n")
	}
}

// plot is the picture of the independent stages.
func (b *bench) plot(ns sizes) plot {
	var p plot
	for _, when := range []moment{cold, again} {
		var lines []line
		for _, peer := range b.peers {
			l := line{name: peer.name}
			for _, n := range ns {
				if r, ok := b.results[place{independent, n, when, peer.name}]; ok && r.why == "" && r.wall > 0 {
					l.points = append(l.points, point{float64(n), r.wall.Seconds()})
				}
			}
			if len(l.points) > 0 {
				lines = append(lines, l)
			}
		}
		p.panels = append(p.panels, panel{title: when.String(), lines: lines})
	}
	p.x = "independent stages"
	p.y = "time on the wall"
	return p
}

package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// dvcPeer is DVC in a Git repository, as it is after `dvc init`: autostage is off.
func dvcPeer(program string, b *bench) peer {
	return peer{
		name: "dvc", program: program, version: []string{"--version"},
		differs: "Hashes (MD5) and caches as dewar does. No sandbox. One stage after the other: `repro` takes no number of them; the sweep's queue does.",
		write:   func(w workload) map[string]string { return dvcFiles(w) },
		setup: func(w workload) [][]string {
			// What it remembers of files is kept outside the project unless it is told otherwise.
			list := [][]string{
				{"git", "init", "-q"}, {program, "init", "-q"}, {program, "config", "core.check_update", "false"},
				{program, "config", "core.analytics", "false"}, {program, "config", "--local", "core.site_cache_dir", filepath.Join(b.project("dvc"), ".dvc/tmp/site")},
			}
			if w.kind == sweep {
				list = append(list, commitAll()...)
			}
			return list
		},
		run: func(w workload) [][]string {
			if w.kind == sweep {
				return [][]string{
					{program, "exp", "run", "-q", "--queue", "-S", fmt.Sprintf("i=range(%d)", w.n)},
					{program, "exp", "run", "-q", "--run-all", "-j", strconv.Itoa(w.parallel)},
				}
			}
			return [][]string{{program, "repro", "-q"}}
		},
		cpuless: map[kind]string{sweep: "the queue's workers are not its children"},
	}
}

func dvcFiles(w workload) map[string]string {
	var s strings.Builder
	s.WriteString("stages:\n")
	switch w.kind {
	case directory:
		s.WriteString(dvcStage(0, "cp "+first+" "+w.output(0), "data", w.output(0)))
	case sweep:
		s.WriteString("  s:\n    cmd: sed s/I/${i}/ in/0.txt > m.json\n    deps: [in/0.txt]\n    params: [i]\n    metrics:\n    - m.json:\n        cache: false\n")
		return map[string]string{"dvc.yaml": s.String(), "params.yaml": "i: 0\n"}
	default:
		for i := range w.n {
			s.WriteString(dvcStage(i, "cp "+w.input(i)+" "+w.output(i), w.input(i), w.output(i)))
		}
	}
	return map[string]string{"dvc.yaml": s.String()}
}

func dvcStage(i int, command, input, output string) string {
	return fmt.Sprintf("  s%d:\n    cmd: %s\n    deps: [%s]\n    outs: [%s]\n", i, command, input, output)
}

package main

import (
	"fmt"
	"strings"
)

// xvcPeer is xvc. Its pipelines are made by commands, or all at once from a
// file, which is not measured.
func xvcPeer(program string, _ *bench) peer {
	xvc := func(args ...string) []string { return append([]string{program, "--quiet", "--skip-git"}, args...) }
	load := func(workload) [][]string {
		return [][]string{xvc("pipeline", "import", "--file", "stages.yaml", "--overwrite")}
	}
	return peer{
		name: "xvc", program: program, version: []string{"--version"},
		differs: "Hashes (BLAKE3) what stages read; no sandbox, and no cache of what they write: an output is only known to be there. It takes no number of stages to run at once. Git is not told of anything, unlike by default.",
		write:   func(w workload) map[string]string { return map[string]string{"stages.yaml": xvcFile(w)} },
		setup: func(w workload) [][]string {
			return append([][]string{xvc("init", "--no-git")}, load(w)...)
		},
		reload: load,
		run:    func(workload) [][]string { return [][]string{xvc("pipeline", "run")} },
	}
}

func xvcFile(w workload) string {
	var s strings.Builder
	s.WriteString("version: 1\nname: default\nworkdir: ''\nsteps:\n")
	stage := func(i int, command, dependency string) {
		fmt.Fprintf(&s, "- name: s%d\n  command: %s\n  invalidate: ByDependencies\n  dependencies:\n%s  outputs:\n  - !File\n    path: %s\n", i, command, dependency, w.output(i))
	}
	reads := func(name string) string {
		return "  - !File\n    path: " + name + "\n    xvc_metadata: null\n    content_digest: null\n"
	}
	switch w.kind {
	case directory:
		stage(0, "cp "+first+" "+w.output(0), "  - !Glob\n    glob: 'data/**'\n    xvc_paths_digest: null\n    xvc_metadata_digest: null\n    content_digest: null\n")
	case sweep:
		for i := range w.n {
			stage(i, fmt.Sprintf("sed s/I/%d/ in/0.txt > %s", i, w.output(i)), reads("in/0.txt"))
		}
	default:
		for i := range w.n {
			stage(i, "cp "+w.input(i)+" "+w.output(i), reads(w.input(i)))
		}
	}
	return s.String()
}

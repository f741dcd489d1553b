package main

import (
	"fmt"
	"strings"
)

// makePeer is make without its built-in rules, which it would try on every
// file. Simple commands it starts without a shell.
func makePeer(program string, _ *bench) peer {
	return peer{
		name: "make", program: program, version: []string{"--version"},
		differs: "No sandbox, no hashes of contents, no cache, no memory of commands: it compares times of files. The files of the directory are listed one by one; a new one is not seen.",
		write:   func(w workload) map[string]string { return map[string]string{"Makefile": makefile(w)} },
		run: func(w workload) [][]string {
			return [][]string{{program, "--silent", "-r", fmt.Sprintf("-j%d", w.parallel)}}
		},
	}
}

func makefile(w workload) string {
	var all, edges strings.Builder
	edge := func(i int, inputs, command string) {
		fmt.Fprintf(&all, " %s", w.output(i))
		fmt.Fprintf(&edges, "%s: %s\n\t%s\n", w.output(i), inputs, command)
	}
	switch w.kind {
	case directory:
		var list strings.Builder
		for k := range w.n {
			list.WriteString(" " + file(k))
		}
		edge(0, list.String(), "cp "+first+" $@")
	case sweep:
		for i := range w.n {
			edge(i, "in/0.txt", fmt.Sprintf("sed s/I/%d/ $< > $@", i))
		}
	default:
		for i := range w.n {
			edge(i, w.input(i), "cp $< $@")
		}
	}
	return "all:" + all.String() + "\n" + edges.String()
}

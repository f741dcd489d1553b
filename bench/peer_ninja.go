package main

import (
	"fmt"
	"strings"
)

// ninjaPeer is ninja: hardly more than starting the commands, and so the
// measure of what the rest costs.
func ninjaPeer(program string, b *bench) peer {
	return peer{
		name: "ninja", program: program, version: []string{"--version"},
		differs: "No sandbox, no hashes of contents, no cache: it compares times of files. The files of the directory are listed one by one; a new one is not seen.",
		write:   func(w workload) map[string]string { return map[string]string{"build.ninja": ninjaFile(w)} },
		run:     func(w workload) [][]string { return [][]string{{program, "--quiet", fmt.Sprintf("-j%d", w.parallel)}} },
	}
}

func ninjaFile(w workload) string {
	var s strings.Builder
	s.WriteString("rule cp\n  command = cp $in $out\nrule point\n  command = sed s/I/$i/ $in > $out\n")
	switch w.kind {
	case directory:
		fmt.Fprintf(&s, "build %s: cp %s |", w.output(0), first)
		for k := 1; k < w.n; k++ {
			s.WriteString(" " + file(k))
		}
		s.WriteString("\n")
	case sweep:
		for i := range w.n {
			fmt.Fprintf(&s, "build %s: point in/0.txt\n  i = %d\n", w.output(i), i)
		}
	default:
		for i := range w.n {
			fmt.Fprintf(&s, "build %s: cp %s\n", w.output(i), w.input(i))
		}
	}
	return s.String()
}

package main

import (
	"fmt"
	"strconv"
	"strings"
)

// dewarPeer is dewar itself, as people use it: sandboxed, its results hashed
// and cached.
func dewarPeer(program string, b *bench) peer {
	j := fmt.Sprintf("-j%d", b.parallel)
	return peer{
		name: "dewar", program: program, version: []string{"version"},
		write: func(w workload) map[string]string {
			files := map[string]string{"pipeline.hcl": dewarPipeline(w)}
			if w.kind == sweep {
				files["params.yaml"] = "p:\n  i: 0\n"
			}
			return files
		},
		setup: func(w workload) [][]string {
			if w.kind == sweep {
				return append([][]string{{"git", "init", "-q"}, {program, "init", "-q"}}, commitAll()...)
			}
			return [][]string{{program, "init", "-q"}}
		},
		run: func(w workload) [][]string {
			if w.kind == sweep {
				return [][]string{{program, "exp", "run", "-q", j, "-p", fmt.Sprintf("p.i=range(%d)", w.n)}}
			}
			return [][]string{{program, "run", "-q", j}}
		},
	}
}

func dewarPipeline(w workload) string {
	switch w.kind {
	case directory:
		return dewarStage(0, `"data"`, w.output(0), `["cp", "${inputs.a}/`+strings.TrimPrefix(first, "data/")+`", outputs.b]`)
	case sweep:
		return "param \"p\" {\n  type = object({ i = int })\n  file = \"params.yaml\"\n}\n\n" +
			"stage \"s\" {\n  inputs  = { a = \"in/0.txt\" }\n  metrics = { b = \"m.json\" }\n  command = \"sed s/I/${param.p.i}/ ${inputs.a} > ${metrics.b}\"\n}\n"
	}
	var s strings.Builder
	for i := range w.n {
		input := strconv.Quote(w.input(i))
		if w.kind == chained && i > 0 {
			input = fmt.Sprintf("stage.s%d.outputs.b", i-1)
		}
		s.WriteString(dewarStage(i, input, w.output(i), `["cp", inputs.a, outputs.b]`))
	}
	return s.String()
}

func dewarStage(i int, input, output, command string) string {
	return fmt.Sprintf("stage \"s%d\" {\n  inputs  = { a = %s }\n  outputs = { b = %q }\n  command = %s\n}\n\n", i, input, output, command)
}

// commitAll commits what is there.
func commitAll() [][]string {
	return [][]string{{"git", "add", "-A"}, {"git", "commit", "-qm", "x"}}
}

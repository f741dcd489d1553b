package main

import (
	"fmt"
	"strconv"
)

// snakemakePeer is Snakemake; wildcards say what the stages are.
func snakemakePeer(program string, _ *bench) peer {
	return peer{
		name: "snakemake", program: program, version: []string{"--version"},
		differs: "No sandbox, no cache: it decides by times of files, and hashes small inputs whose time is new. The files of a directory are listed one by one, because a directory's time does not show what changes within.",
		write:   func(w workload) map[string]string { return map[string]string{"Snakefile": snakefile(w)} },
		run: func(w workload) [][]string {
			return [][]string{{program, "--quiet", "all", "--cores", strconv.Itoa(w.parallel)}}
		},
	}
}

func snakefile(w workload) string {
	switch w.kind {
	case chained:
		return fmt.Sprintf("rule all:\n    input: %q\n\nrule cp:\n    input: lambda w: f\"out/{int(w.i) - 1}.txt\" if int(w.i) else %q\n    output: \"out/{i}.txt\"\n    shell: \"cp {input} {output}\"\n", w.output(w.n-1), w.input(0))
	case directory:
		return fmt.Sprintf("import glob\n\nrule all:\n    input: sorted(glob.glob(\"data/*/*\"))\n    output: %q\n    shell: \"cp %s {output}\"\n", w.output(0), first)
	case sweep:
		return snakeAll(w.n) + "    input: \"in/0.txt\"\n    output: \"out/{i}.txt\"\n    shell: \"sed s/I/{wildcards.i}/ {input} > {output}\"\n"
	}
	return snakeAll(w.n) + "    input: \"in/{i}.txt\"\n    output: \"out/{i}.txt\"\n    shell: \"cp {input} {output}\"\n"
}

func snakeAll(n int) string {
	return fmt.Sprintf("rule all:\n    input: expand(\"out/{i}.txt\", i=range(%d))\n\nrule one:\n", n)
}

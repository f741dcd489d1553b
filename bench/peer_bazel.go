package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// bazelPeer is Bazel with its own sandbox and a server that runs: one project
// for all of the work, so that the server is as warm as it gets.
func bazelPeer(program string, b *bench) peer {
	bazel := func(args ...string) []string {
		return append([]string{program, "--output_user_root=" + filepath.Join(b.dir, "bazel"), "--max_idle_secs=600"}, args...)
	}
	quiet := []string{"--color=no", "--curses=no", "--noshow_progress", "--noshow_loading_progress"}
	return peer{
		name: "bazel", program: program, version: []string{"--version"},
		differs: "Hashes (SHA-256), and its default sandbox; no cache of results beside what is in the output tree. A server holds the graph in memory between commands; its start is shown apart. The processor time is the server's and that of its children.",
		write:   bazelFiles,
		setup:   func(workload) [][]string { return [][]string{bazel("clean")} },
		run: func(w workload) [][]string {
			return [][]string{bazel(append(append([]string{"build"}, quiet...), "-j", strconv.Itoa(w.parallel), "//:all")...)}
		},
		below:  "bazel-bin",
		server: &server{start: bazel("info", "workspace"), stop: bazel("shutdown"), pid: bazel("info", "server_pid")},
	}
}

// bazelStages are the three shapes of work, as plain actions without a shell
// where the work needs none.
const bazelStages = `
def _copy(ctx):
    ctx.actions.run(
        inputs = ctx.files.also + [ctx.file.src],
        outputs = [ctx.outputs.out],
        executable = "/bin/cp",
        arguments = [ctx.file.src.path, ctx.outputs.out.path],
    )

copy = rule(_copy, attrs = {
    "src": attr.label(allow_single_file = True),
    "also": attr.label_list(allow_files = True),
    "out": attr.output(),
})

def _point(ctx):
    ctx.actions.run_shell(
        inputs = [ctx.file.src],
        outputs = [ctx.outputs.out],
        command = "sed s/I/%d/ %s > %s" % (ctx.attr.i, ctx.file.src.path, ctx.outputs.out.path),
    )

point = rule(_point, attrs = {
    "src": attr.label(allow_single_file = True),
    "i": attr.int(),
    "out": attr.output(),
})
`

func bazelFiles(w workload) map[string]string {
	var s strings.Builder
	s.WriteString("load(\":stages.bzl\", \"copy\", \"point\")\n\n")
	switch w.kind {
	case directory:
		fmt.Fprintf(&s, "copy(name = \"s0\", src = %q, also = glob([\"data/**\"]), out = %q)\n", first, w.output(0))
	case sweep:
		for i := range w.n {
			fmt.Fprintf(&s, "point(name = \"s%d\", src = \"in/0.txt\", i = %d, out = %q)\n", i, i, w.output(i))
		}
	default:
		for i := range w.n {
			fmt.Fprintf(&s, "copy(name = \"s%d\", src = %q, out = %q)\n", i, w.input(i), w.output(i))
		}
	}
	return map[string]string{"WORKSPACE": "", "stages.bzl": bazelStages, "BUILD": s.String()}
}

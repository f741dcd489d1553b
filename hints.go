package dewar

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// What a command says when it runs into the walls of a sandbox is known well
// enough to say which wall it was. A hint is a guess from the log, so it never
// changes what happens: it follows the log, as a note.

// hints are what may have been in a failed command's way, by what it wrote.
func (s *session) hints(x *graph.Instance, text string) []diag.Note {
	if x.Isolation == graph.IsolationOff {
		return nil
	}
	var out []diag.Note
	say := func(format string, args ...any) {
		out = append(out, diag.Note{Text: fmt.Sprintf(format, args...)})
	}
	if !x.Network && noNetwork().MatchString(text) {
		say("it has no network. If it needs one, write `network = true`; what never changes is better downloaded once and declared as data.")
	}
	if strings.Contains(text, "Read-only file system") {
		say("it can write to what it declares as outputs or scratch, to /tmp, to its HOME and beside its inputs, not to inputs and nowhere else on the machine.")
	}
	switch at := s.hidden(x, text); {
	case at == "":
	case x.Isolation == graph.IsolationHermetic:
		say("%s is on this machine, but with isolation = \"hermetic\" a stage sees what its toolchains bring, and no more. A toolchain of kind \"files\" brings it.", at)
	default:
		say("%s is on this machine, but a stage sees the project and the system's own directories only. Have what it needs in the project as data, or declare a toolchain of kind \"files\".", at)
	}
	if strings.Contains(text, "File exists") || strings.Contains(text, "FileExistsError") {
		for _, o := range x.Outputs {
			if o.Dir && strings.Contains(text, path.Base(o.At)) {
				say("the directory of an output, %s, is there already when the command starts, and empty: use `mkdir -p`, or exist_ok in python.", o.At)
				break
			}
		}
	}
	if name := s.absentModule(x, text); name != "" {
		say("the python of its toolchain has no module %s: install it there, or let the toolchain's `path` be the venv that has it.", name)
	}
	return out
}

var noNetwork = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)name resolution|could ?n[o']t resolve|network is unreachable|name or service not known|getaddrinfo`)
})

// absolute finds absolute paths in a log.
var absolute = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s'"‘“(=:])(/[^\s'"’”)\x00:]+)`)
})

// shownAnyway are the directories of the machine that every sandbox shows, or has
// one of its own of.
var shownAnyway = []string{"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "opt", "nix", "gnu", "proc", "sys", "dev", "project"}

// shownElse are those of the system itself, which the level hermetic does not show.
var shownElse = []string{"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt"}

// brought reports whether a toolchain of x shows a path.
func (s *session) brought(x *graph.Instance, at string) bool {
	for _, b := range s.bindingsOf(x) {
		for _, shown := range slices.Concat(b.Mounts, b.Base) {
			if at == shown || strings.HasPrefix(at, shown+"/") {
				return true
			}
		}
		if slices.ContainsFunc(b.Links, func(l run.Link) bool { return l.At == at }) {
			return true
		}
	}
	return false
}

// hidden returns a path that a log speaks of, which exists here and not in the
// sandbox, or "".
func (s *session) hidden(x *graph.Instance, text string) string {
	if x.Isolation == graph.IsolationImage {
		return "" // it is one of the image's
	}
	for _, m := range absolute().FindAllStringSubmatch(text, -1) {
		at := filepath.Clean(strings.TrimRight(m[1], ".,;"))
		first, _, below := strings.Cut(strings.TrimPrefix(filepath.ToSlash(at), "/"), "/")
		shared := strings.HasPrefix(at, "/dev/shm/") // in the sandbox it is another, and empty
		system := x.Isolation == graph.IsolationHermetic && slices.Contains(shownElse, first)
		if !below || slices.Contains(shownAnyway, first) && !shared && !system || s.brought(x, at) {
			continue
		}
		if _, err := s.p.host.FS.Stat(at); err == nil {
			return at
		}
	}
	return ""
}

// absentModule returns the python module that an instance with a toolchain of
// that kind lacks, or "".
func (s *session) absentModule(x *graph.Instance, text string) string {
	m := missingModule().FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	name, _, _ := strings.Cut(m[1], ".")
	for _, b := range s.bindingsOf(x) {
		if b.Kind == "python" && !s.isModule(x, name) {
			return name
		}
	}
	return ""
}

// isModule reports whether the project has a python module of that name where x's
// scripts would look for it.
func (s *session) isModule(x *graph.Instance, name string) bool {
	for i := range x.Inputs {
		dir := filepath.Dir(s.p.hostPath(x.Inputs[i].At))
		for _, file := range []string{name + ".py", name} {
			if _, err := s.p.host.FS.Stat(filepath.Join(dir, file)); err == nil {
				return true
			}
		}
	}
	return false
}

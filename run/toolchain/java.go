package toolchain

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// java is the home of a Java. It says of itself what it is, so that nothing has to be started.
func (h *Host) java(t graph.Toolchain) (found, error) {
	var f found
	const get = "Install a JDK (`apt install default-jdk-headless`, `brew install openjdk`), or write `path`: its home, which has bin/java"
	program, looked, err := h.locate(t, sought{names: programNames("java"), below: programNames("bin/java"), get: get})
	if err == nil && program == "" {
		err = fmt.Errorf("%s is a directory without bin/java: not the home of a Java. %s", t.Path, get)
	}
	if err != nil {
		return f, err
	}
	real := h.real(program)
	home := filepath.Dir(filepath.Dir(real))
	text, err := h.read(filepath.Join(home, "release"))
	if err != nil && filepath.Base(home) == "jre" { // Java 8: the runtime lies in the kit
		home = filepath.Dir(home)
		text, err = h.read(filepath.Join(home, "release"))
	}
	if err != nil {
		return f, fmt.Errorf("%s leads to %s, and the home of a Java has a file `release`, which %s does not. Write `path`: the home itself", program, real, home)
	}
	says := release(string(text))
	if says["JAVA_VERSION"] == "" {
		return f, fmt.Errorf("%s has no JAVA_VERSION: %s", filepath.Join(home, "release"), excerpt(text))
	}
	f.Program, f.Version = filepath.Join(home, "bin", filepath.Base(real)), strings.TrimSpace(says["JAVA_VERSION"]+" "+says["IMPLEMENTOR"])
	if !h.there(f.Program) {
		f.Program = real
	}
	for _, name := range sortedNames(says) {
		if says[name] == "" || name == "MODULES" { // they are in lib/modules
			continue
		}
		f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "release " + name, Value: says[name]})
	}
	sum, err := h.hash(real)
	if err != nil {
		return f, err
	}
	f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "program", Value: sum.String()})
	looked = append(looked, program, real, filepath.Join(home, "release"))
	for _, part := range []string{"lib/modules", "lib/server/libjvm.so", "lib/server/libjvm.dylib", "jre/lib/rt.jar", "lib/rt.jar"} {
		at := filepath.Join(home, filepath.FromSlash(part))
		looked = append(looked, at)
		if sum, err := h.hash(at); err == nil {
			f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "file " + part, Value: sum.String()})
		}
	}
	f.Binding.Mounts = outermost(outsideSystem([]string{home}))
	f.Binding.Path = []string{filepath.Dir(f.Program)}
	f.Binding.Env = []graph.Var{{Name: "JAVA_HOME", Value: home}}
	f.Parts.Programs = []string{program, f.Program, real}
	f.Parts.Trees = []tree{{Path: home}}
	f.Seen = h.lookAll(looked)
	return f, nil
}

// release reads the file of that name: NAME="value" lines.
func release(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			out[name] = strings.Trim(value, `"`)
		}
	}
	return out
}

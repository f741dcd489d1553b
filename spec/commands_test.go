package spec_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommands: commands.md is what the commands say of themselves.
func TestCommands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	b, err := os.ReadFile("commands.md")
	if err != nil {
		t.Fatal(err)
	}
	text := "<!-- generated: commands -->\n" + help(t, dewarIn(t), "") + "\n<!-- end -->"
	got := generated.ReplaceAllLiteralString(string(b), text)
	switch {
	case got == string(b):
	case *update:
		if err := os.WriteFile("commands.md", []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("commands.md is not up to date; go test ./spec -update writes it (-is +should be):\n%s", cmp.Diff(string(b), got))
	}
}

var subcommand = regexp.MustCompile(`(?m)^  ([a-z-]+) +\S`)

// help returns what a command and all below it say of themselves. What every
// command has is said once.
func help(t *testing.T, bin, command string) string {
	t.Helper()
	out, code := shell(t, bin, t.TempDir(), strings.TrimSpace("dewar "+command)+" --help")
	if code != 0 {
		t.Fatal(out)
	}
	body, _, _ := strings.Cut(out, "\nGlobal Flags:")
	body, list, _ := strings.Cut(body, "\nAvailable Commands:\n")
	list, flags, _ := strings.Cut(list, "\n\n")
	if command == "" {
		flags, _, _ = strings.Cut(flags, "\nUse ")
		body += "\n" + flags
	}
	page := fmt.Sprintf("\n## dewar %s\n\n```\n%s\n```\n", command, strings.TrimSpace(body))
	page = strings.Replace(page, "dewar \n", "dewar\n", 1)
	for _, m := range subcommand.FindAllStringSubmatch(list, -1) {
		if m[1] != "help" && m[1] != "completion" { // cobra's own
			page += help(t, bin, strings.TrimSpace(command+" "+m[1]))
		}
	}
	return page
}

// TestFormats_fields: every field of every object that --json prints is in
// formats.md, or in diagnostics.md if it is a diagnostic's.
func TestFormats_fields(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	pages := map[string]string{}
	for _, name := range []string{"formats.md", "diagnostics.md"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(b)
	}
	bin := dewarIn(t)
	dir := newProject(t, bin, &fence{files: map[string]string{
		"pipeline.hcl": `param "n" {
  type    = int
  default = 1
}
toolchain "shell" {
  kind  = "files"
  files = ["/bin/sh"]
}
stage "a" {
  description = "one"
  for_each    = grid({ n = [1, 2] })
  outputs     = { x = "build/${each.key}" }
  command     = "echo ${param.n} > ${outputs.x}"
}
stage "b" {
  inputs  = { all = stage.a[*].outputs.x }
  outputs = { y = "build/y" }
  command = "cat ${inputs.all} helper.txt > ${outputs.y}"
}
stage "c" {
  metrics = { m = "build/m.json" }
  plots   = { p = "build/p.csv" }
  command = "echo '{\"v\": ${param.n}}' > ${metrics.m}; echo x > ${plots.p}"
  assert {
    condition = metrics.m.v < 2
    error     = "too large"
  }
}
`, "helper.txt": "help", "more.csv": "a\n1\n"}})
	for _, command := range []string{
		"plan", "run -k", "status", "why b", "show a", "fix -n", "fix", "run", "run", "status -p n=2", "run -p n=2", "run", "dag", "dag --expand",
		"logs", "rm -r build; checkout", "fmt", "init", "stage list", "stage add -n new -- true", "toolchain show --base", "validate", "version", "show nope", "run nope",
		"exp run -p n=2,3 -n x", "exp show", "exp list", "exp apply x-1", "exp save -n s", "exp rename s t", "exp note t hm", "exp diff x-1 x-2", "exp rm t",
		"metrics show", "metrics diff x-1", "metrics check", "params show", "params diff x-2", "plots show", "plots templates", "report x-1 -o r.html", "report x-1 x-2",
		"data add more.csv", "echo x >> more.csv; data status", "data list", "data update", "data move more moved.csv", "rm moved.csv; run", "data remove more",
		"remote add -d o store", "remote list", "remote test o", "remote modify o parallel=2", "remote default", "push", "status --remote", "rm -r .dewar/cache; fetch", "pull",
		"rm store/cas/*/*; pull", "cache stats", "cache verify", "cache repair", "cache pin a", "gc --force", "remote rename o p", "remote remove p",
	} {
		before, after, ok := strings.Cut(command, "; ")
		if !ok {
			before, after = "true", command
		}
		out, _ := shell(t, bin, dir, before+"; dewar --json "+after)
		fields := map[string]bool{}
		for line := range strings.Lines(out) {
			var v any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Errorf("%s: %v: %s", command, err, line)
			}
			collect(v, "formats.md", fields)
		}
		for _, f := range sorted(fields) {
			page, field, _ := strings.Cut(f, " ")
			if !strings.Contains(pages[page], "`"+field+"`") {
				t.Errorf("dewar %s prints the field %q, which %s does not describe", command, field, page)
			}
		}
	}
}

// collect gathers the names of the fields of v, after the page that they belong to.
func collect(v any, page string, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			into[page+" "+name] = true
			if name == "diagnostics" {
				collect(x, "diagnostics.md", into)
				continue
			}
			if _, named := x.(map[string]any); named && (name == "params" || name == "metrics" || name == "values") {
				continue // its fields are called by what the pipeline calls them
			}
			collect(x, page, into)
		}
	case []any:
		for _, x := range v {
			collect(x, page, into)
		}
	}
}

func sorted(set map[string]bool) []string {
	var out []string
	for x := range set {
		out = append(out, x)
	}
	sort.Strings(out)
	return out
}

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/google/go-cmp/cmp"
)

// edited is what is edited in TestNeovim.
const edited = `param "seed" {
  type = int
  file = "params.yaml"
}
param "spare" {
  type    = int
  default = 1
}
locals {
  label = "𝄞 é"
}
stage "s" {
  outputs = { o = "out" }
  command = ["sh", "-c", "echo ${join("-", [local.label, param.seed])} > ${outputs.o}", "echo"]
}`

// A real editor, configured as spec/editors.md says, shows what the server says and does
// what it proposes.
func TestNeovim(t *testing.T) {
	nvim := machinetest.Program(t, "nvim")
	dir := t.TempDir()
	files := map[string]string{
		"project/.dewar/config.hcl": "", "project/params.yaml": "seed: 3\n", "project/pipeline.hcl": edited + "\n",
		"init.lua": neovimConfig(t, nvim),
	}
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs("testdata/neovim.lua")
	if err != nil {
		t.Fatal(err)
	}
	seen := filepath.Join(dir, "seen.json")
	cmd := exec.CommandContext(t.Context(), nvim, "--headless", "-n", "-i", "NONE", "-u", filepath.Join(dir, "init.lua"), "-c", "luafile "+script)
	cmd.Dir = filepath.Join(dir, "project")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_CACHE_HOME="+dir, "DEWAR_SEEN="+seen)
	printed, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	raw, err := os.ReadFile(seen)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	var got struct {
		Failure, Filetype, Hover, Text string
		Completed                      []string
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if got.Failure != "" {
		t.Fatalf("%s\n%s", got.Failure, printed)
	}
	if diff := cmp.Diff([]string{"seed", "spare"}, got.Completed); diff != "" {
		t.Errorf("completion: %s", diff)
	}
	if !strings.Contains(got.Hover, "join(separator string") {
		t.Errorf("hover: %q", got.Hover)
	}
	want := strings.NewReplacer("label", "name").Replace(edited)
	if diff := cmp.Diff(want, got.Text); diff != "" || got.Filetype != "hcl" {
		t.Errorf("after a rename and formatting, in a file of type %s: %s", got.Filetype, diff)
	}
}

// neovimConfig is the configuration of spec/editors.md for a version of Neovim: there is
// one from 0.11 on, and one for older ones.
func neovimConfig(t *testing.T, nvim string) string {
	out, err := exec.CommandContext(t.Context(), nvim, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`^NVIM v(\d+)\.(\d+)`).FindStringSubmatch(string(out))
	if m == nil {
		t.Fatalf("the version of Neovim is %q", out)
	}
	page, err := os.ReadFile("../../spec/editors.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Neovim\n")
	section, _, _ = strings.Cut(section, "\n## ")
	parts := strings.Split(section, "```")
	if len(parts) != 5 {
		t.Fatalf("the section on Neovim has %d blocks", len(parts)/2)
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if slices.Compare([]int{major, minor}, []int{0, 11}) < 0 {
		return parts[3]
	}
	return parts[1]
}

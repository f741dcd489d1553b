package lsp

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/lang"
)

// What the extension for Visual Studio Code holds can be read, its dependencies are
// pinned, and its grammar knows the references that there are.
func TestVSCode(t *testing.T) {
	const dir = "../editors/vscode/"
	read := func(name string, to any) string {
		b, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, to); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return string(b)
	}
	var manifest struct {
		Main         string
		Dependencies map[string]string
		Dev          map[string]string `json:"devDependencies"`
		Contributes  struct {
			Languages []struct{ ID, Configuration string }
			Grammars  []struct{ Language, ScopeName, Path string }
		}
	}
	read("package.json", &manifest)
	for _, list := range []map[string]string{manifest.Dependencies, manifest.Dev} {
		for name, version := range list {
			if strings.Trim(version, "0123456789.") != "" {
				t.Errorf("%s is not pinned: %s", name, version)
			}
		}
	}
	var any map[string]any
	read(manifest.Contributes.Languages[0].Configuration, &any)
	g := manifest.Contributes.Grammars[0]
	text := read(g.Path, &any)
	if g.Language != manifest.Contributes.Languages[0].ID || any["scopeName"] != g.ScopeName {
		t.Errorf("the grammar is that of %s, %s", g.Language, g.ScopeName)
	}
	for _, root := range lang.RootsIn("stage", "command") {
		if !strings.Contains(text, "|"+root) && !strings.Contains(text, "("+root+"|") {
			t.Errorf("the grammar does not know %s", root)
		}
		if rootDocs[root] == "" {
			t.Errorf("%s is not explained", root)
		}
	}
	if _, err := os.Stat(dir + manifest.Main); err != nil {
		t.Error(err)
	}
}

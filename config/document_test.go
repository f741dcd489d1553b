package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/config"
)

// TestDocument: the examples of the specification are read without a message,
// each as the file that its first line names, and its tables have every attribute.
func TestDocument(t *testing.T) {
	b, err := os.ReadFile("../spec/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	files := map[config.Scope]string{}
	for _, m := range regexp.MustCompile("(?s)```hcl fragment\n# (\\S+)\n(.*?)```").FindAllStringSubmatch(page, -1) {
		for _, s := range []config.Scope{config.User, config.Project, config.Local} {
			if places.Name(s) == m[1] {
				files[s] = m[2]
			}
		}
	}
	if len(files) != 2 || strings.Count(page, "```hcl") != 2 {
		t.Fatalf("found %d examples of files", len(files))
	}
	c, ds := config.Read(write(t, files[config.User], files[config.Project], files[config.Local]), places)
	if len(ds) > 0 {
		t.Errorf("%+v", ds)
	}
	if r, ok := c.Remote("origin"); !ok || r.Secrets.Len() != 2 || r.Moved != "" {
		t.Errorf("the secrets of origin are not for it: %q", r.Binding())
	}
	for _, b := range config.Schema() {
		_, section, ok := strings.Cut(page, "\n## "+b.Kind+"\n")
		if !ok {
			t.Errorf("no section %s", b.Kind)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		for _, a := range b.Attrs {
			if !strings.Contains(section, "| `"+a.Name+"` | "+a.Type+" |") {
				t.Errorf("section %s does not have %s, which is a %s", b.Kind, a.Name, a.Type)
			}
		}
	}
	for _, s := range config.Schemes() {
		if !strings.Contains(page, "`"+s+"://") {
			t.Errorf("no url of %s", s)
		}
	}
}

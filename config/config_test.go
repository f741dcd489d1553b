package config_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

var places = config.Places{Root: "/p", Dir: "/p/.dewar", User: "/home/u/.config/dewar/config.hcl"}

// write makes the files of the three scopes; an empty text is no file.
func write(t *testing.T, user, project, local string) fs.FS {
	t.Helper()
	m := fs.Memory()
	for s, text := range map[config.Scope]string{config.User: user, config.Project: project, config.Local: local} {
		name := places.Path(s)
		if err := m.MkdirAll(path.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if text == "" {
			continue
		}
		if err := fs.WriteFileIn(m, "", name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// show is what a configuration says, a line a remote.
func show(c *config.Config) string {
	var b strings.Builder
	for _, r := range c.Remotes {
		fmt.Fprintf(&b, "%s %s %v", r.Name, r.URL, r.Scopes)
		for word, on := range map[string]bool{" default": r.Default} {
			if on {
				b.WriteString(word)
			}
		}
		if r.ReadOnly {
			b.WriteString(" read")
		}
		if r.Trust {
			b.WriteString(" trust")
		}
		if r.Parallel > 0 {
			fmt.Fprintf(&b, " parallel=%d", r.Parallel)
		}
		if r.Packs != nil {
			fmt.Fprintf(&b, " packs=%v", *r.Packs)
		}
		if len(r.Options) > 0 {
			fmt.Fprintf(&b, " %v", r.Options)
		}
		if names := r.Secrets.Names(); len(names) > 0 {
			fmt.Fprintf(&b, " secrets=%v", names)
		}
		if r.Moved != "" {
			fmt.Fprintf(&b, " moved from %s", r.Moved)
		}
		b.WriteByte('\n')
	}
	if c.Cache.Dir != "" || c.Cache.Limit > 0 || len(c.Cache.Links) > 0 {
		fmt.Fprintf(&b, "cache %s %v %d\n", c.Cache.Dir, c.Cache.Links, c.Cache.Limit)
	}
	for _, d := range c.Data {
		fmt.Fprintf(&b, "data %s %s\n", d.Name, d.Path)
	}
	return b.String()
}

func codes(ds diag.List) string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Code)
	}
	return strings.Join(out, " ")
}

func TestRead(t *testing.T) {
	const s3 = `remote "o" { url = "s3://b/p" }` + "\n"
	for _, c := range []struct {
		name, user, project, local string
		want                       string
	}{
		{"nothing", "", "", "", ""},
		{"only remote is the default", "", s3, "", "o s3://b/p [project] default\n"},
		{"unless it says no", "", "remote \"o\" {\n  url = \"s3://b\"\n  default = false\n}", "", "o s3://b [project]\n"},
		{"no default among several", "", s3 + `remote "a" { url = "gs://c" }`, "", "a gs://c [project]\no s3://b/p [project]\n"},
		{
			"everything, later files win",
			"remote \"o\" {\n  parallel = 3\n  trust = true\n  packs = false\n}\ncache {\n  limit = \"2GB\"\n  dir = \"/mine\"\n}",
			"remote \"o\" {\n  url = \"s3://b\"\n  trust = false\n  options = { region = \"r\", provider = \"p\", chunk_size = 5 }\n}\ncache { dir = \"shared\" }",
			"remote \"o\" {\n  access = \"read\"\n  options = { region = \"x\", provider = null }\n}\ndata \"d\" { path = \"../d\" }",
			"o s3://b [user project local] default read parallel=3 packs=false map[chunk_size:5 region:x]\ncache /p/shared [reflink copy] 2000000000\ndata d /d\n",
		},
		{
			"the last file has the default",
			"", "remote \"a\" {\n  url = \"s3://a\"\n  default = true\n}\nremote \"b\" { url = \"s3://b\" }", `remote "b" { default = true }`,
			"a s3://a [project]\nb s3://b [project local] default\n",
		},
		{"directories are relative to the project", "", `remote "o" { url = "../share" }`, "", "o /share [project] default\n"},
		{"links", "", `cache { link = ["hardlink", "copy"] }`, "", "cache  [hardlink copy] 0\n"},
		{"a user's file has secrets of other projects", "remote \"o\" {\n  secrets = { access_key_id = \"x\" }\n  for = \"s3://elsewhere\"\n}", s3, "", "o s3://b/p [user project] default\n"},
		{"a user's file has remotes of other projects", "remote \"else\" {\n  secrets = { access_key_id = \"x\" }\n  for = \"s3://elsewhere\"\n}", s3, "", "o s3://b/p [project] default\n"},
		{"secrets for this place", "", s3, "remote \"o\" {\n  secrets = { access_key_id = \"x\" }\n  for = \"s3://b/p\"\n}", "o s3://b/p [project local] default secrets=[access_key_id]\n"},
		{"secrets beside their url", "", "", "remote \"o\" {\n  url = \"s3://b/p/\"\n  secrets = { access_key_id = \"x\" }\n}", "o s3://b/p [local] default secrets=[access_key_id]\n"},
		{"secrets for another place", "", s3, "remote \"o\" {\n  secrets = { access_key_id = \"x\" }\n  for = \"s3://c/p\"\n}", "o s3://b/p [project local] default moved from s3://c/p\n"},
		{
			"secrets for the same place, reached otherwise", "",
			"remote \"o\" {\n  url = \"s3://b/p\"\n  options = { endpoint = \"http://evil\", region = \"r\" }\n}", "remote \"o\" {\n  secrets = { access_key_id = \"x\" }\n  for = \"s3://b/p\"\n}",
			"o s3://b/p [project local] default map[endpoint:http://evil region:r] moved from s3://b/p\n",
		},
		{
			"what the user sets is no reason", "",
			"remote \"o\" {\n  url = \"s3://b/p\"\n  options = { endpoint = \"http://e\" }\n}",
			"remote \"o\" {\n  options = { profile = \"p\", region = \"r\" }\n  secrets = { access_key_id = \"x\" }\n  for = \"s3://b/p endpoint=http://e\"\n}",
			"o s3://b/p [project local] default map[endpoint:http://e profile:p region:r] secrets=[access_key_id]\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ds := config.Read(write(t, c.user, c.project, c.local), places)
			if len(ds) > 0 {
				t.Errorf("diagnostics: %+v", ds)
			}
			want := c.want
			if !strings.Contains(want, "cache ") {
				got.Cache = config.Cache{}
			}
			if diff := cmp.Diff(want, show(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_mistakes(t *testing.T) {
	for _, c := range []struct {
		name, user, project, local string
		code, detail               string
	}{
		{"syntax", "", "remote {", "", "E-syntax", ""},
		{"a block", "", `remot "o" {}`, "", "E-config-block", `Did you mean "remote"?`},
		{"an attribute outside", "", `cache = 1`, "", "E-config-attribute", `Did you mean "cache"?`},
		{"no label", "", `remote {}`, "", "E-config-block", `remote "NAME" { … }`},
		{"a label", "", `cache "x" {}`, "", "E-config-block", "takes no name"},
		{"a block in a block", "", "remote \"o\" {\n  url = \"s3://b\"\n  options {}\n}", "", "E-config-block", "options = { … }"},
		{"twice", "", "cache {}\ncache {}", "", "E-duplicate", ""},
		{"a name", "", `remote "-x" { url = "s3://b" }`, "", "E-remote-name", ""},
		{"no url", "", `remote "o" { trust = true }`, "", "E-config-attribute", "url is missing"},
		{"no url here", "", `remote "origin" { url = "s3://b" }`, `remote "orgin" { trust = true }`, "W-config-unused", `Did you mean "origin"?`},
		{"an attribute", "", "remote \"o\" {\n  url = \"s3://b\"\n  acess = \"read\"\n}", "", "E-config-attribute", `Did you mean "access"?`},
		{"a choice", "", "remote \"o\" {\n  url = \"s3://b\"\n  access = \"readonly\"\n}", "", "E-config-value", `write, read, not "readonly"`},
		{"a flag", "", "remote \"o\" {\n  url = \"s3://b\"\n  trust = \"yes\"\n}", "", "E-config-value", `true or false, not "yes"`},
		{"a number", "", "remote \"o\" {\n  url = \"s3://b\"\n  parallel = 0\n}", "", "E-config-value", "from 1 on, not 0"},
		{"a function", "", "remote \"o\" {\n  url = env(\"X\")\n}", "", "E-config-value", "plain value"},
		{"a template", "", `cache { dir = "/x/${user}" }`, "", "E-config-value", "plain value"},
		{"a size", "", `cache { limit = "many" }`, "", "E-config-value", "a size like"},
		{"a link", "", `cache { link = ["hardlnk"] }`, "", "E-config-value", `Did you mean "hardlink"?`},
		{"no link", "", `cache { link = [] }`, "", "E-config-value", "link is empty"},
		{"a tilde", "", `cache { dir = "~/cache" }`, "", "E-config-value", "only known to a shell"},
		{"relative to nothing", `cache { dir = "cache" }`, "", "", "E-config-value", "Write the path in full"},
		{"data is of a machine", "", `data "d" { path = "/d" }`, "", "E-config-private", "this machine's"},
		{"data without path", "", "", `data "d" {}`, "E-config-attribute", "path is missing"},
		{"an object", "", "remote \"o\" {\n  url = \"s3://b\"\n  options = \"x\"\n}", "", "E-config-value", "is an object"},
		{"an entry twice", "", "remote \"o\" {\n  url = \"s3://b\"\n  options = { region = 1, region = 2 }\n}", "", "E-duplicate", "options.region is set twice"},
		{"an entry", "", "remote \"o\" {\n  url = \"s3://b\"\n  options = { region = [] }\n}", "", "E-config-value", "options.region is a text"},
		{"two defaults", "", "remote \"a\" {\n  url = \"s3://a\"\n  default = true\n}\nremote \"b\" {\n  url = \"s3://b\"\n  default = true\n}", "", "E-duplicate", "one default"},
		{"a scheme", "", `remote "o" { url = "s4://b" }`, "", "E-remote-url", "Did you mean s3://b?"},
		{"committed secrets", "", "remote \"o\" {\n  url = \"s3://b\"\n  secrets = { access_key_id = \"hunter2\" }\n}", "", "E-remote-secret", "`dewar remote login o`"},
		{"a committed binding", "", "remote \"o\" {\n  url = \"s3://b\"\n  for = \"s3://b\"\n}", "", "E-config-private", ""},
		{"a password in a url", "", `remote "o" { url = "sftp://u:hunter2@h/p" }`, "", "E-remote-secret", "must not hold a password"},
		{"a secret option", "", "remote \"o\" {\n  url = \"s3://b\"\n  options = { secret_access_key = \"hunter2\" }\n}", "", "E-remote-secret", "it is a secret"},
		{"even here", "", "", "remote \"o\" {\n  url = \"s3://b\"\n  options = { secret_access_key = \"hunter2\" }\n}", "E-remote-secret", "it is a secret"},
		{"a command", "", "remote \"o\" {\n  url = \"sftp://h/p\"\n  options = { ssh = \"sh -c evil\" }\n}", "", "E-remote-option", "runs a command"},
		{"what the url says", "", "", "remote \"o\" {\n  url = \"webdav://h/p\"\n  options = { url = \"http://evil\" }\n}", "E-remote-option", "the url says so"},
		{"an option of a directory", "", "remote \"o\" {\n  url = \"/x\"\n  options = { region = \"x\" }\n}", "", "E-remote-option", "A directory has no options"},
		{"a name of an option", "", "remote \"o\" {\n  url = \"s3://b\"\n  options = { \"no-check\" = \"x\" }\n}", "", "E-remote-option", "is not the name of an option"},
		{"an unbound secret", "", `remote "o" { url = "s3://b" }`, `remote "o" { secrets = { access_key_id = "hunter2" } }`, "E-remote-secret", `for = "s3://b"`},
		{"an unknown secret", "", "", "remote \"o\" {\n  url = \"s3://b\"\n  secrets = { acces_key_id = \"hunter2\" }\n}", "E-remote-login", `Did you mean "access_key_id"?`},
		{"private syntax", "", "", "remote \"o\" {\n  secrets = { access_key_id = hunter2 hunter2 }\n}", "E-syntax", "It is not shown"},
		{"a secret that is a name", "", "", "remote \"o\" {\n  url = \"s3://b\"\n  secrets = { access_key_id = hunter2 }\n}", "E-config-value", "plain value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ds := config.Read(write(t, c.user, c.project, c.local), places)
			if codes(ds) != c.code {
				t.Fatalf("codes %q, want %q: %+v", codes(ds), c.code, ds)
			}
			if !strings.Contains(ds[0].Detail, c.detail) {
				t.Errorf("%s\ndoes not say: %s", ds[0].Detail, c.detail)
			}
			if ds[0].Span.IsZero() {
				t.Error("it says nowhere")
			}
			var b strings.Builder
			if err := diag.Text(&b, ds, got, diag.TextOptions{Limit: -1}); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), "hunter2") {
				t.Errorf("a secret is shown:\n%s", b.String())
			}
		})
	}
}

func TestRead_readable(t *testing.T) {
	m := write(t, "", `remote "o" { url = "s3://b" }`, "remote \"o\" {\n  for = \"s3://b\"\n  secrets = { access_key_id = \"x\" }\n}")
	if err := m.Chmod(places.Path(config.Local), 0o644); err != nil {
		t.Fatal(err)
	}
	_, ds := config.Read(m, places)
	if codes(ds) != "W-config-readable" || !strings.Contains(ds[0].Detail, "chmod 600 /p/.dewar/config.local.hcl") {
		t.Errorf("%+v", ds)
	}
}

func TestSecrets_hidden(t *testing.T) {
	s := config.NewSecrets(map[string]string{"pass": "hunter2"})
	r := config.Remote{Secrets: s}
	json, err := s.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %s %q %d", s, s, s, s, s), fmt.Sprintf("%+v", r), string(json)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("shown: %s", text)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "200GB": 200e9, "1.5 TiB": 3 << 39, "4KiB": 4096, "10B": 10,
		"": 0, "0": 0, "-1GB": 0, "1e3": 0, "GB": 0, "Inf": 0, "1XB": 0, "99999999TB": 0, "1..2": 0,
	} {
		if got, ok := config.ParseSize(text); got != want || ok != (want > 0) {
			t.Errorf("%q: %d, %v", text, got, ok)
		}
	}
}

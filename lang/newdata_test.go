package lang_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/lang"
)

func TestAddData(t *testing.T) {
	file := lang.NewData{Name: "raw", Path: "data/raw.csv"}
	for name, c := range map[string]struct {
		src  string
		data lang.NewData
		want string
	}{
		"empty": {"", file, "data \"raw\" {\n  path = \"data/raw.csv\"\n}\n"},
		"after data": {
			"data \"a\" { path = \"a\" }\nstage \"s\" {\n  command = [\"x\"]\n}\n", file,
			"data \"a\" { path = \"a\" }\n\ndata \"raw\" {\n  path = \"data/raw.csv\"\n}\nstage \"s\" {\n  command = [\"x\"]\n}\n",
		},
		"before a stage with its comment": {
			"param \"p\" { type = string }\n\n# makes it\n# all\nstage \"s\" {}\n", file,
			"param \"p\" { type = string }\n\ndata \"raw\" {\n  path = \"data/raw.csv\"\n}\n\n# makes it\n# all\nstage \"s\" {}\n",
		},
		"no newline at the end": {"param \"p\" { type = string }", file, "param \"p\" { type = string }\n\ndata \"raw\" {\n  path = \"data/raw.csv\"\n}\n"},
		"everything": {
			"", lang.NewData{
				Name: "x", Description: "say \"x\"", Path: "x", URL: "https://example.org/${x}", SHA256: "00",
				From: []lang.Entry{{Name: "project", Text: "p"}, {Name: "path", Text: "q"}},
			},
			"data \"x\" {\n  description = \"say \\\"x\\\"\"\n  path        = \"x\"\n  url         = \"https://example.org/$${x}\"\n  sha256      = \"00\"\n  from        = { project = \"p\", path = \"q\" }\n}\n",
		},
		"external": {"", lang.NewData{Name: "x", Path: "/mnt/x/", External: true}, "data \"x\" {\n  external = true\n  path     = \"/mnt/x/\"\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lang.AddData([]byte(c.src), c.data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAddData_refuses(t *testing.T) {
	for name, src := range map[string]string{"raw": "data \"raw\" { path = \"x\" }\n", "1raw": "", "b": "stage {"} {
		if got, err := lang.AddData([]byte(src), lang.NewData{Name: name, Path: "x"}); err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}

const someData = `# first
data "a" {
  path = "a" # why
}

# second
data "b" {
  path   = "b"
  url    = "https://example.org/b"
  sha256 = "1" # it was checked
}

stage "s" {
  command = ["x"]
}
`

func TestSetData(t *testing.T) {
	got, err := lang.SetData([]byte(someData), "b", "sha256", `"22"`)
	if err != nil {
		t.Fatal(err)
	}
	got, err = lang.SetData(got, "a", "description", `"first of all"`)
	if err != nil {
		t.Fatal(err)
	}
	want := `# first
data "a" {
  path        = "a" # why
  description = "first of all"
}

# second
data "b" {
  path   = "b"
  url    = "https://example.org/b"
  sha256 = "22" # it was checked
}

stage "s" {
  command = ["x"]
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := lang.SetData([]byte(someData), "c", "path", `"x"`); err == nil {
		t.Error("data that is not there was changed")
	}
}

func TestRemoveData(t *testing.T) {
	got, err := lang.RemoveData([]byte(someData), "a")
	if err == nil {
		got, err = lang.RemoveData(got, "b")
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("stage \"s\" {\n  command = [\"x\"]\n}\n", string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got, err = lang.RemoveData([]byte("stage \"s\" {}\n\ndata \"b\" { path = \"b\" }\n"), "b")
	if err != nil || string(got) != "stage \"s\" {}\n" {
		t.Errorf("%v: %q", err, got)
	}
	if _, err := lang.RemoveData([]byte(someData), "c"); err == nil {
		t.Error("data that is not there was removed")
	}
}

package builtins_test

import (
	"errors"
	iofs "io/fs"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/fs"
	"github.com/zclconf/go-cty/cty"
)

// texts is a project of files with texts.
type texts map[string]string

func (p texts) ReadFile(name string) ([]byte, error) {
	switch {
	case name == "dir":
		return nil, errors.New("is a directory")
	case name == "link":
		return nil, &fs.BadPath{Path: name, Problem: fs.PathEscapes}
	}
	s, ok := p[name]
	if !ok {
		return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
	}
	return []byte(s), nil
}

func (p texts) ReadDir(string) ([]fs.Entry, error) { return nil, nil }

func (p texts) Lstat(name string) (fs.Info, error) {
	switch _, ok := p[name]; {
	case ok:
		return fs.Info{}, nil
	case name == "dir":
		return fs.Info{Mode: iofs.ModeDir}, nil
	case name == "shut/x":
		return fs.Info{}, iofs.ErrPermission
	}
	return fs.Info{}, &iofs.PathError{Op: "lstat", Path: name, Err: iofs.ErrNotExist}
}

func TestFile(t *testing.T) {
	project := texts{
		"a.txt": "a\r\nb\n", "sub/b.txt": "\ufeffb", "sub/latin": "caf\xe9", "sub/empty": "",
		"sub/large": strings.Repeat("x", 10_000_001), "sub/c.json": `{"C": [1, 0.10]}`, "sub/decomposed": "e\u0301",
	}
	env := builtins.Env{Dir: "sub", Project: project}
	for expr, want := range map[string]string{
		`file("../a.txt")`:                      `"a\nb\n"`,
		`file("b.txt")`:                         `"b"`,
		`file("./x/../b.txt")`:                  `"b"`,
		`file("empty")`:                         `""`,
		`file("decomposed") == "é"`:             `true`,
		`jsondecode(file("c.json")).C`:          `[1,0.1]`,
		`fileexists("b.txt")`:                   `true`,
		`fileexists("../dir")`:                  `false`,
		`fileexists("../none")`:                 `false`,
		`file("none.txt")`:                      `there is no file sub/none.txt`,
		`file("../../x")`:                       `leads out of the project`,
		`file("/etc/passwd")`:                   `is absolute`,
		`file("~/x")`:                           `~ has no meaning`,
		`file("a\\b")`:                          `has a backslash`,
		`file("")`:                              `is no path`,
		`file("../.git/config")`:                `lies in .git`,
		`file("../nested/.dewar/index")`:        `lies in .dewar`,
		`file("../.external/x/y")`:              `external data`,
		`file("latin")`:                         `byte 4`,
		`file("large")`:                         `more than 10 MB`,
		`file("../dir")`:                        `it is a directory`,
		`file("../link")`:                       `it is a link that leads out`,
		`fileexists("../../x")`:                 `leads out of the project`,
		`fileexists("../shut/x")`:               `cannot be told`,
		`fileexists("../.external/x/y") == 1`:   `external data`,
		`[for f in ["b.txt"] : file(f)][0]`:     `"b"`,
		`file(null)`:                            `null`,
		`file(["b.txt"])`:                       `string required`,
		`length(split("\n", file("../a.txt")))`: `3`,
	} {
		gives(t, env, expr, want)
	}
	if v, err := eval(t, builtins.Env{}, `fileexists("a")`, nil); err != nil || v.True() {
		t.Errorf("a project without files has one: %v", err)
	}
	if _, err := eval(t, builtins.Env{}, `file("a")`, nil); err == nil {
		t.Error("a project without files has one")
	}
}

// TestFile_asks: what the text carries, and whether it can be read, is for Reads to say.
func TestFile_asks(t *testing.T) {
	refused := errors.New("not this one")
	var asked []string
	env := builtins.Env{Dir: "sub", Project: texts{"sub/b.txt": "b"}, Reads: func(marks cty.ValueMarks, path string) (cty.ValueMarks, error) {
		asked = append(asked, path)
		if _, ok := marks["p"]; ok {
			return nil, refused
		}
		return cty.NewValueMarks("q"), nil
	}}
	vars := map[string]cty.Value{"p": cty.StringVal("b.txt").Mark("p"), "u": cty.UnknownVal(cty.String)}
	for expr, want := range map[string]any{`file("b.txt")`: "b<q>", `fileexists("b.txt")`: "true<q>"} {
		v, err := eval(t, env, expr, nil)
		if err != nil || marked(v) != want {
			t.Errorf("%s: %#v, %v", expr, v, err)
		}
	}
	if _, err := eval(t, env, `file(p)`, vars); err == nil || !strings.Contains(err.Error(), refused.Error()) {
		t.Errorf("it is read: %v", err)
	}
	n := len(asked)
	if v, err := eval(t, env, `file(u)`, vars); err != nil || v.IsKnown() || len(asked) != n {
		t.Errorf("a path that is not known: %#v, %v", v, err)
	}
	for _, p := range asked {
		if p != "sub/b.txt" {
			t.Error(p)
		}
	}
}

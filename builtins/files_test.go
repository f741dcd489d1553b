package builtins_test

import (
	"errors"
	iofs "io/fs"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

func TestGlob(t *testing.T) {
	cases(t, map[string]string{
		`glob("src/*.py")`:                           `["src/train.py"]`,
		`glob("**/*.py")`:                            `["src/lib/util.py","src/train.py"]`,
		`glob("{src,images}/*")`:                     `["images/1.jpg","images/notes.txt","src/train.py"]`,
		`glob("src/train.py")`:                       `["src/train.py"]`,
		`glob("./src/../src/*.py")`:                  `["src/train.py"]`,
		`glob("*.md", "README.*")`:                   `["README.md"]`,
		`glob("nothing/**")`:                         `[]`,
		`glob("src")`:                                `[]`,
		`glob("src/__pycache__/*")`:                  `[]`,
		`glob("images/[0-9].jpg")`:                   `["images/1.jpg"]`,
		`files("images/", "*.{txt,jpg}")[*].name`:    `["1.jpg","notes.txt"]`,
		`files("images", "b/*", "**/2.jpg")[*].path`: `["images/b/2.jpg"]`,
		`length(files("images"))`:                    `3`,
		`files("nothing")`:                           `[]`,
	})
	refused(t, `glob("[")`, `glob("/etc/*")`, `glob("../*")`, `glob("a/../../*")`, `glob("a\\\\b")`, `files("images", "../*")`, `files("../x")`, `files("/etc")`)
}

func TestGlobIsRelativeToThePipeline(t *testing.T) {
	e := env()
	e.Dir = "src"
	for expr, want := range map[string]string{
		`glob("**")`:                 `["lib/util.py","train.py"]`,
		`glob("../images/*.jpg")`:    `["../images/1.jpg"]`,
		`files("../images")[1].path`: `"../images/b/2.jpg"`,
		`files("../images")[1].dir`:  `"b"`,
	} {
		got, err := eval(t, e, expr, nil)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if d := cmp.Diff(want, asJSON(t, got)); d != "" {
			t.Errorf("%s: %s", expr, d)
		}
	}
}

func TestFilesAreMarked(t *testing.T) {
	e := env()
	vars := map[string]cty.Value{"data": cty.StringVal("images").Mark("data")}
	got, err := eval(t, e, `files(data, "*.jpg")`, vars)
	if err != nil {
		t.Fatal(err)
	}
	point := got.Index(cty.Zero)
	if !point.GetAttr("path").HasMark("data") || point.GetAttr("name").IsMarked() {
		t.Errorf("%#v", point)
	}
	e.FileMarks = func(dir cty.ValueMarks, path string) cty.ValueMarks {
		if _, ok := dir["data"]; !ok {
			t.Error("the directory's mark is not given")
		}
		return cty.NewValueMarks("file " + path)
	}
	got, err = eval(t, e, `files(data, "*.jpg")[0].path`, vars)
	if err != nil {
		t.Fatal(err)
	}
	if !got.HasMark("file images/1.jpg") || got.HasMark("data") {
		t.Errorf("%#v", got)
	}
}

func TestNamesThatUnicodeWouldChange(t *testing.T) {
	e := builtins.Env{Project: project{"e\u0301.csv", "a.csv", "b/e\u0301/x.csv"}}
	_, err := eval(t, e, `glob("*.csv")`, nil)
	if err == nil || !strings.Contains(err.Error(), `"e\u0301.csv"`) {
		t.Error(err)
	}
	if _, err = eval(t, e, `glob("a*.csv")`, nil); err != nil {
		t.Error(err)
	}
}

func TestNamesThatAreNoText(t *testing.T) {
	e := builtins.Env{Project: project{"a\xffb.csv", "a.csv"}}
	_, err := eval(t, e, `files(".")`, nil)
	if err == nil || !strings.Contains(err.Error(), `"a\xffb.csv" is not in UTF-8`) {
		t.Error(err)
	}
	if _, err = eval(t, e, `files(".", "a.*")`, nil); err != nil {
		t.Error(err)
	}
}

// traced counts what is looked at.
type traced struct {
	project
	listed map[string]int
	broken string
}

func (p traced) ReadDir(name string) ([]fs.Entry, error) {
	p.listed[name]++
	if name == p.broken {
		return nil, &iofs.PathError{Op: "readdir", Path: name, Err: iofs.ErrPermission}
	}
	return p.project.ReadDir(name)
}

func TestGlobListsOnlyWhatItNeeds(t *testing.T) {
	p := traced{project{"src/a.py", "src/deep/b.py", "data/1/x.csv"}, map[string]int{}, ""}
	e := builtins.Env{Project: p}
	for _, expr := range []string{`glob("src/*.py")`, `glob("missing/*.py")`} {
		if _, err := eval(t, e, expr, nil); err != nil {
			t.Fatal(err)
		}
	}
	for name := range p.listed {
		if name != "src" && name != "missing" {
			t.Errorf("%s was listed", name)
		}
	}
	if p.listed["missing"] == 0 {
		t.Error("that missing was looked for is not in the trace")
	}
}

func TestUnreadableDirectories(t *testing.T) {
	p := traced{project{"src/a.py", "src/deep/b.py"}, map[string]int{}, "src/deep"}
	_, err := eval(t, builtins.Env{Project: p}, `glob("src/**/*.py")`, nil)
	if err == nil || !strings.Contains(err.Error(), iofs.ErrPermission.Error()) {
		t.Error(err, errors.Is(err, iofs.ErrPermission))
	}
}

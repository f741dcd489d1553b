package foreign

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// project is one of DVC with a directory in which it tracks some files and Git others.
func project(t *testing.T) (p *Project, warned *[]string) {
	t.Helper()
	mem, sum := fs.Memory(), strings.Repeat("ab", 16)
	for name, text := range map[string]string{
		"data/raw.csv.dvc": "outs:\n- {md5: SUM, path: raw.csv, size: 3, hash: md5}",
		"data/img.dvc":     "outs:\n- {md5: SUM.dir, path: img, nfiles: 2, size: 9, hash: md5}",
		"data/notes.txt":   "n",
		"data/.gitignore":  "/raw.csv\n",
		"dvc.lock":         "stages:\n  fit:\n    outs: [{path: model, md5: SUM, hash: md5}]",
		".dvc/config":      "",
		".dewar/x.dvc":     "outs: 1",
		"broken.dvc":       "outs: 3",
		"data/img/own.dvc": "outs:\n- {md5: SUM, path: own, hash: md5}",
	} {
		at := "/p/" + name
		if err := mem.MkdirAll(path.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := fs.WriteFile(mem, at, []byte(strings.ReplaceAll(text, "SUM", sum))); err != nil {
			t.Fatal(err)
		}
	}
	warned = &[]string{}
	return &Project{Name: "it", View: fs.NewProject(mem, "/p"), Warn: func(d diag.Diagnostic) { *warned = append(*warned, d.Code) }}, warned
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{"data/raw.csv", "whole data/raw.csv, part ''"},
		{"data/img/", "whole data/img, part ''"},
		{"data/img/cats/1.png", "whole data/img, part 'cats/1.png'"},
		{"data/img/own", "whole data/img/own, part ''"}, // the nearest says what it is
		{"model", "whole model, part ''"},
		{"data/notes.txt", "file data/notes.txt"},
		{"data", "below data/img data/raw.csv, plain data/notes.txt"},
		{"data/raw.cvs", `it has nothing at data/raw.cvs. Did you mean data/raw.csv? ` + "`dewar data list it` lists what it has."},
		{"../x", `"../x" is no path inside of it: name a file or a directory, relative to its top.`},
		{".", `"." is no path inside of it: name a file or a directory, relative to its top.`},
	} {
		p, _ := project(t)
		at, err := p.Find(t.Context(), c.path)
		if got := shown(at, err); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

func shown(at *Found, err error) string {
	switch {
	case err != nil:
		return err.(*diag.Failure).List[0].Detail
	case at.IsFile():
		return "file " + at.Path
	case at.Whole != nil:
		return fmt.Sprintf("whole %s, part '%s'", at.Whole.Path, at.Sub)
	}
	var below []string
	for _, t := range at.Below {
		below = append(below, t.Path)
	}
	return fmt.Sprintf("below %s, plain %s", strings.Join(below, " "), strings.Join(at.Plain, " "))
}

func TestAll(t *testing.T) {
	p, warned := project(t)
	list, err := p.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range list {
		got = append(got, fmt.Sprint(x.Path, " ", x.Kind, " ", x.Files, " ", x.Bytes, " ", x.By, " ", x.Top))
	}
	want := []string{
		"data/img directory 2 9 data/img.dvc .",
		"data/img/own file 1 -1 data/img/own.dvc .",
		"data/raw.csv file 1 3 data/raw.csv.dvc .",
		"model file 1 -1 dvc.lock: fit .",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"W-import-unreadable"}, *warned); d != "" {
		t.Error(d)
	}
}

package dvc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
)

func TestTracked(t *testing.T) {
	mem := fs.Memory()
	view := fs.NewProject(mem, "/p")
	sum := strings.Repeat("ab", 16)
	for name, text := range map[string]string{"/p/sub/dvc.yaml": "stages:\n  a:\n    wdir: ../w\n  m:\n    matrix: {k: [1]}\n    do: {wdir: d}\n  t:\n    wdir: ${x}\n", "/p/dvc.yaml": "- nothing"} {
		_ = mem.MkdirAll("/p/sub", 0o777)
		if err := fs.WriteFile(mem, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"a.csv.dvc", "outs:\n- {md5: SUM, path: a.csv, size: 3}", "a.csv file 3 old"},
		{"d/a.dvc", "wdir: ..\nouts:\n- {md5: SUM.dir, path: a, nfiles: 2, size: 3, hash: md5}", "a directory 3"},
		{"a.dvc", "outs:\n- {md5: SUM, path: /etc/passwd}\n- {md5: SUM, path: ../x}\n- {md5: SUM, path: s3://b/x}\n- {path: y}", ""},
		{"a.dvc", "outs:\n- {md5: ../../x, path: a}", "error"},
		{"a.dvc", "outs: 3", "error"},
		{"dvc.lock", "schema: '2.0'\nstages:\n  a:\n    outs: [{path: x, md5: SUM, hash: md5}]", "x file -1"},
		{"sub/dvc.lock", "stages:\n  a:\n    outs: [{path: x, md5: SUM, hash: md5}]\n  m@1:\n    outs: [{path: y, md5: SUM, hash: md5}]\n  t:\n    outs: [{path: z, md5: SUM}]", "w/x file -1, sub/d/y file -1"},
	} {
		list, err := Tracked(view, c.name, []byte(strings.ReplaceAll(c.text, "SUM", sum)))
		var got []string
		for _, x := range list {
			kind := map[bool]string{false: "file", true: "directory"}[x.Dir]
			s := fmt.Sprint(x.Path, " ", kind, " ", x.Size)
			if x.Legacy {
				s += " old"
			}
			got = append(got, s)
		}
		text := strings.Join(got, ", ")
		if err != nil {
			text = "error"
		}
		if text != c.want {
			t.Errorf("%s: %s: %q, %v, want %q", c.name, c.text, text, err, c.want)
		}
	}
}

func TestEntry_check(t *testing.T) {
	sum, less := strings.Repeat("0f", 16), int64(-1)
	if err := (Entry{MD5: sum, Relpath: "a/b c"}).check(); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", ".", "..", "/a", "../a", "a/../b", "./a", "a//b", "a/"} {
		if (Entry{MD5: sum, Relpath: bad}).check() == nil {
			t.Errorf("%q is a path", bad)
		}
	}
	for _, bad := range []string{"", "../x", sum + "0", strings.ToUpper(sum)} {
		if (Entry{MD5: bad, Relpath: "a"}).check() == nil {
			t.Errorf("%q is an MD5", bad)
		}
	}
	if (Entry{MD5: sum, Relpath: "a", Size: &less}).check() == nil {
		t.Error("a file may have less than nothing")
	}
}

func FuzzTracked(f *testing.F) {
	f.Add([]byte("outs:\n- {md5: abababababababababababababababab, path: a}"), true)
	f.Add([]byte("stages:\n  a:\n    outs: [{path: ../x, md5: abababababababababababababababab}]"), false)
	f.Fuzz(func(t *testing.T, b []byte, single bool) {
		view := fs.NewProject(fs.Memory(), "/p")
		name := Lock
		if single {
			name = "x.dvc"
		}
		list, err := Tracked(view, name, b)
		for _, x := range list {
			if clean, cerr := fs.CleanProjectPath(".", x.Path); err != nil || cerr != nil || clean != x.Path || !x.Dir && !IsMD5(x.MD5) {
				t.Errorf("%q is tracked, %v", x.Path, err)
			}
		}
	})
}

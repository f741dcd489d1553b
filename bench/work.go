package main

import (
	"fmt"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
)

// copies writes a project of n independent stages that each copy a file of
// their own, and the same work for ninja.
func copies(dir string, n int) error {
	var hcl, nin strings.Builder
	nin.WriteString("rule cp\n  command = cp $in $out\n")
	if err := os.MkdirAll(filepath.Join(dir, "in"), 0o777); err != nil {
		return err
	}
	for i := range n {
		fmt.Fprintf(&hcl, "stage \"s%d\" {\n  inputs  = { a = \"in/%d.txt\" }\n  outputs = { b = \"out/%d.txt\" }\n  command = [\"cp\", inputs.a, outputs.b]\n}\n\n", i, i, i)
		fmt.Fprintf(&nin, "build ninja/%d.txt: cp in/%d.txt\n", i, i)
		if err := os.WriteFile(filepath.Join(dir, "in", fmt.Sprintf("%d.txt", i)), fmt.Appendf(nil, "hello %d\n", i), 0o666); err != nil {
			return err
		}
	}
	return write(dir, map[string]string{"pipeline.hcl": hcl.String(), "build.ninja": nin.String()})
}

// points writes a project of one stage with n points.
func points(dir string, n int) error {
	return write(dir, map[string]string{
		"in/a.txt": "hello\n",
		"pipeline.hcl": fmt.Sprintf(`stage "s" {
  for_each = grid({ i = range(%d) })
  inputs   = { a = "in/a.txt" }
  outputs  = { b = "out/${each.i}.txt" }
  native   = "copy"
}
`, n),
	})
}

func write(dir string, files map[string]string) error {
	for name, text := range files {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(at, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// clean takes away everything that a run has made.
func clean(dir string) error {
	for _, name := range []string{".dewar", "out", "ninja", ".ninja_log", ".ninja_deps", "pipeline.lock"} {
		if err := removeAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return os.Mkdir(filepath.Join(dir, ".dewar"), 0o777)
}

// removeAll removes read-only directories too.
func removeAll(dir string) error {
	_ = filepath.WalkDir(dir, func(path string, d iofs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(path, 0o777)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// countFiles counts the regular files below dir.
func countFiles(dir string) int {
	n := 0
	_ = filepath.WalkDir(dir, func(_ string, d iofs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return nil
	})
	return n
}

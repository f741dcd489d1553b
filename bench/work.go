package main

import (
	"fmt"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
)

// points writes a project of one stage with n points, which dewar itself
// copies: what is left is what points cost.
func points(dir string, n int) error {
	return write(dir, map[string]string{
		".dewar/":  "",
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

// write writes files; a name that ends in a slash is a directory.
func write(dir string, files map[string]string) error {
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(at, 0o777); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(at, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
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

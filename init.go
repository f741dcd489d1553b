package dewar

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// initIgnore is .dewar/.gitignore: configuration is for Git, and templates of plots.
const initIgnore = "*\n!.gitignore\n!config.hcl\n!plots/\n!plots/*.json\n"

// starter is the pipeline.hcl of a new project: it runs as it is.
const starter = `# One stage: a command, what it reads, what it makes. dewar runs it in a
# sandbox that holds the inputs only, and again when one of them changes.
# ` + "`dewar run`, then `dewar run` again." + `

param "name" {
  type    = string
  default = "world"
}

stage "hello" {
  outputs = { greeting = "build/hello.txt" }
  command = "echo Hello, ${param.name}! > ${outputs.greeting}"
}
`

// InitReport says what Init made.
type InitReport struct {
	Root    string   `json:"root"`
	Created []string `json:"created"` // relative to Root
	Merge   bool     `json:"merge_driver"`
}

// Init makes dir a project. What is there already is left as it is.
func Init(ctx context.Context, h Host, dir string) (InitReport, error) {
	rep := InitReport{Root: dir, Created: []string{}}
	if err := h.FS.MkdirAll(filepath.Join(dir, Dir), 0o777); err != nil {
		if isPermission(err) {
			return rep, failure(diag.Diagnostic{Code: "E-project-unwritable", Detail: fmt.Sprintf("%v. Run `dewar init` in a directory that you may write to.", err)})
		}
		return rep, err
	}
	files := []struct{ name, text string }{
		{filepath.Join(Dir, ".gitignore"), initIgnore},
		{"pipeline.hcl", starter},
	}
	for _, f := range files {
		at := filepath.Join(dir, f.name)
		if exists(h.FS, at) {
			continue
		}
		if err := fs.WriteFile(h.FS, at, []byte(f.text)); err != nil {
			return rep, err
		}
		rep.Created = append(rep.Created, filepath.ToSlash(f.name))
	}
	merge, err := registerMergeDriver(ctx, h, dir, &rep)
	rep.Merge = merge
	return rep, err
}

// attributes tells Git how to merge locks.
const attributes = "pipeline.lock merge=dewar-lock\n"

// registerMergeDriver has Git merge locks line by line with us, if the project
// lies in a Git work tree and git is there.
func registerMergeDriver(ctx context.Context, h Host, dir string, rep *InitReport) (bool, error) {
	p := &Project{host: h, Root: dir}
	if !p.inGit() || h.Command == nil {
		return false, nil
	}
	for _, kv := range [][2]string{
		{"merge.dewar-lock.name", "merge pipeline.lock by instance"},
		{"merge.dewar-lock.driver", "dewar merge-lock %O %A %B"},
	} {
		if _, err := h.Command(ctx, []string{"git", "-C", dir, "config", "--local", kv[0], kv[1]}); err != nil {
			return false, nil // no git: nothing to register with
		}
	}
	name := filepath.Join(dir, ".gitattributes")
	was, err := fs.ReadFile(h.FS, name)
	if err != nil && !isNotExist(err) {
		return true, err
	}
	if strings.Contains(string(was), "merge=dewar-lock") {
		return true, nil
	}
	if len(was) > 0 && !strings.HasSuffix(string(was), "\n") {
		was = append(was, '\n')
	}
	if len(was) == 0 {
		rep.Created = append(rep.Created, ".gitattributes")
	}
	return true, fs.WriteFile(h.FS, name, append(was, attributes...))
}

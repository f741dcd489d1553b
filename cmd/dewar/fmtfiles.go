package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
)

// formatted returns the files to format: those that are named, and the pipeline
// files of directories.
func (c *cli) formatted(args []string, recursive bool) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var out []string
	for _, a := range args {
		name := c.abs(a)
		if !c.isDir(name) {
			out = append(out, name)
			continue
		}
		dirs := []string{name}
		if recursive {
			var err error
			if dirs, err = c.formattedBelow(a); err != nil {
				return nil, err
			}
		}
		for _, dir := range dirs {
			files, err := pipelineFiles(dir)
			if err != nil {
				return nil, err
			}
			out = append(out, files...)
		}
	}
	return out, nil
}

// formattedBelow returns the directories of the pipelines in and below a directory of the project.
func (c *cli) formattedBelow(arg string) ([]string, error) {
	p, _, err := c.open()
	if err != nil {
		return nil, err
	}
	defer c.close(p)
	below, err := c.pipelinesBelow(p, arg)
	if err != nil {
		return nil, err
	}
	for i, dir := range below {
		below[i] = filepath.Join(p.Root, filepath.FromSlash(dir))
	}
	return below, nil
}

// pipelinesBelow returns the pipelines in and below a directory that a person named; there is one at least. A
// symbolic link that a project cannot have, being absolute or outside, counts as the directory that it leads to.
func (c *cli) pipelinesBelow(p *dewar.Project, arg string) ([]string, error) {
	var bad *fs.BadPath
	below, err := pipelinesIn(p, c.abs(arg))
	if errors.As(err, &bad) {
		if below, err = pipelinesIn(p, withoutLinks(p.Root, c.abs(arg))); errors.As(err, &bad) {
			return nil, usage("E-usage", "%s is not in the project.", arg)
		}
	}
	if err == nil && len(below) == 0 {
		return nil, usage("E-usage", "There is no pipeline in %s, nor below it. Symbolic links below it are not followed.", arg)
	}
	return below, err
}

func pipelinesIn(p *dewar.Project, dir string) ([]string, error) {
	rel, err := p.Rel(dir)
	if err != nil {
		return nil, err
	}
	return p.Pipelines(rel)
}

// withoutLinks is name as it is reached from root without symbolic links between the two; name itself if that cannot
// be told.
func withoutLinks(root, name string) string {
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return name
	}
	to, err := filepath.EvalSymlinks(name)
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(real, to)
	if err != nil {
		return name
	}
	return filepath.Join(root, rel)
}

// pipelineFiles returns the files of the pipeline of a directory; if there are
// none, the one that is missing.
func pipelineFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && lang.IsPipelineFile(name) {
			out = append(out, filepath.Join(dir, name))
		}
	}
	if out == nil {
		out = []string{filepath.Join(dir, "pipeline.hcl")}
	}
	return out, nil
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Data: directories of many small files and one large file, through everything that is done
// with data, beside Git and DVC where they are installed:
//
//	go run ./bench data
//	go run ./bench data -files 10000,100000,1000000 -bytes 100 -large 10000 -dir /var/tmp
//
// Every program works on its own copy of the same files. What changes something is measured
// once, what only looks the best of three. The processor's time is the figure to compare:
// it hardly depends on what else the machine does.

// dataBench is one run of the measurements of data.
type dataBench struct {
	*bench
	files []int // how many a directory has
	bytes int   // in each of them
	large int   // the large file, in megabytes
	git   string
	dvc   string   // "" where it is not installed
	few   int      // DVC is not measured on more files
	env   []string // of everything that is run
}

// mainData is `bench data`.
func mainData(args []string) error {
	f := flag.NewFlagSet("bench data", flag.ExitOnError)
	dir := f.String("dir", "/dev/shm", "where to work")
	files := f.String("files", "10000,100000", "how many files the directories have, each ten times the one before")
	bytes := f.Int("bytes", 1000, "how large each of them is")
	large := f.Int("large", 1000, "how large the large file is, in megabytes; 0: there is none")
	dvc := f.String("dvc", "dvc", "the dvc to compare with; empty: none")
	few := f.Int("dvc-files", 10000, "DVC is not measured on more files than this")
	results := f.String("o", "bench/RESULTS-DATA.md", "where the results go; - prints them only")
	_ = f.Parse(args)
	d := &dataBench{bytes: *bytes, large: *large, few: *few}
	for _, n := range strings.Split(*files, ",") {
		i, err := strconv.Atoi(n)
		if err != nil || i < 1 {
			return fmt.Errorf("-files: %q is not a number of files", n)
		}
		d.files = append(d.files, i)
	}
	d.git, _ = exec.LookPath("git")
	if *dvc != "" {
		d.dvc, _ = exec.LookPath(*dvc)
	}
	return inside(*dir, "", func(b *bench) error {
		d.bench = b
		d.env = d.quietEnv()
		if err := d.all(); err != nil {
			return err
		}
		return b.write(*results)
	})
}

func (d *dataBench) all() error {
	d.printf("# Results: data\n\nMade by `go run ./bench data`. Seconds are of the processor on all cores, and in brackets those that passed;\n")
	d.printf("memory is the most that was resident. What changes something was measured once, what only looks is the best of three.\n\n")
	d.printf("Machine: %s, %d CPUs, %s/%s, load %s before the run, working in `%s`.\n", cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, load(), filepath.Dir(d.dir))
	d.printf("Beside: %s; %s.\n", versionOf(d.git, "git"), versionOf(d.dvc, "DVC"))
	var tables []dataTable
	for _, n := range d.files {
		t, err := d.directory(n)
		if err != nil {
			return err
		}
		d.show(t)
		tables = append(tables, t)
	}
	d.linear(tables)
	if d.large == 0 {
		return nil
	}
	t, err := d.largeFile()
	if err == nil {
		d.show(t)
	}
	return err
}

// versionOf is what a program calls itself.
func versionOf(program, name string) string {
	if program == "" {
		return name + " is not installed, and left out"
	}
	out, err := exec.Command(program, "--version").Output()
	if err != nil {
		return name + " does not run, and is left out"
	}
	return name + " " + strings.TrimPrefix(strings.TrimSpace(string(out)), "git version ")
}

// directory measures a directory of n files.
func (d *dataBench) directory(n int) (dataTable, error) {
	t := dataTable{title: fmt.Sprintf("%s files of %d bytes", thousands(n), d.bytes), n: n, change: "data/0000/0.bin"}
	dirs := []tool{d.dewarTool()}
	if d.git != "" {
		dirs = append(dirs, d.gitTool())
	}
	if d.dvc != "" && n <= d.few {
		dirs = append(dirs, d.dvcTool())
	}
	return t, d.measureAll(&t, dirs, func(dir string) error { return manyFiles(filepath.Join(dir, "data"), n, d.bytes) })
}

// largeFile measures one large file. Git compresses it, which is another matter.
func (d *dataBench) largeFile() (dataTable, error) {
	t := dataTable{title: fmt.Sprintf("One file of %s MB", thousands(d.large)), mb: d.large}
	dirs := []tool{d.dewarTool()}
	if d.dvc != "" {
		dirs = append(dirs, d.dvcTool())
	}
	return t, d.measureAll(&t, dirs, func(dir string) error { return bigFile(filepath.Join(dir, "data"), d.large) })
}

// measureAll has every program do everything with the same files.
func (d *dataBench) measureAll(t *dataTable, tools []tool, files func(dir string) error) error {
	fmt.Fprintln(os.Stderr, t.title)
	for _, tool := range tools {
		dir := filepath.Join(d.dir, "data-"+tool.name)
		err := errors.Join(os.MkdirAll(dir, 0o777), os.MkdirAll(filepath.Join(d.dir, "home"), 0o777))
		if err == nil {
			err = files(dir)
		}
		if err == nil {
			err = d.run(t, tool, dir)
		}
		if err = errors.Join(err, removeAll(dir), removeAll(dir+"-clone"), removeAll(dir+"-share")); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"fmt"
	"path/filepath"
)

// kind is what the work looks like.
type kind int

const (
	independent kind = iota // n stages, each copies a file of its own
	chained                 // n stages, each copies what the one before has made
	directory               // one stage whose input is a directory of n files
	sweep                   // one stage under n values of a param
)

func (k kind) String() string {
	return [...]string{"independent stages", "chained stages", "files in a directory", "points of a sweep"}[k]
}

// moment is when something is run.
type moment int

const (
	cold    moment = iota // nothing is known, nothing is there
	again                 // nothing has changed
	changed               // one input is different; of a sweep: there is one more point
)

func (m moment) String() string { return [...]string{"cold", "no-op", "after one change"}[m] }

// workload is work that every peer is given.
type workload struct {
	kind     kind
	n        int
	parallel int // how many actions at once
}

// workloads lists all of them, the small before the large, and those last that
// one can best do without if time runs out.
func workloads(o options) []workload {
	var list []workload
	for _, k := range []kind{independent, directory, sweep, chained} {
		for _, n := range sizesOf(o, k) {
			list = append(list, workload{k, n, o.parallel})
		}
	}
	return list
}

func sizesOf(o options, k kind) sizes {
	switch k {
	case directory:
		return o.files
	case sweep:
		return o.sweep
	}
	return o.stages
}

// The shape of the work: the same names for all.

// input is what stage i reads.
func (w workload) input(i int) string {
	if w.kind == chained && i > 0 {
		return w.output(i - 1)
	}
	return fmt.Sprintf("in/%d.txt", i)
}

// output is what stage i writes.
func (w workload) output(i int) string { return fmt.Sprintf("out/%d.txt", i) }

// first is the file in the directory that its stage copies.
const first = "data/0000/0.bin"

// file is the k-th file of the directory.
func file(k int) string { return fmt.Sprintf("data/%04d/%d.bin", k/1000, k%1000) }

// pointInput is what the stage of a sweep reads: sed puts the value of the
// point in the place of the I.
const pointInput = "{\"i\": I}\n"

// inputs writes what the stages read, and the empty directory that not all
// programs make for outputs.
func (w workload) inputs(dir string) error {
	files := map[string]string{"out/": ""}
	switch w.kind {
	case independent:
		for i := range w.n {
			files[w.input(i)] = fmt.Sprintf("hello %d\n", i)
		}
	case chained:
		files[w.input(0)] = "hello\n"
	case directory:
		if err := manyFiles(filepath.Join(dir, "data"), w.n, 100); err != nil {
			return err
		}
	case sweep:
		files[w.input(0)] = pointInput
	}
	return write(dir, files)
}

// changes is the file of the one change, and the output that shows it.
func (w workload) changes() (input, output string) {
	switch w.kind {
	case independent:
		return w.input(w.n / 2), w.output(w.n / 2)
	case chained:
		return w.input(0), w.output(w.n - 1)
	}
	return first, w.output(0)
}

// change changes one input, each time to something else; a sweep gets one point more.
func (w *workload) change(dir string, round int) error {
	if w.kind == sweep {
		w.n++
		return nil
	}
	input, _ := w.changes()
	return write(dir, map[string]string{input: fmt.Sprintf("changed %d\n", round)})
}

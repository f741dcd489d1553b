package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What the programs are asked to do, in this order. A program that has no such thing is left out.
const (
	opAdd         = "add"
	opStatus      = "status of data"
	opAll         = "status"
	opNoOp        = "run, nothing to do"
	opChanged     = "status, one file changed"
	opPush        = "push to a directory"
	opPushAgain   = "push, nothing to do"
	opPull        = "pull into a clone"
	opCheckout    = "checkout after rm"
	opCollect     = "gc --dry-run"
	opVerify      = "cache verify"
	looksRepeated = 3
)

var ops = []string{opAdd, opStatus, opAll, opNoOp, opChanged, opPush, opPushAgain, opPull, opCheckout, opCollect, opVerify}

// tool is a program and how it does things.
type tool struct {
	name  string
	setup [][]string          // before anything
	do    map[string][]string // by what is to be done
	after map[string][][]string
	looks map[string]bool // what changes nothing
	exits map[string]int  // what it may exit with as well
}

// in replaces the places in a command.
func in(argv []string, dir string) []string {
	out := make([]string, len(argv))
	for i, a := range argv {
		out[i] = strings.NewReplacer("DIR", dir, "CLONE", dir+"-clone", "SHARE", dir+"-share").Replace(a)
	}
	return out
}

const dataPipeline = `
stage "count" {
  inputs  = { in = data.data }
  outputs = { out = "out.txt" }
  command = "ls ${inputs.in} | wc -l > ${outputs.out}"
}
`

func (d *dataBench) dewarTool() tool {
	w := d.dewar
	commit := func(text string) [][]string {
		return [][]string{{d.git, "add", "-A"}, {d.git, "commit", "-qm", text}}
	}
	if d.git == "" {
		commit = func(string) [][]string { return nil }
	}
	setup := [][]string{{w, "init", "-q"}}
	if d.git != "" {
		setup = append([][]string{{d.git, "init", "-q"}}, setup...)
	}
	return tool{
		name: "dewar", setup: setup,
		do: map[string][]string{
			opAdd: {w, "data", "add", "data"}, opStatus: {w, "data", "status"}, opAll: {w, "status"}, opNoOp: {w, "run", "-q"},
			opChanged: {w, "data", "status"}, opPush: {w, "push"}, opPushAgain: {w, "push"}, opPull: {w, "pull"},
			opCheckout: {w, "checkout"}, opCollect: {w, "gc", "--dry-run"}, opVerify: {w, "cache", "verify"},
		},
		after: map[string][][]string{
			opAdd:     {{"append", "pipeline.hcl", dataPipeline}, {w, "run", "-q"}},
			opChanged: append([][]string{{w, "data", "update"}, {w, "run", "-q"}, {w, "remote", "add", "origin", "SHARE", "--default"}}, commit("x")...),
		},
		looks: map[string]bool{opStatus: true, opAll: true, opNoOp: true, opChanged: true, opPushAgain: true, opCollect: true, opVerify: true},
		exits: map[string]int{opChanged: 3},
	}
}

func (d *dataBench) gitTool() tool {
	g := d.git
	return tool{
		name: "git", setup: [][]string{{g, "init", "-q"}, {g, "config", "gc.auto", "0"}},
		do: map[string][]string{
			opAdd: {g, "add", "data"}, opStatus: {g, "status"}, opChanged: {g, "status"}, opPush: {g, "push", "-q", "SHARE", "HEAD:refs/heads/main"},
			opPushAgain: {g, "push", "-q", "SHARE", "HEAD:refs/heads/main"}, opPull: {g, "pull", "-q", "SHARE", "main"}, opCheckout: {g, "checkout", "-q", "."},
		},
		after: map[string][][]string{
			opAdd:     {{g, "commit", "-qm", "x"}},
			opChanged: {{g, "commit", "-qam", "y"}, {g, "init", "-q", "--bare", "SHARE"}},
		},
		looks: map[string]bool{opStatus: true, opChanged: true, opPushAgain: true},
	}
}

func (d *dataBench) dvcTool() tool {
	v, g := d.dvc, d.git
	return tool{
		name: "dvc", setup: [][]string{{g, "init", "-q"}, {v, "init", "-q"}, {v, "remote", "add", "-d", "origin", "SHARE", "-q"}},
		do: map[string][]string{
			opAdd: {v, "add", "data", "-q"}, opStatus: {v, "data", "status"}, opAll: {v, "status"}, opNoOp: {v, "repro", "-q"},
			opChanged: {v, "data", "status"}, opPush: {v, "push", "-q"}, opPushAgain: {v, "push", "-q"}, opPull: {v, "pull", "-q"},
			opCheckout: {v, "checkout", "-q"},
		},
		after: map[string][][]string{
			opAdd:     {{v, "stage", "add", "-q", "-n", "count", "-d", "data", "-o", "out.txt", "ls data | wc -l > out.txt"}, {v, "repro", "-q"}},
			opChanged: {{v, "add", "data", "-q"}, {v, "repro", "-q"}, {g, "add", "-A"}, {g, "commit", "-qm", "x"}},
		},
		looks: map[string]bool{opStatus: true, opAll: true, opNoOp: true, opChanged: true, opPushAgain: true},
	}
}

// manyFiles writes n files of some bytes, a thousand to a directory, no two alike.
func manyFiles(dir string, n, size int) error {
	b := make([]byte, size)
	for i := range n {
		sub := filepath.Join(dir, fmt.Sprintf("%04d", i/1000))
		if i%1000 == 0 {
			if err := os.MkdirAll(sub, 0o777); err != nil {
				return err
			}
		}
		fill(b, uint64(i))
		if err := os.WriteFile(filepath.Join(sub, fmt.Sprintf("%d.bin", i%1000)), b, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// bigFile writes one file of so many megabytes that nothing can make smaller.
func bigFile(name string, mb int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	b := make([]byte, 1_000_000)
	for i := range mb {
		fill(b, uint64(i)<<32)
		if _, err := f.Write(b); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}

// fill fills b with what looks random, and differs by seed (splitmix64).
func fill(b []byte, seed uint64) {
	seed *= 0xd1342543de82ef95
	for i := 0; i < len(b); i += 8 {
		seed += 0x9e3779b97f4a7c15
		z := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
		for k := i; k < min(i+8, len(b)); k++ {
			b[k] = byte(z >> (8 * (k - i)))
		}
	}
}

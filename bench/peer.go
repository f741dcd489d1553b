package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// peer is a program that does the work: dewar too is one. The same command
// makes everything when nothing is there, when nothing has changed, and after
// a change; what differs is what it finds.
type peer struct {
	name    string
	program string                             // where it is
	version []string                           // what is asked for its version
	differs string                             // what it does not do that dewar does, or does differently
	write   func(w workload) map[string]string // the files that describe the work
	setup   func(w workload) [][]string        // commands in a new project that are not measured; nil: none
	reload  func(w workload) [][]string        // not measured either, when the files were written again; nil: none
	run     func(w workload) [][]string        // what is measured
	below   string                             // where outputs are, if not in the project itself
	lacks   map[kind]string                    // what it is not asked to do, and why
	server  *server                            // nil: it has none
	cpuless map[kind]string                    // where its processor time cannot be had, and why
}

// server is a process that stays between the commands of a peer.
type server struct {
	start, stop, pid []string // commands; pid prints the number of the process
}

// makers are the peers there can be.
var makers = []struct {
	name string
	make func(program string, b *bench) peer
}{
	{"dvc", dvcPeer}, {"snakemake", snakemakePeer}, {"xvc", xvcPeer}, {"bazel", bazelPeer}, {"ninja", ninjaPeer}, {"make", makePeer},
}

// search says where programs are.
type search struct {
	dirs     []string
	programs map[string]string
}

func (s *search) String() string { return strings.Join(s.dirs, " ") }

// Set is -venv.
func (s *search) Set(dir string) error {
	dir, err := filepath.Abs(dir)
	s.dirs = append(s.dirs, filepath.Join(dir, "bin"), dir)
	return err
}

// program is -program.
func (s *search) program(text string) error {
	name, at, ok := strings.Cut(text, "=")
	if !ok {
		return errors.New("NAME=PATH is wanted")
	}
	at, err := filepath.Abs(at)
	s.programs[name] = at
	return err
}

// find returns where a program is: where it was said to be, in the
// directories, on PATH.
func (s *search) find(name string) (string, error) {
	if at, ok := s.programs[name]; ok {
		return exec.LookPath(at)
	}
	for _, dir := range s.dirs {
		if at, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return at, nil
		}
	}
	return exec.LookPath(name)
}

// findPeers finds who is here, and has each do a little work once: so that its
// files have been read from the disk, its server runs, and what does not work
// is known before anything is measured.
func (b *bench) findPeers(o options) error {
	b.peers = []peer{dewarPeer(b.dewar, b)}
	wanted := strings.Split(o.only, ",")
	for _, m := range makers {
		if !slices.Contains(wanted, m.name) {
			b.absent = append(b.absent, m.name+" (not asked for)")
			continue
		}
		at, err := o.search.find(m.name)
		if err != nil {
			b.absent = append(b.absent, m.name+" (not installed)")
			continue
		}
		p := m.make(at, b)
		if err := b.warm(p, o.parallel); err != nil {
			b.stop(p)
			if b.ctx.Err() != nil {
				return err
			}
			b.absent = append(b.absent, m.name+" (does not work here: "+b.said(p, err)+")")
			continue
		}
		b.peers = append(b.peers, p)
	}
	return b.warm(b.peers[0], o.parallel)
}

// project is where a peer works: always the same place, because its server
// belongs to it.
func (b *bench) project(peer string) string { return filepath.Join(b.dir, "peer-"+peer) }

func (b *bench) warm(p peer, parallel int) error {
	w := workload{independent, 3, parallel}
	dir := b.project(p.name)
	if err := b.prepare(p, w); err != nil {
		return err
	}
	if s := p.server; s != nil {
		// The first start unpacks what the program brings with it.
		for _, argv := range [][]string{s.start, s.stop} {
			if _, err := b.once(dir, 0, argv); err != nil {
				return err
			}
		}
		started, err := b.once(dir, 0, s.start)
		if err != nil {
			return err
		}
		b.began[p.name] = started.wall
	}
	_, err := b.measure(p, w, 0)
	if err == nil {
		err = w.check(p, dir)
	}
	return err
}

// stopServers ends the servers of all who have one.
func (b *bench) stopServers() {
	for _, p := range b.peers {
		b.stop(p)
	}
}

func (b *bench) stop(p peer) {
	if p.server != nil {
		_ = b.command(b.project(p.name), p.server.stop).Run()
	}
}

// prepare makes a new project.
func (b *bench) prepare(p peer, w workload) error {
	dir := b.project(p.name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list { // not the directory itself: a server watches it
		if err := removeAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	if err := w.inputs(dir); err != nil {
		return err
	}
	if err := write(dir, p.write(w)); err != nil {
		return err
	}
	return b.unmeasured(dir, p.setup, w)
}

func (b *bench) unmeasured(dir string, commands func(workload) [][]string, w workload) error {
	if commands == nil {
		return nil
	}
	for _, argv := range commands(w) {
		if _, err := b.once(dir, 0, argv); err != nil {
			return err
		}
	}
	return nil
}

// check is that a peer has really done its work.
func (w workload) check(p peer, dir string) error {
	if w.kind == sweep { // every program puts the results of points elsewhere
		return nil
	}
	input, output := w.changes()
	want, err := os.ReadFile(filepath.Join(dir, input))
	if err != nil {
		return err
	}
	got, err := os.ReadFile(filepath.Join(dir, p.below, output))
	if err == nil && string(got) != string(want) {
		err = fmt.Errorf("%s is not what %s was copied to be", output, input)
	}
	return err
}

var number = regexp.MustCompile(`\d+(\.\d+)+(-\w+)?`)

// numberOf is the version of a peer.
func (b *bench) numberOf(p peer) string {
	out, err := b.command(b.dir, append([]string{p.program}, p.version...)).Output()
	if at := number.Find(out); err == nil && at != nil {
		return string(at)
	}
	return "of no known version"
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// dataTable is what every program took for everything.
type dataTable struct {
	title  string
	n      int    // files; 0: it is one
	mb     int    // of the one file
	change string // the file that changes; "" is the only one
	tools  []string
	took   map[string]map[string]spent // by what was done, then by the program
}

// run has a program do everything in dir.
func (d *dataBench) run(t *dataTable, with tool, dir string) error {
	if t.took == nil {
		t.took = map[string]map[string]spent{}
	}
	t.tools = append(t.tools, with.name)
	if err := d.prepare(with.setup, dir); err != nil {
		return err
	}
	for _, op := range ops {
		if op == opPull && d.git == "" { // nothing makes a clone
			continue
		}
		if err := d.ready(t, op, with, dir); err != nil {
			return err
		}
		if argv := with.do[op]; argv != nil {
			s, err := d.best(op, with, dir, argv)
			if err != nil {
				return err
			}
			if t.took[op] == nil {
				t.took[op] = map[string]spent{}
			}
			t.took[op][with.name] = s
			fmt.Fprintf(os.Stderr, "  %-28s %-6s %7.2f s (%.2f) %5d MB  load %s\n", op, with.name, s.cpu.Seconds(), s.wall.Seconds(), s.memory>>20, load())
		}
		if err := d.prepare(with.after[op], dir); err != nil {
			return err
		}
	}
	return nil
}

// ready makes what something needs to be done.
func (d *dataBench) ready(t *dataTable, op string, with tool, dir string) error {
	switch op {
	case opChanged:
		name := filepath.Join(dir, "data")
		if t.change != "" {
			name = filepath.Join(dir, filepath.FromSlash(t.change))
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("changed\n")
		return errors.Join(err, f.Close())
	case opPull:
		clone := []string{"git", "clone", "-q", "DIR", "CLONE"}
		if with.name == "git" {
			clone = []string{"git", "init", "-q", "CLONE"}
		}
		return d.prepare([][]string{clone}, dir)
	case opCheckout:
		return removeAll(filepath.Join(dir, "data"))
	}
	return nil
}

// prepare runs commands that are not measured.
func (d *dataBench) prepare(list [][]string, dir string) error {
	for _, argv := range list {
		if argv[0] == "append" {
			f, err := os.OpenFile(filepath.Join(dir, argv[1]), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
			if err != nil {
				return err
			}
			_, err = f.WriteString(argv[2])
			if err = errors.Join(err, f.Close()); err != nil {
				return err
			}
			continue
		}
		if _, err := d.once(dir, 0, in(argv, dir)); err != nil {
			return err
		}
	}
	return nil
}

// best measures a command: what only looks, several times.
func (d *dataBench) best(op string, with tool, dir string, argv []string) (best spent, err error) {
	at, times := dir, 1
	if op == opPull {
		at = dir + "-clone"
	}
	if with.looks[op] {
		times = looksRepeated
	}
	for i := range times {
		s, err := d.once(at, with.exits[op], in(argv, dir))
		if err != nil {
			return best, err
		}
		if i == 0 || s.cpu < best.cpu {
			best = s
		}
	}
	return best, nil
}

// once runs a command.
func (d *dataBench) once(dir string, exit int, argv []string) (spent, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, d.env
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exit) {
		return spent{}, fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, text.String())
	}
	p := cmd.ProcessState
	return spent{took, p.UserTime() + p.SystemTime(), residentOf(p)}, nil
}

// show writes a table: what was done, and what it took each program.
func (d *dataBench) show(t dataTable) {
	d.printf("\n## %s\n\n| |", t.title)
	for _, name := range t.tools {
		d.printf(" %s |", name)
		if name == "dewar" {
			d.printf(" %s | memory |", t.unit())
		} else {
			d.printf(" it takes |")
		}
	}
	d.printf("\n|---|%s\n", strings.Repeat("---|", 2*len(t.tools)+1))
	for _, op := range ops {
		if t.took[op] == nil {
			continue
		}
		d.printf("| %s |", op)
		for _, name := range t.tools {
			d.cell(t, op, name)
		}
		d.printf("\n")
	}
}

func (d *dataBench) cell(t dataTable, op, name string) {
	s, ok := t.took[op][name]
	ours := t.took[op]["dewar"]
	switch {
	case !ok:
		d.printf(" | |")
	case name == "dewar":
		d.printf(" **%.2f** (%.2f) | %s | %d MB |", s.cpu.Seconds(), s.wall.Seconds(), t.per(s), s.memory>>20)
	default:
		d.printf(" %.2f (%.2f) | %.1fx |", s.cpu.Seconds(), s.wall.Seconds(), s.cpu.Seconds()/max(ours.cpu.Seconds(), 0.001))
	}
}

func (t dataTable) unit() string {
	if t.n == 0 {
		return "MB/s"
	}
	return "µs a file"
}

func (t dataTable) per(s spent) string {
	if t.n == 0 {
		return fmt.Sprintf("%.0f", float64(t.mb)/max(s.wall.Seconds(), 0.001))
	}
	return fmt.Sprintf("%.1f", float64(s.cpu.Microseconds())/float64(t.n))
}

// linear says how the time for a file grows from one directory to the next.
func (d *dataBench) linear(tables []dataTable) {
	if len(tables) < 2 {
		return
	}
	d.printf("\n## Linear\n\nThe processor's time a file, of the larger directory, divided by that of the smaller one: 1 is linear.\n\n| |")
	for i := range tables[1:] {
		d.printf(" %s to %s |", thousands(tables[i].n), thousands(tables[i+1].n))
	}
	d.printf("\n|---|%s\n", strings.Repeat("---|", len(tables)-1))
	for _, op := range ops {
		d.printf("| %s |", op)
		for i := range tables[1:] {
			small, large := tables[i].took[op]["dewar"], tables[i+1].took[op]["dewar"]
			grown := large.cpu.Seconds() / float64(tables[i+1].n) / max(small.cpu.Seconds()/float64(tables[i].n), 1e-9)
			d.printf(" %.2f |", grown)
		}
		d.printf("\n")
	}
}

// thousands writes a number with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

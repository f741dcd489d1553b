package toolchain

import (
	"debug/elf"
	"strings"
)

// object is what the dynamic loader wants to know of a program or a shared object.
type object struct {
	class       elf.Class
	machine     elf.Machine
	interpreter string // of a program that is not static
	soname      string
	needed      []string
	rpath       []string // of DT_RPATH; nil if there is a DT_RUNPATH, as the loader has it
	runpath     []string
	noDefault   bool // DF_1_NODEFLIB
}

// readObject reads the headers of a file; nil if it is no ELF file that a loader would take.
func (h *Host) readObject(at string) *object {
	f, err := h.FS.Open(at)
	if err != nil {
		return nil
	}
	defer f.Close()
	e, err := elf.NewFile(f)
	if err != nil || e.Type != elf.ET_EXEC && e.Type != elf.ET_DYN {
		return nil
	}
	o := &object{class: e.Class, machine: e.Machine}
	for _, p := range e.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < 4096 {
			b := make([]byte, p.Filesz)
			if _, err := p.ReadAt(b, 0); err == nil {
				o.interpreter = strings.TrimRight(string(b), "\x00")
			}
		}
	}
	o.needed, _ = e.DynString(elf.DT_NEEDED)
	o.runpath = searchPath(e, elf.DT_RUNPATH)
	if o.runpath == nil {
		o.rpath = searchPath(e, elf.DT_RPATH)
	}
	if names, _ := e.DynString(elf.DT_SONAME); len(names) > 0 {
		o.soname = names[0]
	}
	if flags, _ := e.DynValue(elf.DT_FLAGS_1); len(flags) > 0 {
		o.noDefault = flags[0]&uint64(elf.DF_1_NODEFLIB) != 0
	}
	return o
}

// searchPath splits a list of directories.
func searchPath(e *elf.File, tag elf.DynTag) (out []string) {
	lists, _ := e.DynString(tag)
	for _, list := range lists {
		for _, dir := range strings.Split(list, ":") {
			if dir != "" { // the current directory
				out = append(out, dir)
			}
		}
	}
	return out
}

package toolchain

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

// elfOf writes an object that has nothing but what the loader reads. what are pairs of a tag and a text.
func elfOf(machine elf.Machine, what ...any) string {
	strs, dynamic := []byte{0}, []byte{}
	num := func(v uint64) { dynamic = binary.LittleEndian.AppendUint64(dynamic, v) }
	for i := 0; i < len(what); i += 2 {
		if tag := what[i].(elf.DynTag); tag == elf.DT_FLAGS_1 {
			num(uint64(tag))
			num(uint64(what[i+1].(elf.DynFlag1)))
			continue
		}
		num(uint64(what[i].(elf.DynTag)))
		num(uint64(len(strs)))
		strs = append(append(strs, what[i+1].(string)...), 0)
	}
	num(0)
	num(0)
	names := []byte("\x00.dynstr\x00.dynamic\x00.shstrtab\x00")
	var b bytes.Buffer
	at := func(n int) uint64 { return uint64(64 + n) }
	h := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(machine), Version: 1, Ehsize: 64, Shentsize: 64, Shnum: 4, Shstrndx: 3, Shoff: at(len(strs) + len(dynamic) + len(names))}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	binary.Write(&b, binary.LittleEndian, h)
	b.Write(strs)
	b.Write(dynamic)
	b.Write(names)
	for _, s := range []elf.Section64{
		{},
		{Name: 1, Type: uint32(elf.SHT_STRTAB), Off: at(0), Size: uint64(len(strs))},
		{Name: 9, Type: uint32(elf.SHT_DYNAMIC), Off: at(len(strs)), Size: uint64(len(dynamic)), Link: 1, Entsize: 16},
		{Name: 18, Type: uint32(elf.SHT_STRTAB), Off: at(len(strs) + len(dynamic)), Size: uint64(len(names))},
	} {
		binary.Write(&b, binary.LittleEndian, s)
	}
	return b.String()
}

const (
	needed  = elf.DT_NEEDED
	rpath   = elf.DT_RPATH
	runpath = elf.DT_RUNPATH
)

// TestLoader: where ld.so(8) looks, in its order.
func TestLoader(t *testing.T) {
	onLinux(t)
	amd := func(what ...any) string { return elfOf(elf.EM_X86_64, what...) }
	lib := amd()
	for _, test := range []struct {
		name    string
		files   map[string]string
		want    []string // the base, but for the program itself
		lacking []string
	}{
		{"a default directory", map[string]string{"/app": amd(needed, "liba.so"), "/usr/lib/liba.so": lib}, []string{"/usr/lib/liba.so"}, nil},
		{"that of the architecture", map[string]string{"/app": amd(needed, "liba.so"), "/lib/x86_64-linux-gnu/libc.so.6": lib, "/usr/lib/x86_64-linux-gnu/liba.so": lib, "/usr/lib/liba.so": lib},
			[]string{"/usr/lib/x86_64-linux-gnu/liba.so"}, nil},
		{"of another architecture", map[string]string{"/app": amd(needed, "liba.so"), "/lib/liba.so": elfOf(elf.EM_AARCH64), "/usr/lib/liba.so": lib}, []string{"/usr/lib/liba.so"}, nil},
		{"the cache, for a directory that is none by default", map[string]string{"/app": amd(needed, "liba.so"), "/opt/a/liba.so": lib, "/usr/lib/liba.so": lib, ldCacheFile: string(ldCacheOf("liba.so", "/opt/a/liba.so"))},
			[]string{ldCacheFile, "/opt/a/liba.so"}, nil},
		{"the cache, for one that is found without", map[string]string{"/app": amd(needed, "liba.so"), "/usr/lib/liba.so": lib, ldCacheFile: string(ldCacheOf("liba.so", "/usr/lib/liba.so"))}, []string{"/usr/lib/liba.so"}, nil},
		{"a cache that is not up to date", map[string]string{"/app": amd(needed, "liba.so"), "/usr/lib/liba.so": lib, ldCacheFile: string(ldCacheOf("liba.so", "/gone/liba.so"))}, []string{"/usr/lib/liba.so"}, nil},
		{"RUNPATH before the cache", map[string]string{"/x/bin/app": amd(needed, "liba.so", runpath, "$ORIGIN/../lib"), "/x/lib/liba.so": lib, "/opt/a/liba.so": lib, ldCacheFile: string(ldCacheOf("liba.so", "/opt/a/liba.so"))},
			[]string{"/x/lib/liba.so"}, nil},
		{"RPATH is inherited", map[string]string{"/app": amd(needed, "liba.so", rpath, "/r"), "/r/liba.so": amd(needed, "libb.so"), "/r/libb.so": lib, "/lib/libb.so": lib}, []string{"/r/liba.so", "/r/libb.so"}, nil},
		{"RUNPATH is not", map[string]string{"/app": amd(needed, "liba.so", runpath, "/r"), "/r/liba.so": amd(needed, "libb.so"), "/r/libb.so": lib, "/lib/libb.so": lib}, []string{"/lib/libb.so", "/r/liba.so"}, nil},
		{"RPATH beside a RUNPATH counts for nothing", map[string]string{"/app": amd(needed, "liba.so", rpath, "/r", runpath, "/u"), "/r/liba.so": lib, "/u/liba.so": lib}, []string{"/u/liba.so"}, nil},
		{"who has a RUNPATH inherits nothing", map[string]string{"/app": amd(needed, "liba.so", rpath, "/r"), "/r/liba.so": amd(needed, "libb.so", runpath, "/u"), "/r/libb.so": lib, "/lib/libb.so": lib}, []string{"/lib/libb.so", "/r/liba.so"}, nil},
		{"a path", map[string]string{"/app": amd(needed, "/deep/liba.so"), "/deep/liba.so": lib}, []string{"/deep/liba.so"}, nil},
		{"for certain processors", map[string]string{"/app": amd(needed, "liba.so"), "/usr/lib/liba.so": lib, "/usr/lib/glibc-hwcaps/x86-64-v3/liba.so": lib}, []string{"/usr/lib/glibc-hwcaps/x86-64-v3/liba.so", "/usr/lib/liba.so"}, nil},
		{"no defaults", map[string]string{"/app": amd(needed, "liba.so", elf.DT_FLAGS_1, elf.DF_1_NODEFLIB), "/usr/lib/liba.so": lib}, nil, []string{"liba.so"}},
		{"nowhere", map[string]string{"/app": amd(needed, "liba.so", needed, "libb.so"), "/usr/lib/libb.so": lib}, []string{"/usr/lib/libb.so"}, []string{"liba.so"}},
		{"a circle", map[string]string{"/app": amd(needed, "liba.so"), "/lib/liba.so": amd(needed, "libb.so"), "/lib/libb.so": amd(needed, "liba.so")}, []string{"/lib/liba.so", "/lib/libb.so"}, nil},
		{"what glibc opens", map[string]string{"/app": amd(needed, "libc.so.6"), "/lib64/libc.so.6": lib, "/lib64/libgcc_s.so.1": lib}, []string{"/lib64/libc.so.6", "/lib64/libgcc_s.so.1"}, nil},
		{"damaged", map[string]string{"/app": amd(needed, "liba.so")[:200]}, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := &Host{FS: fs.Memory(), Cache: "/cache", Getenv: path("")}
			program := "/app"
			for name, text := range test.files {
				if err := h.FS.MkdirAll(filepath.Dir(name), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := fs.WriteFile(h.FS, name, []byte(text)); err != nil {
					t.Fatal(err)
				}
				if filepath.Base(name) == "app" {
					program = name
				}
			}
			f, err := h.withBase(&found{Parts: parts{Programs: []string{program}}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range f.Based.Base {
				if p != program {
					got = append(got, p)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("base (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.lacking, f.Based.Lacking); diff != "" {
				t.Errorf("lacking (-want +got):\n%s", diff)
			}
		})
	}
}

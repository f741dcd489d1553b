package keeper

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// judge runs a program on a call as the kernel does. It knows what containment uses.
func judge(t *testing.T, prog []unix.SockFilter, arch, nr, arg0 uint32) uint32 {
	t.Helper()
	data := map[uint32]uint32{offsetArch: arch, offsetNr: nr, offsetArg0: arg0}
	var a uint32
	for i := 0; i < len(prog); i++ {
		p := prog[i]
		jump := func(yes bool) {
			if yes {
				i += int(p.Jt)
			} else {
				i += int(p.Jf)
			}
		}
		switch p.Code {
		case bpfLoad:
			a = data[p.K]
		case bpfEqual:
			jump(a == p.K)
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			jump(a >= p.K)
		case unix.BPF_JMP | unix.BPF_JA:
			i += int(p.K)
		case bpfRet:
			return p.K
		default:
			t.Fatalf("code %d", p.Code)
		}
	}
	t.Fatal("the program has no end")
	return 0
}

// What is refused is refused however it is called; nothing else is.
func TestContainment(t *testing.T) {
	const yes = unix.SECCOMP_RET_ALLOW
	no, family := refuse(unix.ENOSYS).K, refuse(unix.EAFNOSUPPORT).K
	for _, loopback := range []bool{true, false} {
		prog := containment(abis, loopback)
		if len(prog) > 4096 {
			t.Fatalf("%d pieces", len(prog))
		}
		other := yes
		if loopback {
			other = int(family)
		}
		for _, w := range abis {
			for nr := uint32(0); nr < 600; nr++ {
				want := uint32(yes)
				for _, r := range w.refused {
					if nr == r {
						want = no
					}
				}
				if got := judge(t, prog, w.arch, nr, unix.AF_UNIX); nr != w.mux && got != want {
					t.Errorf("%#x: call %d: %#x, want %#x", w.arch, nr, got, want)
				}
			}
			for f := uint32(0); f < 50; f++ {
				want := uint32(other)
				if f == unix.AF_UNIX || f == unix.AF_INET || f == unix.AF_INET6 || f == unix.AF_NETLINK {
					want = yes
				}
				if got := judge(t, prog, w.arch, w.socket, f); got != want {
					t.Errorf("%#x: socket of family %d: %#x, want %#x", w.arch, f, got, want)
				}
			}
			if w.mux != 0 {
				if got := judge(t, prog, w.arch, w.mux, 1); got != uint32(other) {
					t.Errorf("%#x: a socket by socketcall: %#x", w.arch, got)
				}
				if got := judge(t, prog, w.arch, w.mux, 3); got != yes {
					t.Errorf("%#x: connect by socketcall: %#x", w.arch, got)
				}
			}
			if w.strange != 0 {
				if got := judge(t, prog, w.arch, w.strange+1, 0); got != no {
					t.Errorf("%#x: a strange call: %#x", w.arch, got)
				}
			}
		}
		if got := judge(t, prog, 12345, 0, 0); got != no {
			t.Errorf("a strange architecture: %#x", got)
		}
	}
	if runtime.GOARCH == "amd64" && len(abis) != 2 {
		t.Error("amd64 has two ways to call the kernel")
	}
}

package landlock

import "golang.org/x/sys/unix"

const (
	auditArch    = unix.AUDIT_ARCH_X86_64
	strangeCalls = 0x40000000 // calls from this number on are x32's
)

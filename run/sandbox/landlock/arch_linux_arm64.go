package landlock

import "golang.org/x/sys/unix"

const (
	auditArch    = unix.AUDIT_ARCH_AARCH64
	strangeCalls = 0xffffffff // there are none
)

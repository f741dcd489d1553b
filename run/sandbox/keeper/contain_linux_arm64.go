package keeper

import "golang.org/x/sys/unix"

// abis are those of 64 and of 32 bits.
var abis = []abi{
	{
		arch: unix.AUDIT_ARCH_AARCH64, socket: unix.SYS_SOCKET,
		refused: []uint32{
			unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN,
			unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_SYSLOG,
		},
	},
	{
		arch: unix.AUDIT_ARCH_ARM, socket: 281,
		refused: []uint32{309, 310, 311, 386, 364, 425, 426, 427, 103}, // the same
	},
}

package keeper

import "golang.org/x/sys/unix"

// abis are those of 64 and of 32 bits. The third, x32, nobody uses.
var abis = []abi{
	{
		arch: unix.AUDIT_ARCH_X86_64, socket: unix.SYS_SOCKET, strange: 0x40000000,
		refused: []uint32{
			unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN,
			unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_SYSLOG,
		},
	},
	{
		arch: unix.AUDIT_ARCH_I386, socket: 359, mux: 102,
		refused: []uint32{286, 287, 288, 357, 336, 425, 426, 427, 103}, // the same
	},
}

package diag

// toolchainCodes are about what the host provides.
var toolchainCodes = []Code{
	{"E-toolchain-changed", "a toolchain changed during a run", "Something was installed, removed or replaced in a toolchain while a command that uses it ran. The result is not kept: run it again."},
}

// Package landlock starts a command that the kernel keeps to a few directories:
// it may read the system, write where it is told to, and reach no network. It is what
// stands in for a keeper where namespaces are refused, as they are in most
// containers, and asks for no privilege.
//
// A restriction holds for a thread and all that it starts, for ever. So dewar executes
// itself once more, as a process called Name, in which
//
//   - a thread takes the restriction on, starts the command and dies;
//   - the others stay free, outlive every process that the command leaves behind, and
//     kill those. Processes whose parents die become the helper's children, so none gets away.
//
// It is no package of others' that restricts all threads of a process at once
// (go-landlock with psx): one thread is what is wanted here, the calls are three, and
// what is linked in here is initialised with every command that dewar runs.
//
// What it is not: other processes are seen in /proc, names and sizes of hidden files can be
// asked for, and sockets in the filesystem can be connected to on most kernels. Init is
// its one init effect, as in package keeper. It imports only os, syscall, strconv,
// strings and x/sys/unix; package sandbox is the other end.
package landlock

import "strings"

// Name is the argv[0] of a helper. A helper without the pipes at descriptors
// Control and Report ends at once.
const Name = "dewar-landlock"

// The descriptors of a helper, beside the command's own three.
const (
	Control = 3 // orders; its end kills the command
	Report  = 4 // one line at the end
)

// The orders.
const (
	Terminate = 'T' // SIGTERM to every process
	Kill      = 'K' // SIGKILL to every process
)

// Bounds are what a command may do. Paths are absolute; what is not there is left out.
type Bounds struct {
	Read    []string // may be read and executed, with all that is below
	Write   []string // may be written as well
	Devices []string // device files, or directories of them, that may be used
	Network bool     // the network may be used
}

// The first letters of a helper's arguments.
const (
	argRead    = 'r'
	argWrite   = 'w'
	argDevice  = 'd'
	argOnline  = "online"
	argOffline = "offline"
	argEnd     = "--"
)

// Args returns the arguments of a helper that starts program as argv.
func (r *Bounds) Args(program string, argv []string) []string {
	args := []string{Name, argOffline}
	if r.Network {
		args[1] = argOnline
	}
	for _, of := range []struct {
		kind  byte
		paths []string
	}{{argRead, r.Read}, {argWrite, r.Write}, {argDevice, r.Devices}} {
		for _, p := range of.paths {
			args = append(args, string(of.kind)+p)
		}
	}
	return append(append(args, argEnd, program), argv...)
}

// parse reads arguments, without the name.
func parse(args []string) (r *Bounds, program string, argv []string) {
	r = &Bounds{Network: args[0] == argOnline}
	for i, a := range args[1:] {
		rest := args[1+i+1:]
		switch {
		case a == argEnd && len(rest) > 1:
			return r, rest[0], rest[1:]
		case strings.HasPrefix(a, string(argRead)):
			r.Read = append(r.Read, a[1:])
		case strings.HasPrefix(a, string(argWrite)):
			r.Write = append(r.Write, a[1:])
		case strings.HasPrefix(a, string(argDevice)):
			r.Devices = append(r.Devices, a[1:])
		default:
			return nil, "", nil
		}
	}
	return nil, "", nil
}

package graph

import (
	"encoding/hex"
	"math/bits"

	"github.com/dewar-build/dewar/digest"
)

// The few messages of an action are written by hand: they are encoded for
// every instance of every run, and building protocol buffer values first costs
// five times as much. A property test compares each with digest.Marshal.

// Field numbers of the messages, from remote_execution.proto.
const (
	commandArgument   = 1
	commandEnv        = 2
	commandPlatform   = 5
	commandWorkingDir = 6
	commandOutputPath = 7

	actionCommand  = 1
	actionRoot     = 2
	actionSalt     = 9
	actionPlatform = 10

	directoryFile = 1
	directoryDir  = 2

	// Variable and Property.
	pairName  = 1
	pairValue = 2

	// FileNode and DirectoryNode.
	entryName   = 1
	entryDigest = 2
	entryExec   = 4

	digestHash = 1
	digestSize = 2

	platformProperty = 1
)

const (
	wireVarint = 0
	wireBytes  = 2
)

func appendVarint(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func varintLen(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// appendLen begins a field of n bytes. All field numbers are below 16, so a
// tag is one byte.
func appendLen(b []byte, field, n int) []byte {
	return appendVarint(append(b, byte(field<<3|wireBytes)), uint64(n))
}

func appendText(b []byte, field int, s string) []byte {
	return append(appendLen(b, field, len(s)), s...)
}

func textLen(s string) int { return 1 + varintLen(uint64(len(s))) + len(s) }

// appendVar writes a message of a name and a value; both are left out when
// they are empty, as singular fields are.
func appendVar(b []byte, field int, v Var) []byte {
	n := 0
	if v.Name != "" {
		n += textLen(v.Name)
	}
	if v.Value != "" {
		n += textLen(v.Value)
	}
	b = appendLen(b, field, n)
	if v.Name != "" {
		b = appendText(b, pairName, v.Name)
	}
	if v.Value != "" {
		b = appendText(b, pairValue, v.Value)
	}
	return b
}

func digestLen(d digest.Digest) int {
	n := 2 + 2*len(d.Hash)
	if d.Size != 0 {
		n += 1 + varintLen(uint64(d.Size))
	}
	return n
}

func appendDigest(b []byte, field int, d digest.Digest) []byte {
	b = appendLen(b, field, digestLen(d))
	b = appendLen(b, digestHash, 2*len(d.Hash))
	b = hex.AppendEncode(b, d.Hash[:])
	if d.Size != 0 {
		b = appendVarint(append(b, digestSize<<3|wireVarint), uint64(d.Size))
	}
	return b
}

// appendEntry writes a FileNode or, with exec false, a DirectoryNode.
func appendEntry(b []byte, field int, name string, d digest.Digest, exec bool) []byte {
	dn := digestLen(d)
	n := textLen(name) + 1 + varintLen(uint64(dn)) + dn
	if exec {
		n += 2
	}
	b = appendLen(b, field, n)
	b = appendText(b, entryName, name)
	b = appendDigest(b, entryDigest, d)
	if exec {
		b = append(b, entryExec<<3|wireVarint, 1)
	}
	return b
}

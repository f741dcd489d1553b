package remote

import (
	"context"
	"errors"
)

// Ranger is a Place that can give a part of an object: small blobs are then
// read out of packs. Of other places a pack is fetched whole.
type Ranger interface {
	// GetRange appends to a file of this machine n bytes of an object from
	// offset on; an object that ends before is ErrSize.
	GetRange(ctx context.Context, name, file string, offset, n int64) error
}

// Reader is a Place that is near: its small objects are read into memory, and no file is made
// of them that may turn out to be wrong.
type Reader interface {
	// Read reads an object into buf, which must be just as long: another size is ErrSize.
	Read(ctx context.Context, name string, buf []byte) error
}

// ErrHere is a failure of this machine, not of the place: the file that Put
// reads or Get writes. Places that can tell wrap it.
var ErrHere = errors.New("it is this machine's fault")

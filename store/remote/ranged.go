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

// ErrHere is a failure of this machine, not of the place: the file that Put
// reads or Get writes. Places that can tell wrap it.
var ErrHere = errors.New("it is this machine's fault")

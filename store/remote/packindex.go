package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/dewar-build/dewar/digest"
)

// A pack is blobs, one after the other and nothing between them, under
// packs/<SHA-256 of all of it>. Its index, packs/<the same>.index, is
//
//	dewar pack 1\n
//	for each blob, in the order of the pack: 32 bytes of SHA-256, 8 bytes of size, big-endian
//	32 bytes: the SHA-256 of everything before
//
// so that where a blob is is the sum of the sizes before it. The index is written after
// the pack, which exists for readers only then. Both never change.

const packHeader = "dewar pack 1\n"

// packEntry is the size of one entry of an index.
const packEntry = sha256.Size + 8

// maxIndex bounds an index: a pack of the smallest blobs has some hundred
// thousand.
const maxIndex = 64 << 20

// encodeIndex returns the index of a pack with these blobs.
func encodeIndex(blobs []digest.Digest) []byte {
	b := make([]byte, 0, len(packHeader)+len(blobs)*packEntry+sha256.Size)
	b = append(b, packHeader...)
	for _, d := range blobs {
		b = append(b, d.Hash[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(d.Size))
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// decodeIndex reads an index, whoever wrote it. total is the size of its pack.
func decodeIndex(b []byte) (blobs []digest.Digest, total int64, err error) {
	body, ok := bytes.CutPrefix(b, []byte(packHeader))
	if !ok || len(body) < sha256.Size || (len(body)-sha256.Size)%packEntry != 0 {
		return nil, 0, errors.New("it is not the index of a pack")
	}
	end := len(b) - sha256.Size
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return nil, 0, errors.New("its checksum is wrong")
	}
	body = body[:len(body)-sha256.Size]
	blobs = make([]digest.Digest, 0, len(body)/packEntry)
	for ; len(body) > 0; body = body[packEntry:] {
		size := binary.BigEndian.Uint64(body[sha256.Size:])
		if size > math.MaxInt64 || total > math.MaxInt64-int64(size) {
			return nil, 0, fmt.Errorf("a blob of %d bytes", size)
		}
		d := digest.Digest{Hash: [sha256.Size]byte(body[:sha256.Size]), Size: int64(size)}
		blobs, total = append(blobs, d), total+d.Size
	}
	return blobs, total, nil
}

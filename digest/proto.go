package digest

import (
	"fmt"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"
)

// Marshal returns the canonical bytes of a Remote Execution API message:
// fields in the order of their numbers, no unknown ones. The messages that we
// hash have no maps, so the deterministic option suffices.
func Marshal(m proto.Message) []byte {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("digest.Marshal: %v", err)) // invalid UTF-8 in a string: callers check names first
	}
	return b
}

// Proto returns d as the API's Digest message.
func (d Digest) Proto() *repb.Digest {
	return &repb.Digest{Hash: d.Hex(), SizeBytes: d.Size}
}

// FromProto reads the API's Digest message.
func FromProto(m *repb.Digest) (Digest, error) {
	if m == nil {
		return Digest{}, fmt.Errorf("digest is missing")
	}
	if m.SizeBytes < 0 {
		return Digest{}, fmt.Errorf("digest %s: negative size", m.Hash)
	}
	return FromHex(m.Hash, m.SizeBytes)
}

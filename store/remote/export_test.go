package remote

// For tests of the format.
var (
	EncodeIndex = encodeIndex
	DecodeIndex = decodeIndex
)

package builtins

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"

	"github.com/zclconf/go-cty/cty/function"
)

// The hashes of texts are of their bytes in UTF-8. MD5 and SHA-1 are for telling apart
// and for comparing with what others have published, not for security.

func hashFuncs() []Func {
	return []Func{
		{Name: "md5", Doc: "Returns the MD5 of a text in hexadecimal digits. It is no protection against anybody.", Example: `md5("dewar")`, Want: `"5f38921aa11a0068efdcb469ecd7c8d1"`, Impl: hexHash(md5.New)},
		{Name: "sha1", Doc: "Returns the SHA-1 of a text in hexadecimal digits. It is no protection against anybody.", Example: `substr(sha1("dewar"), 0, 8)`, Want: `"d817f5c6"`, Impl: hexHash(sha1.New)},
		{Name: "sha256", Doc: "Returns the SHA-256 of a text in hexadecimal digits.", Example: `substr(sha256("dewar"), 0, 8)`, Want: `"2b78ffeb"`, Impl: hexHash(sha256.New)},
		{Name: "sha512", Doc: "Returns the SHA-512 of a text in hexadecimal digits.", Example: `substr(sha512("dewar"), 0, 8)`, Want: `"31344fe4"`, Impl: hexHash(sha512.New)},
		{Name: "base64sha256", Doc: "Returns the SHA-256 of a text in Base64, as the integrity of downloads is often written.", Example: `base64sha256("dewar")`, Want: `"K3j/62E6K7cy1/8CZA/OZNrluMrgXabFpA+lJvkR3EA="`, Impl: base64Hash(sha256.New)},
		{Name: "base64sha512", Doc: "Returns the SHA-512 of a text in Base64.", Example: `substr(base64sha512("dewar"), 0, 8)`, Want: `"MTRP5NL9"`, Impl: base64Hash(sha512.New)},
	}
}

func sumOf(make func() hash.Hash, text string) []byte {
	h := make()
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexHash(make func() hash.Hash) function.Function {
	return onText(func(s string) string { return hex.EncodeToString(sumOf(make, s)) })
}

func base64Hash(make func() hash.Hash) function.Function {
	return onText(func(s string) string { return base64.StdEncoding.EncodeToString(sumOf(make, s)) })
}

package toolchain

import (
	"bytes"
	"encoding/binary"
)

// ldCache is /etc/ld.so.cache: paths by the names that objects need them by, in its order.
type ldCache map[string][]string

const ldCacheMagic = "glibc-ld.so.cache1.1"

// parseLdCache reads glibc's format of since 2.2, also where the older one stands before it. What
// cannot be read is not there, as for the loader.
func parseLdCache(b []byte) ldCache {
	out := ldCache{}
	at := bytes.Index(b, []byte(ldCacheMagic))
	if at < 0 || len(b) < at+48 {
		return out
	}
	b = b[at:] // offsets count from here
	count := int64(binary.NativeEndian.Uint32(b[20:]))
	if count*24 > int64(len(b))-48 {
		return out
	}
	for e := b[48 : 48+count*24]; len(e) > 0; e = e[24:] {
		name, ok1 := cString(b, binary.NativeEndian.Uint32(e[4:]))
		path, ok2 := cString(b, binary.NativeEndian.Uint32(e[8:]))
		if ok1 && ok2 {
			out[name] = append(out[name], path)
		}
	}
	return out
}

func cString(b []byte, at uint32) (string, bool) {
	if int64(at) >= int64(len(b)) {
		return "", false
	}
	end := bytes.IndexByte(b[at:], 0)
	if end < 0 {
		return "", false
	}
	return string(b[at : int(at)+end]), true
}

package remote

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// maxName bounds the name of an object.
const maxName = 512

// CheckName says what is wrong with the name of an object: it must be segments of
// letters, digits and "._-", separated by single slashes, none of which begins
// with a dot. So a name means the same everywhere and leads nowhere else.
func CheckName(name string) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("%.40q is not the name of an object: it has %d bytes", name, len(name))
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part[0] == '.' {
			return fmt.Errorf("%q is not the name of an object: a part of it is empty or begins with a dot", name)
		}
	}
	for i := range len(name) {
		if !nameByte(name[i]) {
			return fmt.Errorf("%q is not the name of an object: it has %q in it", name, name[i])
		}
	}
	return nil
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/._-", c) >= 0
}

// BlobName is the name of a blob, EntryName that of an entry of the action cache.
func BlobName(d digest.Digest) string { return sharded("cas/", d) }

// EntryName is the name of the entry of the action cache with an action key.
func EntryName(actionKey digest.Digest) string { return sharded("ac/", actionKey) }

func sharded(area string, d digest.Digest) string {
	h := d.Hex()
	return area + h[:2] + "/" + h
}

// shardOf is the directory that lists what has a name like this one, "" if there is none.
func shardOf(name string) string {
	if at := strings.LastIndexByte(name, '/'); at > 0 {
		return name[:at]
	}
	return ""
}

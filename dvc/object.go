package dvc

import (
	"bytes"
	"crypto/md5" //nolint:gosec // DVC's names; whoever takes what they name has a digest of his own
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
)

// Object is what a cache or a remote of DVC's has under an MD5.
type Object struct {
	MD5    string
	Dir    bool // it is a listing
	Legacy bool
	Size   int64 // -1: not known
}

// listing is how names of listings end.
const listing = ".dir"

// Names returns what a place may call the object, the likelier first: versions before 3 had them at
// the top of a place.
func (o Object) Names() [2]string {
	old := o.MD5[:2] + "/" + o.MD5[2:]
	if o.Dir {
		old += listing
	}
	now := "files/md5/" + old
	if o.Legacy {
		return [2]string{old, now}
	}
	return [2]string{now, old}
}

// Is reads all of r and reports whether it is the object.
func (o Object) Is(r io.Reader) (bool, error) {
	size, sums, err := sumsOf(r, o.Legacy)
	if err != nil {
		return false, err
	}
	return slices.Contains(sums, o.MD5) && (o.Size < 0 || o.Legacy || size == o.Size), nil
}

// sumsOf reads all and returns how much it was and the MD5s that DVC may know it by: of its bytes, and,
// as versions before 3 had it, of its bytes with the line ends of Unix, made in pieces of a megabyte.
func sumsOf(r io.Reader, legacy bool) (size int64, sums []string, err error) {
	plain, unix := md5.New(), md5.New() //nolint:gosec // see above
	buf := make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(r, buf)
		piece := buf[:n]
		size += int64(n)
		_, _ = plain.Write(piece)
		if legacy {
			_, _ = unix.Write(bytes.ReplaceAll(piece, []byte("\r\n"), []byte("\n")))
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			sums = []string{hex.EncodeToString(plain.Sum(nil))}
			if legacy {
				sums = append(sums, hex.EncodeToString(unix.Sum(nil)))
			}
			return size, sums, nil
		case err != nil:
			return 0, nil, err
		}
	}
}

// IsMD5 reports whether s is an MD5 as DVC writes it.
func IsMD5(s string) bool { return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == "" }

package fs

import "github.com/spf13/afero"

// Memory returns a new, empty filesystem in memory: "/" exists. It has no
// symbolic or hard links (ErrUnsupported) and enforces no permissions.
func Memory() FS { return Afero(afero.NewMemMapFs()) }

// Afero makes an afero filesystem ours. What afero has no call for (links,
// reflinks) is ErrUnsupported; Exchange, Lock and Clone work among the users of
// the one value returned.
func Afero(base afero.Fs) FS { panic("unwritten") }

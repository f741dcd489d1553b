//go:build !linux

package landlock

import "errors"

// ABI says that there is none.
func ABI() (int, error) { return 0, errors.ErrUnsupported }

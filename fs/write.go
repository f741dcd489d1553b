package fs

import iofs "io/fs"

// WriteFile writes a whole file atomically: a temporary file beside it, then
// rename. Who reads the path sees the old bytes or the new, never half.
func WriteFile(fsys FS, path string, b []byte) error {
	return WriteFileIn(fsys, "", path, b, 0o644)
}

// WriteFileIn is WriteFile with a mode, and with the directory for the
// temporary file; "" is that of path. Both must be on one filesystem.
func WriteFileIn(fsys FS, temps, path string, b []byte, perm iofs.FileMode) error {
	panic("unwritten")
}

// TempName returns a name in dir that nothing else uses, for Create, Mkdir or Clone.
func TempName(dir string) string { panic("unwritten") }

// ReadFile returns the bytes of a file.
func ReadFile(fsys FS, name string) ([]byte, error) { panic("unwritten") }

package fs

// Rooted returns the part of fsys below root as a filesystem of its own: its
// "/" is root, and no name reaches above it. Targets of symbolic links are not
// looked at.
func Rooted(fsys FS, root string) FS { panic("unwritten") }

package fs

// Faulty returns fsys with faults: before every operation it asks fault, and
// fails with the error it gives. op is the method's name in lower case ("open",
// "rename", …) and, on open files, "read", "write", "close"; path is the name that
// would be made, changed or read (of two, the second).
func Faulty(fsys FS, fault func(op, path string) error) FS { panic("unwritten") }

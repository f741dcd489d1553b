package digest

// Kind says what a Content is.
type Kind uint8

// The kinds of content. Symbolic links exist only inside directories.
const (
	None      Kind = iota // nothing is there
	File                  // a regular file
	Directory             // a directory, named by its canonical encoding
)

func (k Kind) String() string {
	switch k {
	case File:
		return "file"
	case Directory:
		return "directory"
	default:
		return "nothing"
	}
}

// Content is what a path holds: the bytes of a file and its executable bit, or
// a whole directory. Modes other than the executable bit, times and owners are
// not content. It is comparable.
type Content struct {
	Kind   Kind
	Exec   bool   // files only: some executable bit is set
	Digest Digest // of the file's bytes, or of the Dir's canonical encoding
}

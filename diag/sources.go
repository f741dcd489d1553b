package diag

// Sources gives the text of the files that spans point into, as it lay there when they
// were read: with all ends of lines, though spans count without carriage returns. A file
// that is not there simply gets no snippet.
type Sources interface {
	Source(file string) ([]byte, bool)
}

// SourceMap is a Sources that holds its files by name.
type SourceMap map[string][]byte

// Source returns the text of file.
func (m SourceMap) Source(file string) ([]byte, bool) {
	b, ok := m[file]
	return b, ok
}

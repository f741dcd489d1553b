package lsp

import "fmt"

// refused is why something that was asked for is not done: a sentence, which editors
// show to the person.
type refused string

func (r refused) Error() string { return string(r) }

func refusal(format string, args ...any) error { return refused(fmt.Sprintf(format, args...)) }

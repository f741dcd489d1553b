package graph

import "github.com/dewar-build/dewar/digest"

// Encoded is an action as the messages of the Remote Execution API, each in
// canonical form.
type Encoded struct {
	Key     digest.Digest // the action key: the digest of Action
	Action  []byte        // Action
	Command []byte        // Command
	Dirs    [][]byte      // the Directory messages between the input root and the leaves, the root first, each once
	Root    digest.Digest // the digest of the input root
}

// Key encodes a. It fails when a is not in the form that Action describes, or
// holds text that is not UTF-8.
func (a *Action) Key() (Encoded, error) { panic("unwritten") }

// Explain returns the fields of the action key in the order in which they are
// hashed. Two actions have the same key if and only if they have the same
// explanation.
func (a *Action) Explain() ([]Field, error) { panic("unwritten") }

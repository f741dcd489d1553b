package store

// CopyHashing is for tests.
var CopyHashing = copyHashing

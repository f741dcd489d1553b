//go:build !unix

package main

// windowChanges tells of nothing: no signal does, here.
func windowChanges() (changed <-chan struct{}, stop func()) { return nil, func() {} }

package main

import (
	"slices"
	"strings"
	"syscall"

	"github.com/dewar-build/dewar/diag"
)

// spaceAdvice adds to the first message of a full disk, be it of dewar or of a command, what to do about it.
func spaceAdvice(l diag.List) diag.List {
	i := slices.IndexFunc(l, func(d diag.Diagnostic) bool {
		return fullDisk(d.Detail) || slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return fullDisk(n.Text) })
	})
	if i < 0 {
		return l
	}
	l = slices.Clone(l)
	l[i].Notes = append(slices.Clip(l[i].Notes), diag.Note{
		Text: "the disk is full, or a quota used up: make room and do it again; nothing that was finished is lost. dewar gc --dry-run says what the cache could do without",
	})
	return l
}

// fullDisk reports whether a text says that a disk is full. Commands begin it with a capital.
func fullDisk(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, syscall.ENOSPC.Error()) || strings.Contains(text, syscall.EDQUOT.Error())
}

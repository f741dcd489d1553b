package main

import (
	"errors"
	"strconv"

	"github.com/spf13/pflag"
)

// parallel is the value of -j: how many of something at once, 0 if it is not given.
type parallel struct{ n *int }

// parallelFlag adds -j to the flags of a command.
func parallelFlag(f *pflag.FlagSet, n *int, usage string) {
	f.VarP(parallel{n}, "parallel", "j", usage)
}

func (p parallel) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return errors.New("it wants a positive number")
	}
	*p.n = n
	return nil
}

func (p parallel) Type() string { return "int" }

// String is what there is without the flag: help shows no default.
func (p parallel) String() string { return "" }

package diag

import (
	"slices"
	"strings"
)

// Code documents a diagnostic code. Each room has its own table
// (codes_ROOM.go), sorted, one line a code.
type Code struct {
	Code    string // "E-..." for errors, "W-..." for warnings
	Summary string // fixed: lower case, no names, no full stop
	Doc     string // for spec/diagnostics.md: what causes it and what to do
}

// tables are those of all rooms.
func tables() [][]Code {
	return [][]Code{
		langCodes, evalCodes, paramCodes, editCodes, graphCodes, storeCodes, runCodes, deviceCodes, cmdCodes, expCodes, assertCodes,
		plotCodes, dataCodes, importCodes, shareCodes, configCodes, cacheCodes, isolationCodes, verifyCodes, toolchainCodes, choiceCodes, moduleCodes, lintCodes, functionCodes, faninCodes, loopCodes,
	}
}

// Codes returns every code, sorted.
func Codes() []Code {
	all := slices.Concat(tables()...)
	slices.SortFunc(all, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// Summary returns the summary of a code, or "" if there is no such code.
func Summary(code string) string {
	for _, table := range tables() {
		for i := range table {
			if table[i].Code == code {
				return table[i].Summary
			}
		}
	}
	return ""
}

// summary returns the text of d's summary: its own, or else that of its code.
func (d *Diagnostic) summary() string {
	if d.Summary != "" {
		return d.Summary
	}
	return Summary(d.Code)
}

package diag

import "slices"

// Lints returns the codes of what eval/lint finds, sorted.
func Lints() []string {
	out := make([]string, len(lintCodes))
	for i, c := range lintCodes {
		out[i] = c.Code
	}
	slices.Sort(out)
	return out
}

// lintCodes are the codes that eval/lint finds, for `dewar lint` and editors.
var lintCodes = []Code{
	{"W-axis-idle", "an axis that changes nothing", "An axis of `for_each` stands only in paths, in `key` or `when`, or nowhere: points that differ in it alone do the same work and keep it under several names. Most often it was not given to the command. For repetitions that are meant, say `deterministic = false`."},
	{"W-compare-types", "values of different types are compared", "Nothing is converted, so `==` between a number and a text is never true, and `!=` always. Compare with a value of the same type: `param.n == 1`, not `param.n == \"1\"`."},
	{"W-data-unused", "nothing reads a data block", "No stage reads the data, by name or by path. If it is only to be tracked, put `# dewar:ignore W-data-unused` above the block."},
	{"W-depends-on-redundant", "depends_on says what a reference says already", "The stage reads what the other makes, so it comes after it in any case. `depends_on` is for order where nothing is read. `dewar lint --fix` leaves it out."},
	{"W-function-unused", "nothing calls a function", "Remove the `function` block; `dewar lint --fix` does."},
	{"W-ignore-idle", "a comment silences nothing", "A comment `# dewar:ignore W-…` names a code that does not exist, or that nothing below it has any more. Left there, it would silence what comes later."},
	{"W-input-twice", "one input under two names", "Two entries of `inputs` are the same path. Keep one, and use its name."},
	{"W-legacy-syntax", "an old spelling", "`list.*.name` is written `list[*].name`, and `list.0` is written `list[0]`. `dewar lint --fix` does so."},
	{"W-local-unused", "nothing uses a local", "Remove it; `dewar lint --fix` does, unless a comment belongs to it."},
	{"W-machine-path", "a path of one machine", "A command or a variable holds an absolute path in a home, on a mounted disk, or in the project itself: on other machines, and in the sandbox, it leads nowhere. Name files of the project in `inputs`; declare what lies outside as data with `external = true`, or as a toolchain."},
	{"W-number-digits", "a number with more digits than are kept", "Integers are exact; any other number is the nearest float64 and has its shortest text, so that further digits are lost. Write the number as it is kept, or a text if it is none. `dewar lint --fix` does so in pipeline files."},
	{"W-param-unused", "nothing uses a param", "No stage, no local that is used and no other param's validation refers to it, so that setting it does nothing. Use it or remove it; a script that reads the params file itself needs it in the stage's `params`."},
	{"W-params-unclaimed", "no param reads an entry of a params file", "The entry stands in a file of a param, and no param of the project reads it. Perhaps its name is misspelt, or it was left behind. What other programs read there may stay: `# dewar:ignore W-params-unclaimed` above it says so."},
	{"W-path-case", "two paths differ only in the case of letters", "An input and another path of the pipeline are the same file on filesystems that ignore case, as those of macOS and Windows do, and different ones elsewhere. Write them alike, or rename one."},
	{"W-quoted-reference", "quotes around a single value", "`\"${x}\"` is the value of `x` as it is, not a text of it. Write `x`. `dewar lint --fix` does so. Only as a whole `command` it means something else, a script."},
	{"W-raw-needless", "raw that changes nothing", "The value is the same to the shell with quotes and without: a number, a bool, or a constant of harmless letters. `raw` is a door that later values may break out of; leave it out. `dewar lint --fix` does so where the value is a word by itself."},
	{"W-sensitive-default", "a secret stands in the pipeline", "The default of a param with `sensitive = true` is a text that all who can read the file can read. Give the value with `--params` or as a secret of the environment."},
	{"W-text-reference", "a text that reads as a reference", "`\"inputs.script\"` is a text, and in a script `inputs.script` is a word: neither is what the name stands for. Leave out the quotes, or write `${inputs.script}`. `dewar lint --fix` does so."},
	{"W-toolchain-unused", "nothing uses a toolchain", "No stage has it in `toolchains`, nor does the pipeline: it enters no action key. Name it there, or remove it; `dewar lint --fix` removes it."},
}

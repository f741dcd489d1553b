package diag

// runCodes are the codes that running reports.
var runCodes = []Code{
	{"E-action-failed", "the command failed", "The command of an instance exited with a status other than 0 or was ended by a signal. The message shows the last lines that it wrote; `dewar logs` prints all of them. Failed actions are never cached."},
	{"E-checkout", "an output could not be written into the workspace", "Something is in the way of an output, or its place cannot be written to. The result is in the cache: mend the place and run again."},
	{"E-command-not-found", "the program was not found", "The first word of the command is no program at the places listed. A sandbox shows the system's programs, those of declared toolchains, and the inputs."},
	{"E-environment", "something outside the pipeline failed", "An operation on this machine failed: the message names the operation and the path."},
	{"E-frozen-gone", "the outputs of a frozen stage are lost", "The lock names outputs that neither the workspace nor the cache holds. Remove `frozen` and run the stage again."},
	{"E-frozen-unlocked", "a frozen stage was never run", "A frozen stage uses the outputs of the lock, and the lock has none. Remove `frozen` and run it once."},
	{"E-input-changed", "an input changed during the run", "What the command read is no one version of the input, so the result was not kept. Run again once the input is still."},
	{"E-input-conflict", "two inputs want to be different things at one path", "Two inputs overlap and disagree. Leave one out or place one elsewhere with `at`."},
	{"E-input-missing", "an input is not there", "A path that a stage names as an input does not exist, or the directory that should hold it was made without it."},
	{"E-input-unreadable", "an input cannot be read", "An input holds something that is no content (a device, a link that leads out), or may not be read."},
	{"E-lock-unreadable", "pipeline.lock cannot be read", "Reading the lock failed; the message says why."},
	{"E-lock-unwritable", "pipeline.lock cannot be written", "Writing the lock at the end of a run failed; the message says why. What was executed is in the cache, so the next run takes it from there."},
	{"E-lock-version", "pipeline.lock is of a newer dewar", "A newer version of dewar wrote the lock. Use that version."},
	{"E-output-content", "an output holds what cannot be kept", "A directory that a command made holds devices, sockets, links that lead out of it, or names that are not UTF-8."},
	{"E-output-kind", "an output is not what was declared", "A directory was made where a file is declared, or the other way round: directories end with a slash."},
	{"E-output-missing", "an output was not made", "The command exited with 0 but a declared output is not there. The message lists what it made instead."},
	{"E-output-unreadable", "an output cannot be read", "Looking at a declared output failed; the message says why."},
	{"E-timeout", "the command took too long", "The command did not end within the stage's timeout and was ended."},
	{"E-toolchain", "the toolchain cannot be used", "What a toolchain block declares was not found on this machine, or did not answer as expected."},
	{"E-undeclared", "the command reads what its stage does not declare", "A stage that never succeeded failed, and reads files of the workspace that it does not declare. The message lists what to add; `dewar fix` adds it."},
	{"E-upstream-missing", "what an instance needs was never made", "With --only, what the selected instances need must be in the lock. Run it first or leave out --only."},
	{"W-lock-damaged", "lines of pipeline.lock cannot be used", "Damaged or conflicting lines count as absent: what they are about is taken from the cache or run again, and the lock is mended."},
	{"W-lock-unwritable", "pipeline.lock could not be written during the run", "It is tried again at the end of the run."},
	{"W-undeclared", "a command looks for what its stage does not declare", "Under --trace: the command went well without files of the workspace that it looked for. If they matter, declare them."},
}

package diag

// cacheCodes are the codes of keeping the cache: collections, pins, links.
var cacheCodes = []Code{
	{"E-cache-path", "no such path to unprotect", "`dewar cache unprotect` is given paths of the workspace, and nothing is at this one."},
	{"E-gc-busy", "another collection is at work", "One `dewar gc` at a time works in a cache. Wait for the other one to end."},
	{"E-gc-confirm", "nothing was removed", "`dewar gc` asks on a terminal before it removes anything. Elsewhere it has to be told: `--dry-run` shows what it would remove, `--force` removes it."},
	{"E-gc-git", "the history cannot be read", "`dewar gc` keeps what branches, tags and commits name, and Git could not be asked. Nothing was removed. See to it that `git` works here, or collect with `--workspace`, which keeps what the workspace names and nothing else."},
	{"E-gc-project", "a project that uses the cache cannot be reached", "Several projects use this cache, and one of them is not where it was: it may be on a disk that is not mounted. What it needs is not known, so nothing was removed. Mount it, or say that it is gone: `dewar gc --forget ROOT`."},
	{"E-pin-name", "not a name for a pin", "The name of a pin is made of letters, digits, `_`, `.` and `-`, and begins with a letter, a digit or `_`."},
	{"E-pin-missing", "no such pin", "`dewar cache pin` without a name lists the pins that there are."},
	{"E-pin-nothing", "nothing to pin", "The lock knows no result of what was named: run it first."},
}

package diag

// assertCodes are the codes of results that are not as they should be.
var assertCodes = []Code{
	{"W-assert", "results do not meet an assertion", "The condition of an `assert` is not true of what the stage made. The results are kept, and the run goes well all the same: `dewar metrics check` exits with 3 over it. Mend what makes the results, or the condition."},
}

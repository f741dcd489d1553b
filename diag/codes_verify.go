package diag

// verifyCodes are about executing actions again.
var verifyCodes = []Code{
	{"E-verify-failed", "an action failed when it was executed again", "It has a result, and so it succeeded once: it depends on something that is not an input. The message says whether it fails always or only under a variation, and has the last lines that it wrote."},
	{"W-verify-network", "actions that use the network were left out", "What a server answers is not in dewar's hands, and asking it again may do something there. `dewar verify --network` executes them all the same."},
	{"W-verify-nothing", "nothing was verified", "None of the selected instances could be executed again; the list says why of each. Instances without a result have to be run first: `dewar run`."},
}

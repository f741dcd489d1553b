package diag

// shareCodes are the codes of what goes to remotes and comes from them.
var shareCodes = []Code{
	{"W-remote-corrupt", "a remote has wrong bytes", "What came from a remote is not what its name says: it was damaged there or on the way, or is no honest remote. The bytes are kept in quarantine, and it counts as missing there."},
	{"W-remote-down", "a remote failed during a run", "A run that may pull asked a remote and got no answer. It goes on without: what it would have taken from there is executed."},
	{"W-remote-empty", "nothing was ever pushed to a remote", "A remote was asked for something and is empty. Whoever has the results has to push them: `dewar push`. If they did, the url is another one here, or the disk that it is on is not mounted."},
}

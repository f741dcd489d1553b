package diag

// importCodes are the codes of data of other projects.
var importCodes = []Code{
	{"E-import-bytes", "the bytes can be had nowhere", "The other project says what the data is, and neither its cache nor any of its remotes has all of it, or what they have is something else. Whoever works there has to push it: `dewar push`, or `dvc push`. A remote that needs a login is given one under the same url: `dewar remote add` and `dewar remote login`."},
	{"E-import-changed", "the other project has something else now", "The lock says what the data is, and what the other project has at the revision of the block is not that any more; nor can the old bytes be had. `dewar data update NAME` takes what is there now."},
	{"E-import-hostile", "the other project says what cannot be", "A listing of a directory names a path outside of it or one name twice, is too large, or a symbolic link leads out of the data. Nothing of it was written."},
	{"E-import-local", "a directory of this machine is not read yet", "A pipeline can name any directory of the machine as a project, and may be somebody else's. A directory is read once a person has named the data: `dewar data update NAME`."},
	{"E-import-path", "the other project has no such path", "Neither does it track this path, nor has Git a file there, at the revision that was asked for. Paths are relative to the top of the repository, or to the directory that was named. `dewar data list PROJECT` lists what it tracks."},
	{"E-import-project", "there is no such project", "Git cannot clone it, or the directory is not there. The message has git's words."},
	{"E-import-remote", "no remote of the other project can be used", "It has none, or the one that it has is at a kind of place that dewar does not reach. The message says which."},
	{"E-import-rev", "the other project has no such revision", "A revision is a branch, a tag or a commit of the other project. Without one it is what its HEAD is, and of a directory of this machine what lies there."},
	{"W-import-unreadable", "a file of another project cannot be understood", "A pipeline.lock, dvc.lock or .dvc file of the project that data is taken from has not the form that it should have. What other files track can still be had."},
}

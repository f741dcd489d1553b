package diag

// storeCodes are the codes about dewar's own files.
var storeCodes = []Code{
	{"E-output-escapes", "output outside the project", "The path of an output leads out of the project, by itself or through a symbolic link among its parents, so nothing was written there. To keep large outputs on another disk, put the whole project or its .dewar/cache there."},
	{"W-cache-corrupt", "a file of the cache was damaged", "A blob or a result was not what its name says. It has been set aside and counts as missing; it is made again when it is needed."},
	{"W-index-corrupt", "the stat index was damaged", "The index has been set aside and is made anew: the next run reads every file once."},
}

package diag

// storeCodes are the codes about dewar's own files.
var storeCodes = []Code{
	{"W-cache-corrupt", "a file of the cache was damaged", "A blob or a result was not what its name says. It has been set aside and counts as missing; it is made again when it is needed."},
	{"W-index-corrupt", "the stat index was damaged", "The index has been set aside and is made anew: the next run reads every file once."},
}

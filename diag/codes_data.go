package diag

// dataCodes are the codes of tracked data.
var dataCodes = []Code{
	{"E-data-add", "this cannot be tracked", "What is to be tracked lies in the project, under a name that is free, and nothing is written over what is there."},
	{"E-data-consent", "external data may not be read yet", "A pipeline can name any path of the machine as data, and may be somebody else's. What lies outside of the project is read once `dewar data allow NAME` has said so on this machine; the answer is kept in a configuration that Git does not have. There it is also said where the data lies, if that is elsewhere."},
	{"E-data-download", "a download failed", "The server does not answer, or answers that it has no such file or does not give it to everybody. The message has its words. What came is kept, and the next try goes on from there."},
	{"E-data-external", "external data cannot be had this way", "External data lies outside of the project, at an absolute path. It is read where it is: nothing brings it there, and no function lists its files. A stage that works in the workspace itself (isolation = \"off\") cannot see it."},
	{"E-data-from", "no place to take data from", "`from` is an object with project, path and, if it is not to be what HEAD is, rev."},
	{"E-data-mismatch", "a file is not the one that was to be downloaded", "The sha256 of a data block and the bytes that are there do not belong together. Nothing is downloaded over a file that somebody put there."},
	{"E-data-missing", "there is nothing to track", "The path leads to nothing, or to what may not be read."},
	{"E-data-module", "this data belongs to a module", "A `data` block of a pipeline that is used as a module is changed where it stands: with `-C` and the directory that the message names. That of a module from Git is part of its commit, and nothing has to be brought or shared."},
	{"E-data-nested", "tracked data lies inside other data", "Data is stored, written and moved as a whole, so none can be part of another, and a path is tracked once. Leave out one of the blocks."},
	{"E-data-output", "a pipeline makes this", "Tracked data is what a pipeline begins with. What its stages make is tracked as their outputs: take the path out of the outputs, or leave it to the stage."},
	{"E-data-unknown", "no such data", "No data block of the pipeline has this name, and none tracks this path. The message names the nearest, or lists those there are."},
	{"E-data-unreadable", "tracked data cannot be read", "The file system refused. What was read before is in the lock, unchanged."},
	{"E-data-url", "no download", "A download has a url that begins with https:// or http:// and holds no password, and the sha256 that its bytes must have. It is a file, not a directory."},
	{"E-data-used", "a stage reads the data", "Data that a stage reads cannot be forgotten. Take it out of the stage's inputs first."},
}

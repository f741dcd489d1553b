# Prints what dewar needs to know of the R that runs it: lines of fields with tabs between them.
# It has no backslashes, for the shell script that is R has its own idea of them.
say <- function(...) cat(paste(encodeString(c(...)), collapse = intToUtf8(9)), intToUtf8(10), sep = "")
say("dewar", "1")
say("version", R.version.string)
say("platform", R.version$platform)
say("home", normalizePath(R.home()))
for (dir in .libPaths()) say("library", dir)
found <- utils::installed.packages(noCache = TRUE)
for (i in seq_len(nrow(found))) say("package", found[i, "Package"], found[i, "Version"], found[i, "Built"], found[i, "LibPath"])

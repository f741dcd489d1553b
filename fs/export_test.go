package fs

// LookupAll looks up everything in order, as a scan does.
func LookupAll(x *Index, paths []string, infos []Info) {
	near := 0
	for i, p := range paths {
		if _, ok := x.lookup(p, infos[i], &near); !ok {
			panic("fs.LookupAll: lost " + p)
		}
	}
}

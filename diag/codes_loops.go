package diag

// loopCodes are about for expressions.
var loopCodes = []Code{
	{"E-loop-turns", "for expressions take too many turns", "One evaluation takes more than 12,000,000 turns of all for expressions together, as when each of many points has a for expression over a long list: put what is the same at each point into a local, which is evaluated once, or use fewer values or fewer points."},
}

package diag

// evalCodes are the codes that eval reports.
var evalCodes = []Code{}

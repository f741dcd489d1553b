package diag

// storeCodes are the codes that store reports.
var storeCodes = []Code{}

package fs

import (
	"errors"
	"hash/crc32"
	iofs "io/fs"
)

// The journal holds entries newer than the base: a header of 24 bytes
// ("dewarlog", version (4), base id (8), CRC of these (4)), then records, each
// length (4), CRC of the payload (4), payload: an entry as in the base and the
// path. A record that ends beyond the file is what a crash leaves: it is
// ignored, and the next Save rewrites. The journal of another base was merged before.
const (
	logMagic   = "dewarlog"
	logHeader  = 24
	entrySize  = recordSize - 12
	recordHead = 8
)

// logState is the journal as it was last read or written.
type logState struct {
	base  uint64 // the id of the base it belongs to
	size  int64  // bytes of it that we know
	count int    // entries in it
	torn  bool   // it does not end where a record does
}

// loadLog reads the journal, if it is not what we know already, into saved.
func (x *Index) loadLog() error {
	name, id := x.file("index.log"), x.base.Load().id
	info, err := x.fsys.Stat(name)
	if errors.Is(err, iofs.ErrNotExist) {
		x.log = logState{base: id}
		return nil
	}
	if err != nil {
		return err
	}
	if x.log.base == id && x.log.size == info.Size && !x.log.torn {
		return nil
	}
	b, err := ReadFile(x.fsys, name)
	if err != nil {
		return err
	}
	x.log, err = readLog(b, id, func(p string, e entry) { x.saved[p] = e })
	if err != nil {
		x.setAside("index.log", err)
		x.log = logState{base: id}
	}
	return nil
}

// readLog yields the records of a journal that belongs to base id.
func readLog(b []byte, id uint64, yield func(string, entry)) (logState, error) {
	s := logState{base: id}
	switch {
	case len(b) < logHeader:
		s.torn = len(b) > 0
		return s, nil
	case string(b[:8]) != logMagic || le.Uint32(b[20:]) != crc32.Checksum(b[:20], castagnoli):
		return s, corruptError("its header is damaged")
	case le.Uint32(b[8:]) != baseVersion:
		return s, corruptError("it is of another version")
	case le.Uint64(b[12:]) != id:
		s.torn = true // of an older base: to be replaced, not appended to
		return s, nil
	}
	rest := b[logHeader:]
	for len(rest) > 0 {
		payload, next, err := logRecord(rest)
		if err != nil {
			return s, err
		}
		if payload == nil {
			s.torn = true
			break
		}
		yield(string(payload[entrySize:]), readEntry(payload))
		s.count++
		rest = next
	}
	s.size = int64(len(b) - len(rest))
	return s, nil
}

// logRecord cuts the first record off b; a nil payload is one that is not all
// there.
func logRecord(b []byte) (payload, rest []byte, err error) {
	if len(b) < recordHead {
		return nil, b, nil
	}
	n := int(le.Uint32(b))
	if n < entrySize || n > entrySize+maxPath {
		return nil, b, corruptError("a record is damaged")
	}
	if len(b) < recordHead+n {
		return nil, b, nil
	}
	payload = b[recordHead : recordHead+n]
	if crc32.Checksum(payload, castagnoli) != le.Uint32(b[4:]) {
		return nil, b, corruptError("a checksum is wrong")
	}
	return payload, b[recordHead+n:], nil
}

// appendLog adds fresh to the journal in one write.
func (x *Index) appendLog() error {
	var b []byte
	if x.log.size == 0 {
		b = appendLogHeader(b, x.base.Load().id)
	}
	for _, p := range sortedKeys(x.fresh) {
		e := x.fresh[p]
		b = appendLogRecord(b, p, &e)
	}
	f, err := x.fsys.Append(x.file("index.log"), 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		x.log.torn = true // whatever is there now, look again
		return err
	}
	x.log.size += int64(len(b))
	x.log.count += len(x.fresh)
	for p, e := range x.fresh {
		x.saved[p] = e
	}
	x.fresh = map[string]entry{}
	return nil
}

func appendLogHeader(b []byte, base uint64) []byte {
	start := len(b)
	b = append(b, logMagic...)
	b = le.AppendUint32(b, baseVersion)
	b = le.AppendUint64(b, base)
	return le.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

func appendLogRecord(b []byte, path string, e *entry) []byte {
	start := len(b)
	b = le.AppendUint32(b, uint32(entrySize+len(path)))
	b = append(b, 0, 0, 0, 0)
	b = appendEntry(b, e)
	b = append(b, path...)
	le.PutUint32(b[start+4:], crc32.Checksum(b[start+recordHead:], castagnoli))
	return b
}

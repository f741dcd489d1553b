package servers

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// drive is a stand-in for Google Drive: the calls of its third API that
// rclone makes, over files in memory. Names are not unique, as there.
type drive struct {
	mu      sync.Mutex
	files   map[string]*driveFile
	uploads map[string]*driveUpload
	n       int
	full    bool   // there is no space left
	token   string // what requests must bring
}

type driveFile struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	MimeType string    `json:"mimeType"`
	Parents  []string  `json:"parents"`
	Size     string    `json:"size,omitempty"`
	MD5      string    `json:"md5Checksum,omitempty"` // folders have none
	Modified time.Time `json:"modifiedTime"`
	Trashed  bool      `json:"trashed"`
	data     []byte
}

type driveUpload struct {
	file *driveFile
	data []byte
}

const folderType = "application/vnd.google-apps.folder"

func newDrive() *drive {
	d := &drive{files: map[string]*driveFile{}, uploads: map[string]*driveUpload{}, token: "token-of-the-user"}
	d.files["FOLDER_id-1"] = &driveFile{ID: "FOLDER_id-1", Name: "shared", MimeType: folderType, Parents: []string{"root"}}
	return d
}

// add makes a file, or a folder of the same name as others.
func (d *drive) add(f *driveFile) *driveFile {
	d.n++
	f.ID = fmt.Sprintf("id%06d", d.n)
	d.files[f.ID] = f
	return f
}

// put gives a file its bytes.
func (f *driveFile) put(data []byte) *driveFile {
	f.data, f.Size, f.MD5 = data, strconv.Itoa(len(data)), fmt.Sprintf("%x", md5.Sum(data))
	return f
}

func (d *drive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Host == "oauth2.googleapis.com" && r.URL.Path == "/token" {
		d.grant(w, r)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+d.token {
		refuse(w, 401, "authError", "Invalid Credentials")
		return
	}
	path, upload := strings.CutPrefix(r.URL.Path, "/upload")
	id := strings.Trim(strings.TrimPrefix(path, "/drive/v3/files"), "/")
	switch {
	case path == "/session":
		d.chunk(w, r)
	case upload && d.full:
		refuse(w, 403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")
	case upload:
		d.upload(w, r, id)
	case r.Method == "GET" && id == "":
		d.list(w, r)
	case r.Method == "POST" && id == "":
		f := &driveFile{}
		if err := json.NewDecoder(r.Body).Decode(f); err != nil {
			refuse(w, 400, "badRequest", err.Error())
			return
		}
		answer(w, d.add(f))
	default:
		d.one(w, r, id)
	}
}

// grant exchanges a code or a refresh token for a token.
func (d *drive) grant(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if code := r.Form.Get("code"); r.Form.Get("grant_type") == "authorization_code" && code != "code-of-the-browser" ||
		r.Form.Get("grant_type") == "refresh_token" && r.Form.Get("refresh_token") != "refresh-of-the-user" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(400)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`)
		return
	}
	answer(w, map[string]any{"access_token": d.token, "refresh_token": "refresh-of-the-user", "token_type": "Bearer", "expires_in": 3599})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": status, "message": message, "errors": []map[string]string{{"reason": reason, "message": message, "domain": "global"}},
	}})
}

var (
	inParents = regexp.MustCompile(`'([^']+)' in parents`)
	named     = regexp.MustCompile(`name='((?:[^'\\]|\\.)*)'`)
)

// list answers the questions that rclone asks: by parent, by name, by type.
func (d *drive) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query().Get("q")
	var parents, names []string
	for _, m := range inParents.FindAllStringSubmatch(q, -1) {
		parents = append(parents, m[1])
	}
	for _, m := range named.FindAllStringSubmatch(q, -1) {
		names = append(names, m[1])
	}
	found := []*driveFile{}
	for _, f := range d.files {
		switch {
		case f.Trashed, len(parents) > 0 && !slices.ContainsFunc(f.Parents, func(p string) bool { return slices.Contains(parents, p) }),
			len(names) > 0 && !slices.Contains(names, f.Name),
			strings.Contains(q, "mimeType='"+folderType) && f.MimeType != folderType,
			strings.Contains(q, "mimeType!='"+folderType) && f.MimeType == folderType:
			continue
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b *driveFile) int { return strings.Compare(a.ID, b.ID) })
	from, _ := strconv.Atoi(r.URL.Query().Get("pageToken"))
	page := found[from:]
	out := map[string]any{}
	if const_ := 7; len(page) > const_ { // pages are short, so that there are several
		page, out["nextPageToken"] = page[:const_], strconv.Itoa(from+const_)
	}
	out["files"] = page
	answer(w, out)
}

// one reads, changes or deletes a file.
func (d *drive) one(w http.ResponseWriter, r *http.Request, id string) {
	f := d.files[id]
	if f == nil {
		refuse(w, 404, "notFound", "File not found: "+id)
		return
	}
	query := r.URL.Query()
	switch {
	case r.Method == "DELETE":
		delete(d.files, id)
		w.WriteHeader(204)
	case r.Method == "PATCH":
		_ = json.NewDecoder(r.Body).Decode(f)
		if add := query.Get("addParents"); add != "" {
			f.Parents = []string{add}
		}
		answer(w, f)
	case query.Get("alt") == "media":
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.data))
	default:
		answer(w, f)
	}
}

// upload takes a file with its bytes, or begins one whose bytes come in chunks.
func (d *drive) upload(w http.ResponseWriter, r *http.Request, id string) {
	f := d.files[id]
	if id != "" && f == nil {
		refuse(w, 404, "notFound", "File not found: "+id)
		return
	}
	if f == nil {
		f = &driveFile{}
	}
	if r.URL.Query().Get("uploadType") == "resumable" {
		_ = json.NewDecoder(r.Body).Decode(f)
		d.n++
		session := strconv.Itoa(d.n)
		d.uploads[session] = &driveUpload{file: f}
		w.Header().Set("Location", "https://www.googleapis.com/upload/session?id="+session)
		return
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		refuse(w, 400, "badRequest", err.Error())
		return
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	about, err := parts.NextPart()
	if err == nil {
		err = json.NewDecoder(about).Decode(f)
	}
	var data []byte
	if err == nil {
		var media io.Reader
		if media, err = parts.NextPart(); err == nil {
			data, err = io.ReadAll(media)
		}
	}
	if err != nil {
		return // the connection was given up
	}
	d.keep(w, f, data)
}

func (d *drive) keep(w http.ResponseWriter, f *driveFile, data []byte) {
	f.put(data)
	if f.ID == "" {
		d.add(f)
	}
	answer(w, f)
}

func (d *drive) chunk(w http.ResponseWriter, r *http.Request) {
	session := r.URL.Query().Get("id")
	u := d.uploads[session]
	var from, to, size int
	if _, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &size); u == nil || err != nil || from != len(u.data) {
		refuse(w, 400, "badRequest", "the chunk is not the next")
		return
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if u.data = append(u.data, data...); len(u.data) < size {
		w.Header().Set("Range", fmt.Sprint("bytes=0-", len(u.data)-1))
		w.WriteHeader(308)
		return
	}
	delete(d.uploads, session)
	d.keep(w, u.file, u.data)
}

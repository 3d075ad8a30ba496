package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"caveat/backend/api"
)

// page serves the built page, to the browser and to the window alike. The page routes by itself, so that every address outside
// /api and /assets is the page: a reload anywhere in it works.
type page struct {
	files  fs.FS
	index  []byte // index.html; nil: the page was not built
	newest func(context.Context) (int64, error)
}

// newPage takes the files of frontend.Built, and what tells the number of the newest change; nil: nothing changes.
func newPage(files fs.FS, newest func(context.Context) (int64, error)) *page {
	index, err := fs.ReadFile(files, indexFile)
	if err != nil {
		index = nil
	}
	return &page{files: files, index: index, newest: newest}
}

const (
	indexFile = "index.html"
	// assetFolder holds files whose name changes with their content.
	assetFolder = "assets/"
	// nonceHere stands in index.html where the nonce of each answer goes.
	nonceHere = "__STYLE_NONCE__"
	// newestHere is where the number of the newest change goes, from which on the page asks for changes.
	newestHere = "__NEWEST_CHANGE__"
)

// Content security policies. Nothing may load anything, but the page what is its own. Its components make style elements while
// they run: those carry a nonce that is new with each answer. No script is ever inline.
const (
	closedPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	pagePolicy   = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonceHere + "'; style-src-attr 'none'; img-src 'self' data:; " +
		"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// secured sets what every answer says, whoever gives it.
func secured(h http.Header) {
	h.Set("Content-Security-Policy", closedPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY") // frame-ancestors says it to all but old browsers
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=(), payment=()")
	h.Set("Cache-Control", "no-store")
}

// ServeHTTP implements http.Handler.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		api.WriteProblem(w, http.StatusMethodNotAllowed, "user-method", "the page can only be read: operations are below /api")
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if data, ok := p.file(name); ok {
		writeFile(w, name, data)
		return
	}
	if strings.HasPrefix(name, assetFolder) { // of another build: a page in place of a script would only hide it
		api.WriteProblem(w, http.StatusNotFound, "user-not-found", "there is no such file in this version: reload the page")
		return
	}
	if p.index == nil {
		writeNotice(w, r, http.StatusOK, noticeNotBuilt)
		return
	}
	p.writeIndex(r.Context(), w)
}

// file reads a file of the page but index.html, which is never given as it stands.
func (p *page) file(name string) ([]byte, bool) {
	if name == indexFile || strings.HasPrefix(path.Base(name), ".") || !fs.ValidPath(name) {
		return nil, false
	}
	data, err := fs.ReadFile(p.files, name) // a folder cannot be read
	return data, err == nil
}

func writeFile(w http.ResponseWriter, name string, data []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if strings.HasPrefix(name, assetFolder) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Write(data)
}

func (p *page) writeIndex(ctx context.Context, w http.ResponseWriter) {
	nonce, newest := rand.Text(), "" // empty: not known, and the page begins where its first question is answered
	if p.newest != nil {
		if n, err := p.newest(ctx); err == nil {
			newest = strconv.FormatInt(n, 10)
		}
	}
	h := w.Header()
	h.Set("Content-Security-Policy", strings.ReplaceAll(pagePolicy, nonceHere, nonce))
	h.Set("Content-Type", "text/html; charset=utf-8")
	index := bytes.ReplaceAll(p.index, []byte(nonceHere), []byte(nonce))
	w.Write(bytes.ReplaceAll(index, []byte(newestHere), []byte(newest)))
}

// contentTypes says what the files are. The system's own table is not asked: on some machines it says that a script is text,
// and no browser runs that.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".ico": "image/x-icon", ".jpg": "image/jpeg",
	".js": "text/javascript; charset=utf-8", ".json": "application/json", ".png": "image/png", ".svg": "image/svg+xml",
	".ttf": "font/ttf", ".txt": "text/plain; charset=utf-8", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
}

func contentType(name string) string {
	if t, ok := contentTypes[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

package app

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"caveat/backend/store"
)

// The browser is given the link by a page in the data directory that leads there: command lines can be read by every user of the
// machine, this file by nobody else. It is removed when the link was used, and when the program ends.

// linkPage is the file; each port has its own, as it has its own link.
func (h *host) linkPage() string {
	return filepath.Join(h.dir, "open-"+h.port()+".html")
}

// writeLinkPage writes the file and returns its address.
func (h *host) writeLinkPage() (address string, err error) {
	if err := store.WriteFile(h.linkPage(), onwards(h.URL())); err != nil { // mode 0600
		return "", err
	}
	path := filepath.ToSlash(h.linkPage())
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return (&url.URL{Scheme: "file", Path: path}).String(), nil
}

func (h *host) removeLinkPage() { os.Remove(h.linkPage()) }

// isFromLinkPage reports whether somebody comes from that page with the link. To browsers a file is another site, which is refused
// else; here the secret shows who it is.
func (h *host) isFromLinkPage(r *http.Request) bool {
	from := r.Header.Get
	if from("Sec-Fetch-Site") != "cross-site" || from("Sec-Fetch-Mode") != "navigate" || from("Sec-Fetch-Dest") != "document" || from("Origin") != "" {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hasLink(r)
}

// onwards is a page that leads to an address.
func onwards(address string) []byte {
	return []byte(`<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Caveat</title><meta http-equiv="refresh" content="0; url=` +
		html.EscapeString(address) + `">` + "\n")
}

package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fetching attributes name what a browser would fetch by itself. A link is followed by people only.
var fetching = map[string]bool{
	"src": true, "srcset": true, "background": true, "poster": true, "data": true, "lowsrc": true, "dynsrc": true, "archive": true, "manifest": true,
}

// remoteIn counts the things that an HTML document wants fetched from elsewhere: pictures, style sheets, frames, fonts.
func remoteIn(document string) int {
	z := html.NewTokenizer(strings.NewReader(document))
	count, style := 0, false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return count
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			style = tok.DataAtom == atom.Style
			for _, a := range tok.Attr {
				switch {
				case a.Key == "style":
					count += remoteInStyle(a.Val)
				case fetching[a.Key] || a.Key == "href" && (tok.DataAtom == atom.Link || tok.DataAtom == atom.Image || tok.Data == "use"):
					if isRemote(a.Val) {
						count++
					}
				}
			}
		case html.TextToken:
			if style {
				count += remoteInStyle(string(z.Raw()))
			}
		case html.EndTagToken:
			style = false
		}
	}
}

// isRemote reports that an address leads elsewhere: not into the message, and not to what it holds itself.
func isRemote(address string) bool {
	address = strings.ToLower(strings.TrimSpace(address))
	return strings.HasPrefix(address, "//") || strings.Contains(address, "://")
}

// remoteInStyle counts the addresses in a style sheet.
func remoteInStyle(text string) int {
	count := 0
	lower := strings.ToLower(text)
	for _, part := range strings.Split(lower, "url(")[1:] {
		address, _, _ := strings.Cut(part, ")")
		if isRemote(strings.Trim(address, ` "'`)) {
			count++
		}
	}
	for _, part := range strings.Split(lower, "@import")[1:] {
		if address, _, _ := strings.Cut(part, ";"); !strings.Contains(address, "url(") && isRemote(strings.Trim(address, ` "'`)) {
			count++
		}
	}
	return count
}

package app

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

// notice is a small page of its own, for when the page cannot be shown: no script, one style element.
type notice struct {
	Title   string // what happened
	Meaning string
	ToDo    string
	Steps   []string
	Command string // to copy; may be empty
	After   string // may be empty
}

// noticeLanguages are the languages of each notice, in the order of its texts; the first is for everybody else.
var noticeLanguages = []language.Tag{language.English, language.French}

// noticeEnded is for who comes without a session.
var noticeEnded = []notice{
	{
		Title:   "This link has been used or has ended",
		Meaning: "The link opens Caveat once, for the person who started it. Used again, or after the program ended, it opens nothing.",
		ToDo:    "What to do",
		Steps: []string{
			"If Caveat is open in another tab of this browser, go on there.",
			"Otherwise start the program again and open the link that it prints on the line that begins with:",
		},
		Command: "ready http://127.0.0.1:…",
		After:   "Drafts are kept on this computer: they are there when you come back.",
	},
	{
		Title:   "Ce lien a déjà servi ou n’est plus valable",
		Meaning: "Le lien ouvre Caveat une seule fois, pour la personne qui a démarré le programme. Utilisé de nouveau, ou une fois le programme terminé, il n’ouvre rien.",
		ToDo:    "Que faire",
		Steps: []string{
			"Si Caveat est ouvert dans un autre onglet de ce navigateur, continuez là.",
			"Sinon, redémarrez le programme et ouvrez le lien qu’il affiche sur la ligne qui commence par :",
		},
		Command: "ready http://127.0.0.1:…",
		After:   "Les brouillons sont conservés sur cet ordinateur : vous les retrouverez.",
	},
}

// noticeNotBuilt is for who built the program without its page.
var noticeNotBuilt = []notice{
	{
		Title:   "The page is not built",
		Meaning: "This program was built without its page, as from a clean clone without Node. The commands (caveat --help) and the HTTP interface (/api/openapi.json) work.",
		ToDo:    "To build it",
		Steps:   []string{"In the folder of the source, with this command; then start the program again."},
		Command: "make build",
	},
	{
		Title:   "La page n’est pas construite",
		Meaning: "Ce programme a été construit sans sa page, comme à partir d’un clone neuf sans Node. Les commandes (caveat --help) et l’interface HTTP (/api/openapi.json) fonctionnent.",
		ToDo:    "Pour la construire",
		Steps:   []string{"Dans le dossier des sources, avec cette commande ; puis redémarrez le programme."},
		Command: "make build",
	},
}

//go:embed notice.html
var noticeSource string

var noticeTemplate = template.Must(template.New("notice").Parse(noticeSource))

// writeNotice answers with a notice in the asker's language.
func writeNotice(w http.ResponseWriter, r *http.Request, status int, texts []notice) {
	_, i := language.MatchStrings(language.NewMatcher(noticeLanguages), r.Header.Get("Accept-Language"))
	nonce := rand.Text()
	var body bytes.Buffer
	if err := noticeTemplate.Execute(&body, struct {
		notice
		Lang, Nonce string
	}{texts[i], noticeLanguages[i].String(), nonce}); err != nil {
		panic("app: internal error: " + err.Error()) // the texts are constants
	}
	h := w.Header()
	h.Set("Content-Security-Policy", closedPolicy+"; style-src 'nonce-"+nonce+"'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", noticeLanguages[i].String())
	h.Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

// wantsPage reports whether a person with a browser asks, and not a program: a page is read, not an operation.
func wantsPage(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !isAPI(r) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

func isAPI(r *http.Request) bool {
	return r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/")
}

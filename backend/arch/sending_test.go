package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// senders are the packages that speak a protocol of sending. Whoever imports one could call it; only what wires the program may.
var senders = map[string][]string{
	"caveat/backend/smtpsend": {"app"},
	"caveat/backend/xmppsend": {"app"},
	"caveat/backend/imapbox":  {"app"},
}

// dialers are the folders and files that open connections, or run programs that could, each with what for. Nothing else does.
var dialers = map[string]string{
	"backend/smtpsend": "submits mail", "backend/xmppsend": "sends chat", "backend/imapbox": "keeps mail", "backend/demo": "its own servers",
	"backend/mailtest": "servers of tests", "backend/xmpptest": "servers of tests", "ldapbook": "asks directories",
	"app/display.go": "asks whether there is a display", "backend/audit/syslog.go": "checkpoints of the audit log; it is given nothing else",
}

// runners run other programs.
var runners = map[string]string{"backend/mailtest": "servers of tests", "ldapbook/ldaptest": "servers of tests", "build": "tools", "app": "opens the browser"}

// opens are the names of packages by which a connection or a program is begun. A name that ends in * is any that begins so.
var opens = map[string][]string{
	"net":                {"Dial*", "Resolver", "FileConn"},
	"crypto/tls":         {"Dial*", "Client", "QUICClient"},
	"net/http":           {"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "Transport", "DefaultTransport", "NewRequest*", "RoundTripper", "NewFileTransport*"},
	"os/exec":            {"Command*", "Cmd"},
	"os":                 {"StartProcess"},
	"syscall":            {"Connect", "Socket", "ForkExec", "StartProcess", "Exec"},
	"golang.org/x/sys":   {"Connect", "Socket"},
	"net/http/httputil":  {"*"},
	"net/rpc":            {"*"},
	"log/syslog":         {"*"},
	"golang.org/x/net":   {"Dial*", "Transport", "ClientConn", "NewClient*"},
	"google.golang.org":  {"*"},
	"github.com/gorilla": {"*"},
	"plugin":             {"*"},
}

// protocols are the libraries that speak a protocol of sending: they are imported under their own names, so that who reads a file sees
// them; where they may be at all is in onlyIn.
var protocols = []string{"net/smtp", "net/textproto", "github.com/emersion/go-smtp", "github.com/emersion/go-imap", "mellium.im"}

// TestRule24EverySendingPathGoesThroughClear reads who imports what: a sender is wired by app alone, is called by outbox alone (by
// its interface), takes nothing but an outbox.Cleared, and nothing else in the product opens connections, by whatever name.
func TestRule24EverySendingPathGoesThroughClear(t *testing.T) {
	seen, found := 0, 0
	for _, f := range readAll(t) {
		if f.isTest || within(f.dir, "build") {
			continue
		}
		for _, imp := range f.imports {
			if allowed, ok := senders[imp]; ok {
				seen++
				if !slices.Contains(allowed, home(f.dir)) {
					t.Errorf("%s imports %s: only %v may", f.path, imp, allowed)
				}
			}
		}
		src, err := os.ReadFile(filepath.Join("..", "..", f.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range opened(t, f.path, src) {
			found++
			if !isKnown(f, use) {
				t.Errorf("%s: %s, and it is not known to need connections or programs: what sends goes through outbox.Clear", f.path, use)
			}
		}
	}
	if seen == 0 || found == 0 {
		t.Errorf("%d imports of senders, %d uses of connections: the test does not see them", seen, found)
	}
}

func isKnown(f file, use string) bool {
	known := dialers
	if strings.HasPrefix(use, "os/exec.") || strings.HasPrefix(use, "os.") || strings.HasPrefix(use, "syscall.") {
		known = runners
	}
	if harness(f.dir) {
		return true
	}
	for place := range known {
		if f.path == place || within(f.dir, place) {
			return true
		}
	}
	return false
}

func harness(dir string) bool {
	return slices.ContainsFunc(harnesses, func(h string) bool { return within(dir, h) })
}

// opened lists what a file uses that opens a connection or runs a program, whatever name it gives the package; and imports that hide
// what they are: a dot import of such a package, or another name for a protocol of sending, or none.
func opened(t *testing.T, path string, src []byte) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	names := map[string]string{} // what a package is called here
	for _, i := range parsed.Imports {
		imp, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		local, hidden := lastOf(imp), ""
		if i.Name != nil {
			local, hidden = i.Name.Name, i.Name.Name
		}
		isProtocol := slices.ContainsFunc(protocols, func(p string) bool { return within(imp, p) })
		switch opens := opensOf(imp); {
		case isProtocol && (hidden == "." || hidden == "_" || hidden != "" && !strings.Contains(hidden, lastWord(imp))):
			out = append(out, imp+" imported as "+hidden)
		case len(opens) > 0 && hidden == ".":
			out = append(out, imp+" imported as .")
		case len(opens) > 0:
			names[local] = imp
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && names[x.Name] != "" && slices.ContainsFunc(opensOf(names[x.Name]), func(o string) bool { return fits(o, s.Sel.Name) }) {
			out = append(out, names[x.Name]+"."+s.Sel.Name)
		}
		return true
	})
	return out
}

func fits(pattern, name string) bool {
	start, open := strings.CutSuffix(pattern, "*")
	return name == pattern || open && strings.HasPrefix(name, start)
}

// opensOf gives what of a package opens something: of the entry for it, or else for the folder that it is in, but for the standard
// library's, which has an entry of its own each.
func opensOf(imp string) []string {
	if list, ok := opens[imp]; ok {
		return list
	}
	for p, list := range opens {
		if strings.Contains(p, ".") && within(imp, p) {
			return list
		}
	}
	return nil
}

// lastOf is what a package is called where nobody says otherwise: the last part of its path that is no version.
func lastOf(imp string) string {
	parts := strings.Split(imp, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2]
	}
	return last
}

// lastWord is the word that another name for a protocol's package must have in it: smtp of go-smtp.
func lastWord(imp string) string {
	last := lastOf(imp)
	return last[strings.LastIndexByte(last, '-')+1:]
}

// TestOpenedSeesThroughNames: what the test above rests on.
func TestOpenedSeesThroughNames(t *testing.T) {
	for name, c := range map[string]struct {
		imports, body string
		want          int
	}{
		"net.Dial":              {`"net"`, `net.Dial("tcp", "x")`, 1},
		"a dialer":              {`"net"`, `(&net.Dialer{}).Dial("tcp", "x")`, 1},
		"aliased":               {`wire "net"`, `wire.Dial("tcp", "x")`, 1},
		"aliased tls":           {`t "crypto/tls"`, `t.Client(nil, nil)`, 1},
		"dot":                   {`. "net"`, `Dial("tcp", "x")`, 1},
		"http.Post":             {`"net/http"`, `http.Post("x", "y", nil)`, 1},
		"aliased http client":   {`web "net/http"`, `web.DefaultClient.Do(nil)`, 1},
		"a proxy":               {`"net/http/httputil"`, `httputil.NewSingleHostReverseProxy(nil)`, 1},
		"a program":             {`run "os/exec"`, `run.Command("sendmail")`, 1},
		"dot smtp":              {`. "net/smtp"`, `SendMail("x", nil, "", nil, nil)`, 1},
		"blank smtp":            {`_ "github.com/emersion/go-smtp"`, ``, 1},
		"smtp by another name":  {`helper "github.com/emersion/go-smtp"`, `helper.Dial("x")`, 1},
		"imap by another name":  {`box "github.com/emersion/go-imap/v2/imapclient"`, `box.DialTLS("x", nil)`, 1},
		"xmpp by another name":  {`chat "mellium.im/xmpp"`, `chat.DialClientSession(nil)`, 1},
		"an address is none":    {`"net"`, `net.SplitHostPort("x")`, 0},
		"a handler is none":     {`"net/http"`, `http.NewServeMux()`, 0},
		"smtp by its own name":  {`gosmtp "github.com/emersion/go-smtp"`, `gosmtp.NewServer(nil)`, 0},
		"another package's net": {`"example.org/net"`, `net.Dial("x")`, 0},
	} {
		got := opened(t, name+".go", []byte("package p\nimport "+c.imports+"\nfunc f() { "+c.body+" }\n"))
		if len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"caveat/backend/installation"
	"caveat/backend/plain"
)

// AccountStep is a step of a look at an account's server.
type AccountStep string

// The steps in their order.
const (
	AccountSetup       AccountStep = "setup"
	AccountConnection  AccountStep = "connection"
	AccountCertificate AccountStep = "certificate"
	AccountLogin       AccountStep = "login"
	AccountContent     AccountStep = "content"
	AccountDone        AccountStep = "done"
)

var accountSteps = []AccountStep{AccountSetup, AccountConnection, AccountCertificate, AccountLogin, AccountContent}

// AccountLook is what a look at an account's server brought, up to the step that failed.
type AccountLook struct {
	Step      AccountStep // where it failed; AccountDone: nowhere
	Greeting  string      // the server's own words
	Said      string      // its words about what failed; "": none
	Chain     []*x509.Certificate
	Transport string // "TLS 1.3"; "": none
	Login     string // in words; "": the account does not log in
	Can       []AccountAbility
}

// AccountAbility is one thing that a server can do, or cannot.
type AccountAbility struct {
	Name string `json:"name" doc:"smtp: size, smtputf8, 8bitmime, chunking, dsn, deliverby, mt-priority, requiretls; imap: messages, folders, append-limit, idle, condstore, uidplus, special-use; xmpp: labels, catalogue, archive, rooms"`
	OK   bool   `json:"ok"`
	Text string `json:"text,omitempty" doc:"how much, or which"`
}

// AccountTestDocument says what a test of an account found.
type AccountTestDocument struct {
	Account   string             `json:"account"`
	OK        bool               `json:"ok"`
	Error     string             `json:"error,omitempty"`
	Transport string             `json:"transport,omitempty"`
	Greeting  string             `json:"greeting,omitempty" doc:"the server's own words"`
	Steps     []AccountCheck     `json:"steps" nullable:"false" doc:"up to the first that failed"`
	Chain     []ShownCertificate `json:"chain" nullable:"false" doc:"as the server showed it, its own first; where the step certificate failed, anybody may have shown it"`
	Can       []AccountAbility   `json:"can" nullable:"false"`
}

// AccountCheck is one step of a test.
type AccountCheck struct {
	Step AccountStep `json:"step" enum:"setup,connection,certificate,login,content"`
	OK   bool        `json:"ok"`
	Text string      `json:"text" doc:"what was found, or what is wrong and what to do"`
	Said string      `json:"said,omitempty" doc:"the server's own words"`
}

// ShownCertificate is a certificate that a server showed.
type ShownCertificate struct {
	CertificateOutput
	Names  []string  `json:"names" nullable:"false" doc:"hosts that it is for"`
	From   time.Time `json:"from"`
	SHA256 string    `json:"sha256" doc:"fingerprint of the whole certificate, to be compared with what the administrator of the server says"`
	IsCA   bool      `json:"isCa"`
	PEM    string    `json:"pem"`
}

// TestAccount looks at the server of an account of the installation; nothing is sent.
func (s *Service) TestAccount(ctx context.Context, name string) (AccountTestDocument, error) {
	a, ok := s.in.Account(name)
	if !ok {
		return AccountTestDocument{}, s.noAccount(name)
	}
	return s.testAccount(ctx, a, s.secrets)
}

// TryAccount looks at the server of an account as it stands in a form; of names the account that the form changes, "" a new one. Nothing
// is stored, and nothing sent. Without a CA nothing is trusted: the look ends at the certificate, and shows it.
func (s *Service) TryAccount(ctx context.Context, in AccountInput, of string) (AccountTestDocument, error) {
	var before *installation.AccountFile
	if of != "" {
		f, i := accountFile(s.fileNow(), of)
		if i < 0 {
			return AccountTestDocument{}, s.noAccount(of)
		}
		before = &f
	}
	b, err := in.section(before)
	if err != nil {
		return AccountTestDocument{}, err
	}
	blind := b.file.CA == "" && b.file.Security != "plain"
	if blind {
		ca, err := nobodysCA()
		if err != nil {
			return AccountTestDocument{}, err
		}
		b.file.CA, b.ca = ca.Name, &ca
	}
	next, err := s.in.With(func(f *installation.File) error {
		f.Identities = nil // they may use the account that is looked at anew
		f.Accounts = slices.DeleteFunc(f.Accounts, func(a installation.AccountFile) bool { return a.Name == in.Name || a.Name == of })
		return b.add(f)
	})
	if err != nil {
		return AccountTestDocument{}, err
	}
	a, _ := next.Account(in.Name)
	return s.testAccount(ctx, a, overlay{b.secrets, s.secrets})
}

func (s *Service) noAccount(name string) error {
	return fmt.Errorf("%w: no account %q in %s", ErrNotFound, name, s.in.Path)
}

var errNoLook = errors.New("api: this program cannot look at accounts")

// patienceWithAccount bounds a look: whoever waits for it sits before a form.
const patienceWithAccount = 30 * time.Second

func (s *Service) testAccount(ctx context.Context, a installation.Account, secrets installation.Secrets) (AccountTestDocument, error) {
	if s.lookAt == nil {
		return AccountTestDocument{}, errNoLook
	}
	ctx, cancel := context.WithTimeout(ctx, patienceWithAccount)
	defer cancel()
	l, err := s.lookAt(ctx, a, secrets)
	out := AccountTestDocument{
		Account: a.Name, OK: err == nil, Error: plain.Text(err), Transport: l.Transport, Greeting: l.Greeting, Steps: []AccountCheck{}, Chain: []ShownCertificate{}, Can: append([]AccountAbility{}, l.Can...),
	}
	for _, c := range l.Chain {
		out.Chain = append(out.Chain, shownCertificate(c))
	}
	for _, step := range accountSteps {
		if step == l.Step && err != nil {
			out.Steps = append(out.Steps, AccountCheck{Step: step, Text: plain.Text(err) + ": " + accountAdvice(step, a), Said: l.Said})
			return out, nil
		}
		check := AccountCheck{Step: step, OK: true, Text: accountFound(step, a, l)}
		if step == AccountConnection {
			check.Said = l.Greeting
		}
		if check.Text != "" {
			out.Steps = append(out.Steps, check)
		}
	}
	return out, nil
}

// accountFound says what a step that went well found; "" where there is nothing to say.
func accountFound(step AccountStep, a installation.Account, l AccountLook) string {
	switch step {
	case AccountSetup:
		return fmt.Sprintf("%s, %s, %s", a.Kind, a.Security, a.LoginMethod())
	case AccountConnection:
		return a.Address
	case AccountCertificate:
		if len(l.Chain) == 0 {
			return "none: the connection is unprotected"
		}
		c := l.Chain[0]
		text := fmt.Sprintf("%s, %s, until %s, trusted by the CA %s", l.Transport, c.Subject, c.NotAfter.UTC().Format("2 Jan 2006"), a.CA)
		if len(a.Pins) > 0 {
			text += ", and its key is pinned"
		}
		return text
	case AccountLogin:
		if l.Login == "" && a.LoginMethod() == "none" {
			return "none: the account does not log in"
		}
		if l.Login == "" {
			return "by the certificate"
		}
		return l.Login
	}
	if a.Kind == installation.KindSMTP {
		return ""
	}
	return "the server answers"
}

// accountAdvice says what to do about a step that failed.
func accountAdvice(step AccountStep, a installation.Account) string {
	switch step {
	case AccountSetup:
		return "mend the account's settings, or store its password"
	case AccountConnection:
		return "is the address right, is the port one for " + a.Security + ", and does the network let us through?"
	case AccountCertificate:
		return "is the CA the one that issued it, the name in it the server's, is it in force, and is a pinned key still its own?"
	case AccountLogin:
		return "are user, password and way of logging in right?"
	}
	return "may the account use what it asked for?"
}

func shownCertificate(c *x509.Certificate) ShownCertificate {
	sum := sha256.Sum256(c.Raw)
	var digits []string
	for _, b := range sum {
		digits = append(digits, strings.ToUpper(hex.EncodeToString([]byte{b})))
	}
	return ShownCertificate{
		CertificateOutput: *certificateOutput(c), Names: notNil(c.DNSNames), From: c.NotBefore.UTC(), SHA256: strings.Join(digits, ":"), IsCA: c.IsCA,
		PEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
	}
}

// nobodysCA is a CA that has issued nothing and, its key being thrown away, never will.
func nobodysCA() (installation.CAFile, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return installation.CAFile{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now(), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return installation.CAFile{}, err
	}
	return installation.CAFile{Name: "nobody-" + rand.Text()[:8], PEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}, nil
}

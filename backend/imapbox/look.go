package imapbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"caveat/backend/servercert"
)

// Step is how far a look at a server came.
type Step string

// The steps in their order.
const (
	StepSetup       Step = "setup" // the account itself
	StepConnection  Step = "connection"
	StepCertificate Step = "certificate" // STARTTLS and TLS
	StepLogin       Step = "login"
	StepContent     Step = "content" // what is in the mailbox
	StepDone        Step = "done"
)

// Look is what a server says of itself and of the mailbox. Where Step is before StepLogin, anybody may have said it.
type Look struct {
	Step      Step                // where it failed; StepDone: nowhere
	Greeting  string              // the server's own words, in one line
	Chain     []*x509.Certificate // as shown, the server's own first; nil: none was
	Version   uint16              // of TLS; 0: none
	Mechanism string              // logged in by; "": not, or let in by the certificate alone
	Can       []string            // capabilities, sorted
	Messages  uint32              // in the inbox
	Folders   []string            // all that there are, sorted, at most maxShown; nothing is created
	MaxAppend int64               // octets of a message that the server takes; 0: it does not say
}

// maxShown is how many folders a look names.
const maxShown = 200

// LookAt connects, secures and logs in as for the mailbox, looks around without changing anything, and leaves. The Look is as far as it
// came with an error too.
func LookAt(ctx context.Context, a Account) (Look, error) {
	if err := a.check(); err != nil {
		return Look{Step: StepSetup}, err
	}
	s, err := start(ctx, a, func() {})
	out := Look{Step: StepDone}
	out.learn(s, err)
	if err != nil {
		return out, err
	}
	defer s.close()
	for c := range s.caps {
		out.Can = append(out.Can, string(c))
		if n, ok := strings.CutPrefix(string(c), "APPENDLIMIT="); ok {
			out.MaxAppend, _ = strconv.ParseInt(n, 10, 64) // 0 where it says nothing that is a number
		}
	}
	slices.Sort(out.Can)
	if err := out.content(ctx, s); err != nil {
		out.Step = StepContent
		return out, err
	}
	return out, nil
}

// learn takes what was said up to the login, or up to an error.
func (l *Look) learn(s *session, err error) {
	var secured *tls.ConnectionState
	if s != nil && s.talk != nil {
		l.Greeting, l.Mechanism, secured = s.talk.greeted, s.talk.mechanism, s.talk.tls
	}
	if secured != nil {
		l.Chain, l.Version = secured.PeerCertificates, secured.Version
	}
	switch {
	case err == nil:
		return
	case errors.Is(err, ErrAuth), secured != nil:
		l.Step = StepLogin
	case errors.Is(err, ErrTLS), errors.Is(err, ErrNoStartTLS):
		l.Step, l.Chain = StepCertificate, servercert.Shown(err)
	default:
		l.Step = StepConnection
	}
}

func (l *Look) content(ctx context.Context, s *session) error {
	box, err := s.selectBox(ctx, "INBOX", true)
	if err != nil {
		return err
	}
	l.Messages = box.NumMessages
	return s.do(ctx, "LIST", limits{0, ordinary}, func(c *imapclient.Client) error {
		list, err := c.List("", "*", nil).Collect()
		if err != nil {
			return err
		}
		for _, f := range list[:min(len(list), maxShown)] {
			if !slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) {
				l.Folders = append(l.Folders, clean(f.Mailbox))
			}
		}
		slices.Sort(l.Folders)
		return nil
	})
}

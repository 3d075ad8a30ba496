package xmppsend

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"

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
	StepContent     Step = "content" // what the server can do
	StepDone        Step = "done"
)

// Look is what a server says of itself to an account. Where Step is before StepLogin, anybody may have said it.
type Look struct {
	Step       Step                // where it failed; StepDone: nowhere
	Chain      []*x509.Certificate // as shown, the server's own first; nil: none was
	Version    uint16              // of TLS; 0: none
	JID        string              // as bound, with a resource that the server made
	Can        []string            // features of the server, sorted
	HasArchive bool                // the account's own archive can be read
	Rooms      []string            // services with rooms
}

// LookAt connects, secures and logs in, asks the server what it can do, and leaves. The session is not present: nothing is delivered to
// it, and it takes no other session's place, for its resource is always one that the server makes. The Look is as far as it came with an
// error too.
func LookAt(ctx context.Context, a Account) (Look, error) {
	a.Resource = ""
	if _, err := a.check(); err != nil {
		return Look{Step: StepSetup}, err
	}
	out := Look{Step: StepDone}
	st, err := connectSeen(ctx, a, func(s tls.ConnectionState) { out.Chain, out.Version = s.PeerCertificates, s.Version })
	switch {
	case err == nil:
	case errors.Is(err, ErrAuth), out.Version != 0:
		out.Step = StepLogin
		return out, err
	case errors.Is(err, ErrTLS), errors.Is(err, ErrNoStartTLS):
		out.Step, out.Chain = StepCertificate, servercert.Shown(err)
		return out, err
	default:
		out.Step = StepConnection
		return out, err
	}
	defer st.close()
	out.JID = st.address().String()
	if err := out.content(ctx, st); err != nil {
		out.Step = StepContent
		return out, err
	}
	return out, nil
}

func (l *Look) content(ctx context.Context, st *stream) error {
	s := New(nil, nil, Options{})
	known, err := s.features(ctx, st, st.domain())
	if err != nil {
		return err
	}
	l.Can = known
	own, err := s.features(ctx, st, st.address().Bare().String())
	if err != nil && !errors.Is(err, ErrRefused) {
		return err
	}
	for _, f := range append(own, known...) {
		l.HasArchive = l.HasArchive || f == ArchiveFeature
	}
	items, err := s.itemsBy(ctx, st, st.domain())
	if err != nil && !errors.Is(err, ErrRefused) {
		return err
	}
	for _, i := range s.withRooms(ctx, st, items) {
		l.Rooms = append(l.Rooms, i.JID)
	}
	return nil
}

package outbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"slices"

	"caveat/backend/draft"
)

// Seal is a step between composing and queuing that may replace the bytes of a message: where it is signed or encrypted. It reads the
// message as it was composed and writes the one to send, which alone is hashed, kept, sent, and named in the audit log. It is called once
// for each message, after the check passed, and not for copies of drafts, which nobody is sent. With an error nothing is queued. Fields
// that say who sends what to whom, and the label, must stay (sealedFields): else it is ErrSeal. It may be called concurrently.
type Seal func(ctx context.Context, s Sealing, composed io.Reader, to io.Writer) error

// Sealing says which message is sealed.
type Sealing struct {
	ID         string // the message's name in the queue
	Account    string // by which it leaves
	Sender     string
	Recipients []string // of the envelope, in the draft's order
	Draft      draft.Draft
}

// ErrSeal: a Seal failed, or what it made cannot be sent. Nothing was queued.
var ErrSeal = errors.New("outbox: the message could not be sealed")

// sealedFields must be the same before and after. The subject is not among them: it may be protected too.
var sealedFields = []string{"From", "To", "Cc", "Bcc", "Date", "Message-Id", "Sio-Label", "Sio-Label-History", "Mmhs-Exempted-Address"}

// seal gives the file of the message to send.
func (b *Box) seal(ctx context.Context, r Request, c Cleared, composed *spoolFile) (_ *spoolFile, err error) {
	in, err := composed.open()
	if err != nil {
		return nil, fmt.Errorf("outbox: spool: %w", err)
	}
	defer in.Close()
	out, err := newSpoolFile(b.store)
	if err != nil {
		return nil, fmt.Errorf("outbox: spool: %w", err)
	}
	defer func() {
		if err != nil {
			out.discard()
		}
	}()
	s := Sealing{ID: c.id, Account: c.account, Sender: c.sender, Recipients: c.Recipients(), Draft: r.Result.Draft()}
	if err := b.config.Seal(ctx, s, in, out); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSeal, err)
	}
	return out, sameEnvelope(composed, out)
}

// sameEnvelope holds a sealed message to the composed one: a step that failed half-way must not send it to others, or unlabelled
// (RULES 26).
func sameEnvelope(composed, sealed *spoolFile) error {
	want, err := composed.header()
	if err != nil {
		return fmt.Errorf("%w: what was composed cannot be read: %w", ErrSeal, err)
	}
	got, err := sealed.header()
	if err != nil {
		return fmt.Errorf("%w: what it came to is no message: %w", ErrSeal, err)
	}
	for _, name := range sealedFields {
		if !slices.Equal(want[name], got[name]) {
			return fmt.Errorf("%w: the field %s is another one than before", ErrSeal, name)
		}
	}
	return nil
}

// open opens what was written so far for reading.
func (f *spoolFile) open() (io.ReadCloser, error) { return os.Open(f.file.Name()) }

// header reads the header of the message in the file, unfolded.
func (f *spoolFile) header() (mail.Header, error) {
	in, err := f.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	m, err := mail.ReadMessage(bufio.NewReader(in))
	if err != nil {
		return nil, err
	}
	return m.Header, nil
}

package smtpsend

import (
	"bytes"
	"context"
	"io"
	"net"

	"caveat/backend/outbox"
)

// Envelope opens the envelope to the tests: an outbox.Cleared can be made by outbox only.
type Envelope struct {
	ID, From string
	To       []string
}

// Submit sends a body as Send does.
func Submit(ctx context.Context, a Account, e Envelope, body []byte, bodySent func() error) ([]outbox.Receipt, error) {
	return SubmitReader(ctx, a, e, body, bytes.NewReader(body), bodySent)
}

// SubmitReader measures one body and sends another.
func SubmitReader(ctx context.Context, a Account, e Envelope, measured []byte, body io.Reader, bodySent func() error) ([]outbox.Receipt, error) {
	env := envelope{id: e.ID, from: e.From, to: e.To}
	if err := env.measure(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(measured)), nil }); err != nil {
		return nil, err
	}
	return submit(ctx, a, env, body, bodySent)
}

// AddressLiteral opens addressLiteral to the tests.
func AddressLiteral(a net.Addr) string { return addressLiteral(a) }

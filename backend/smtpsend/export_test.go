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

// Submit sends a body as Send does, over a connection of its own.
func Submit(ctx context.Context, a Account, e Envelope, body []byte, bodySent func() error) ([]outbox.Receipt, error) {
	return SubmitReader(ctx, a, e, body, bytes.NewReader(body), bodySent)
}

// SubmitReader measures one body and sends another.
func SubmitReader(ctx context.Context, a Account, e Envelope, measured []byte, body io.Reader, bodySent func() error) ([]outbox.Receipt, error) {
	s := New(nil)
	defer s.Close()
	return s.Submit(ctx, a, e, measured, body, bodySent)
}

// Submit sends a body as Send does, over a connection that is kept.
func (s *Sender) Submit(ctx context.Context, a Account, e Envelope, measured []byte, body io.Reader, bodySent func() error) ([]outbox.Receipt, error) {
	env := envelope{id: e.ID, from: e.From, to: e.To}
	if err := env.measure(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(measured)), nil }); err != nil {
		return nil, err
	}
	return s.submit(ctx, a, env, body, bodySent)
}

// AddressLiteral opens addressLiteral to the tests.
func AddressLiteral(a net.Addr) string { return addressLiteral(a) }

// Travels gives a body as it travels, handed over in pieces of so many octets, and what was measured of it.
func Travels(body []byte, dots bool, piece int) (out []byte, size int64, eightBit, eightBitHeader bool) {
	var b bytes.Buffer
	w, m := &stuffer{out: &b, dots: dots}, &meter{}
	for len(body) > 0 {
		n := min(piece, len(body))
		_, _ = io.MultiWriter(w, m).Write(body[:n])
		body = body[n:]
	}
	_ = w.end()
	return b.Bytes(), m.total(), m.eightBit, m.eightBitHeader
}

package ldaptest

import (
	"bufio"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
)

// Result codes that the server answers with, RFC 4511 appendix A.
const (
	codeSuccess         = 0
	codeProtocolError   = 2
	codeSizeLimit       = 4
	codeAuthMethod      = 7
	codeReferral        = 10
	codeUnavailableCrit = 12
	codeConfidentiality = 13
	codeNoSuchObject    = 32
	codeInvalidCreds    = 49
	codeInsufficient    = 50
	codeUnwilling       = 53
)

// maxRequest bounds what one request may ask the server to hold, in bytes.
const maxRequest = 1 << 20

var errRequest = errors.New("ldaptest: bad request")

// session is one connection; requests are answered one after the other.
type session struct {
	s     *Server
	conn  net.Conn
	r     *bufio.Reader
	w     *bufio.Writer
	bound string // folded DN; empty: anonymous
	buf   []byte
}

func newSession(s *Server, c net.Conn) *session {
	se := &session{s: s}
	se.use(c)
	return se
}

func (se *session) use(c net.Conn) {
	se.conn = c
	se.r = bufio.NewReader(c)
	se.w = bufio.NewWriterSize(c, 32<<10)
}

func (se *session) serve() {
	for {
		if se.s.hang.Load() {
			<-se.s.quit
			return
		}
		body, err := wire.ReadMessage(se.r, nil)
		if err != nil || len(body) > maxRequest {
			return
		}
		p, err := ber.DecodePacketErr(wire.TLV(wire.TagSequence, body))
		if err != nil || len(p.Children) < 2 {
			return
		}
		id, ok := p.Children[0].Value.(int64)
		if !ok {
			return
		}
		var controls []*ber.Packet
		if len(p.Children) > 2 {
			controls = p.Children[2].Children
		}
		if se.s.hang.Load() {
			<-se.s.quit
			return
		}
		if err := se.handle(id, p.Children[1], controls); err != nil {
			return
		}
	}
}

var errUnbind = errors.New("ldaptest: unbind")

func (se *session) handle(id int64, op *ber.Packet, controls []*ber.Packet) error {
	switch op.Tag {
	case 0:
		return se.bind(id, op)
	case 2:
		return errUnbind
	case 3:
		return se.search(id, op, controls)
	case 16: // abandon: nothing is under way
		return nil
	case 23:
		return se.extended(id, op)
	case 6, 8, 10, 12, 14:
		return se.result(id, 0x60|byte(op.Tag+1), codeUnwilling, "read-only directory")
	default:
		return errRequest
	}
}

// send writes one message into the buffer.
func (se *session) send(id int64, op []byte, controls ...[]byte) error {
	parts := [][]byte{wire.Int(wire.TagInteger, id), op}
	if len(controls) > 0 {
		parts = append(parts, wire.TLV(wire.TagControls, controls...))
	}
	_, err := se.w.Write(wire.TLV(wire.TagSequence, parts...))
	return err
}

// result ends a request.
func (se *session) result(id int64, tag byte, code int, text string, extra ...[]byte) error {
	parts := append([][]byte{wire.Int(wire.TagEnumerated, int64(code)), wire.Text(wire.TagOctetString, ""),
		wire.Text(wire.TagOctetString, text)}, extra...)
	if err := se.send(id, wire.TLV(tag, parts...)); err != nil {
		return err
	}
	return se.w.Flush()
}

func (se *session) isTLS() bool {
	_, ok := se.conn.(*tls.Conn)
	return ok
}

func (se *session) bind(id int64, op *ber.Packet) error {
	if len(op.Children) < 3 {
		return errRequest
	}
	se.bound = ""
	dn := op.Children[1].Data.String()
	auth := op.Children[2]
	password := auth.Data.Bytes()
	config := &se.s.config
	switch {
	case config.RequireTLS && !se.isTLS():
		return se.result(id, wire.OpBindResponse, codeConfidentiality, "TLS required")
	case auth.Tag != 0:
		return se.result(id, wire.OpBindResponse, codeAuthMethod, "only simple bind")
	case se.s.refuseBind.Load():
		return se.result(id, wire.OpBindResponse, codeInvalidCreds, "")
	case dn == "" && len(password) == 0:
		return se.result(id, wire.OpBindResponse, codeSuccess, "")
	case len(password) == 0:
		return se.result(id, wire.OpBindResponse, codeUnwilling, "unauthenticated bind")
	case config.BindDN == "" || ldapbook.FoldDN(dn) != ldapbook.FoldDN(config.BindDN) ||
		subtle.ConstantTimeCompare(password, []byte(config.Password)) != 1:
		return se.result(id, wire.OpBindResponse, codeInvalidCreds, "")
	}
	se.bound = ldapbook.FoldDN(dn)
	return se.result(id, wire.OpBindResponse, codeSuccess, "")
}

func (se *session) extended(id int64, op *ber.Packet) error {
	if len(op.Children) == 0 {
		return errRequest
	}
	switch oid := op.Children[0].Data.String(); {
	case oid == wire.OIDStartTLS && se.s.config.TLS != nil && !se.isTLS():
		if err := se.result(id, wire.OpExtended, codeSuccess, "", wire.Text(0x8a, oid)); err != nil {
			return err
		}
		t := tls.Server(se.conn, se.s.config.TLS)
		if err := t.Handshake(); err != nil {
			return err
		}
		se.use(t)
		se.bound = ""
		return nil
	case oid == wire.OIDWhoAmI:
		who := ""
		if se.bound != "" {
			who = "dn:" + se.bound
		}
		return se.result(id, wire.OpExtended, codeSuccess, "", wire.Text(0x8b, who))
	default:
		return se.result(id, wire.OpExtended, codeProtocolError, "unsupported extended operation")
	}
}

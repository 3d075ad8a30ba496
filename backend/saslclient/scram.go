package saslclient

import (
	"crypto/tls"
	"fmt"

	"github.com/xdg-go/scram"
)

// Hash is the hash function of a SCRAM mechanism.
type Hash int

// The hash functions. SHA-1 is not among them.
const (
	SHA256 Hash = iota
	SHA512
)

const plus = "-PLUS"

// maxChallenge bounds what is taken of a server's challenge, in octets; an honest one has some hundred.
const maxChallenge = 8 << 10

func (h Hash) name() string {
	if h == SHA512 {
		return "SCRAM-SHA-512"
	}
	return "SCRAM-SHA-256"
}

func (h Hash) generator() scram.HashGeneratorFcn {
	if h == SHA512 {
		return scram.SHA512
	}
	return scram.SHA256
}

// Binding ties the exchange to the TLS connection, so that a man in the middle cannot pass it on. The zero Binding ties
// nothing.
type Binding struct {
	channel       scram.ChannelBinding
	serverHasNone bool // we could bind and the server does not offer it: it is told so, and can see that its offer was changed
}

// bind takes what the newest TLS gives both ends alike; before TLS 1.3 that is the server's certificate.
//
// std: RFC9266 §2, RFC5929 §4
func bind(state *tls.ConnectionState) (Binding, error) {
	make := scram.NewTLSServerEndpointBinding
	if state.Version >= tls.VersionTLS13 {
		make = scram.NewTLSExporterBinding
	}
	b, err := make(state)
	if err != nil {
		return Binding{}, fmt.Errorf("%w: channel binding: %w", ErrServer, err)
	}
	return Binding{channel: b}, nil
}

// Scram makes the exchange for a user and password, -PLUS where b binds. ErrCredentials when SASLprep refuses either. It does
// not see whether there is TLS: use Choose, which does.
//
// std: RFC5802 §5, RFC7677 §3
func Scram(user, password string, h Hash, b Binding) (Mechanism, error) {
	client, err := h.generator().NewClient(user, password, "")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCredentials, err)
	}
	m := &scramMechanism{name: h.name()}
	switch {
	case b.channel.IsSupported():
		m.name += plus
		m.talk = client.NewConversationWithChannelBinding(b.channel)
	case b.serverHasNone:
		m.talk = client.NewConversationAdvertisingChannelBinding()
	default:
		m.talk = client.NewConversation()
	}
	return m, nil
}

type scramMechanism struct {
	name string
	talk *scram.ClientConversation
}

func (m *scramMechanism) Start() (string, []byte, error) {
	first, err := m.talk.Step("")
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrCredentials, err)
	}
	return m.name, []byte(first), nil
}

// maxIterations bounds the work that a server can ask of us.
const maxIterations = 1_000_000

// Next answers a challenge. The answer to the server's proof is empty, not nil.
func (m *scramMechanism) Next(challenge []byte) ([]byte, error) {
	if len(challenge) > maxChallenge || iterations(string(challenge)) > maxIterations {
		return nil, fmt.Errorf("%w: %s: challenge too long, or more than %d iterations", ErrServer, m.name, maxIterations)
	}
	response, err := m.talk.Step(string(challenge))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrServer, m.name, err)
	}
	return []byte(response), nil
}

// Verify refuses a server that said yes without the proof that it knows the password.
func (m *scramMechanism) Verify() error {
	if !m.talk.Valid() {
		return fmt.Errorf("%w: %s: it let us in without proving that it knows the password", ErrServer, m.name)
	}
	return nil
}

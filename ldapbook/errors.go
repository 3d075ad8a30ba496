package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"caveat/ldapbook/internal/wire"
)

// Errors of the book.
var (
	ErrNewerSchema = errors.New("ldapbook: the book was written by a newer version of this program")
	ErrOldSchema   = errors.New("ldapbook: the book has not been brought up to this version yet")
	ErrDatabase    = errors.New("ldapbook: the book's file cannot be used")
	// ErrFirstRead comes together with ErrDatabase.
	ErrFirstRead = errors.New("ldapbook: directory is being read for the first time by another process: try again when it has been")
)

// Errors of a source's configuration.
var ErrSource = errors.New("ldapbook: directory not properly configured")

// Errors of a connection.
var (
	ErrUnreachable = errors.New("ldapbook: directory cannot be reached, or the connection was lost")
	ErrTLS         = errors.New("ldapbook: no trusted TLS connection")
	ErrBind        = errors.New("ldapbook: directory refused name or password, certificate or ticket")
	ErrTimeout     = errors.New("ldapbook: directory did not answer in time")
	ErrProtocol    = errors.New("ldapbook: directory answered something that LDAP does not allow here")
)

// Errors of a certificate; each comes together with ErrTLS.
var (
	ErrPin            = errors.New("ldapbook: server's key is none of the pinned ones")
	ErrRevoked        = errors.New("ldapbook: certificate was revoked")
	ErrRevocationList = errors.New("ldapbook: revocation cannot be checked")
)

// ErrTicket: no Kerberos ticket could be had, because of the principal, keytab, cache or KDC. Where no KDC answered,
// ErrUnreachable or ErrTimeout comes together with it, else ErrBind.
var ErrTicket = errors.New("ldapbook: no Kerberos ticket")

// Errors of a search.
var (
	ErrNoSuchBase = errors.New("ldapbook: directory has no such base")
	ErrSizeLimit  = errors.New("ldapbook: directory gave only a part, because of its size limit")
	ErrRefused    = errors.New("ldapbook: directory refused to search")
	ErrReferral   = errors.New("ldapbook: directory refers to a server that may not be asked, or could not be")
	ErrShrunken   = errors.New("ldapbook: directory lost more than is allowed at once; nothing was removed until it is confirmed")
	ErrFile       = errors.New("ldapbook: the directory's file cannot be read")
	ErrTooMany    = errors.New("ldapbook: directory sends more entries than are allowed")
)

// Result codes of RFC 4511 appendix A that are told apart.
const (
	codeOperationsError    = 1
	codeAuthMethod         = 7 // SASL mechanism not supported
	codeTimeLimit          = 3
	codeSizeLimit          = 4
	codeStrongerAuth       = 8
	codeReferral           = 10
	codeAdminLimit         = 11
	codeConfidentiality    = 13
	codeNoSuchObject       = 32
	codeInvalidDN          = 34
	codeInappropriateAuth  = 48
	codeInvalidCredentials = 49
	codeInsufficientAccess = 50
	codeBusy               = 51
	codeUnavailable        = 52
	codeUnwillingToPerform = 53
)

// classify returns the sentinel for an error of the connection or of a search.
func classify(err error) error {
	var refused *wire.Result
	var network net.Error
	switch {
	case errors.As(err, &refused):
		return classifyCode(refused.Code)
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &network) && network.Timeout():
		return ErrTimeout
	case errors.Is(err, errNoKDC):
		return ErrUnreachable
	case errors.Is(err, ErrTicket), errors.Is(err, errIdentity):
		return ErrBind
	case isTLS(err):
		return ErrTLS
	case errors.Is(err, wire.ErrMalformed), errors.Is(err, wire.ErrTooLarge), errors.Is(err, wire.ErrCookie),
		errors.Is(err, errLoop):
		return ErrProtocol
	default:
		return ErrUnreachable
	}
}

func classifyCode(code int) error {
	switch code {
	case codeTimeLimit:
		return ErrTimeout
	case codeSizeLimit, codeAdminLimit:
		return ErrSizeLimit
	case codeNoSuchObject, codeInvalidDN:
		return ErrNoSuchBase
	case codeReferral:
		return ErrReferral
	case codeOperationsError, codeAuthMethod, codeStrongerAuth, codeConfidentiality, codeInappropriateAuth, codeInvalidCredentials,
		codeInsufficientAccess, codeUnwillingToPerform:
		return ErrRefused
	case codeBusy, codeUnavailable:
		return ErrUnreachable
	default:
		return ErrProtocol
	}
}

// explain wraps err with its sentinel, or with kind where that isn't nil, and says which directory it is about.
func explain(kind, err error, src *Source, url string) error {
	if err == nil {
		return nil
	}
	if kind == nil {
		kind = classify(err)
	}
	return fmt.Errorf("%w: %s (%s): %w", kind, src.Name, url, err)
}

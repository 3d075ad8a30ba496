package ldapbook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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
)

// Errors of a source's configuration.
var ErrSource = errors.New("ldapbook: directory not properly configured")

// Errors of a connection.
var (
	ErrUnreachable = errors.New("ldapbook: directory cannot be reached, or the connection was lost")
	ErrTLS         = errors.New("ldapbook: no trusted TLS connection")
	ErrBind        = errors.New("ldapbook: directory refused name or password")
	ErrTimeout     = errors.New("ldapbook: directory did not answer in time")
	ErrProtocol    = errors.New("ldapbook: directory answered something that LDAP does not allow here")
)

// Errors of a search.
var (
	ErrNoSuchBase = errors.New("ldapbook: directory has no such base")
	ErrSizeLimit  = errors.New("ldapbook: directory gave only a part, because of its size limit")
	ErrRefused    = errors.New("ldapbook: directory refused to search")
	ErrShrunken   = errors.New("ldapbook: directory gave less than half of what it had; nothing was removed")
)

// Result codes of RFC 4511 appendix A that are told apart.
const (
	codeOperationsError    = 1
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
	case isTLS(err):
		return ErrTLS
	case errors.Is(err, wire.ErrMalformed), errors.Is(err, wire.ErrTooLarge), errors.Is(err, errLoop):
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
	case codeNoSuchObject, codeInvalidDN, codeReferral:
		return ErrNoSuchBase
	case codeOperationsError, codeStrongerAuth, codeConfidentiality, codeInappropriateAuth, codeInvalidCredentials,
		codeInsufficientAccess, codeUnwillingToPerform:
		return ErrRefused
	case codeBusy, codeUnavailable:
		return ErrUnreachable
	default:
		return ErrProtocol
	}
}

func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &invalid) || errors.As(err, &host) || errors.As(err, &authority) ||
		errors.Is(err, wire.ErrInjected)
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

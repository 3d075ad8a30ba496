// Package installation reads the installation file: directories, certificate authorities, routes, accounts, policies, rules
// and identities of one installation, as its administrator set them up. The file is TOML and strict: a key that is not
// known is an error that names it, because a rule that is misspelt must not be a rule that is missing. docs/installation.md
// describes every key.
//
// A machine-wide file overrides the user's own; without one the app works and says "not centrally managed" (RULES 27).
// Secrets are never in the file: it names them, and the interface Secrets holds them.
//
// An Installation is immutable and safe for concurrent use.
package installation

import "errors"

// Sentinel errors.
var (
	// ErrSyntax: not TOML, or a key that is not known; the error says line and key.
	ErrSyntax = errors.New("installation: malformed file")
	// ErrInvalid: well-formed, and makes no sense; the error names the section.
	ErrInvalid = errors.New("installation: invalid")
	// ErrNone: there is no installation file.
	ErrNone = errors.New("installation: no installation file")
	// ErrSecret: a secret that the file names is not there or cannot be read.
	ErrSecret = errors.New("installation: secret")
)

package ldapbook

import "time"

// Strategy is how a directory is brought up to date.
type Strategy string

// The strategies. StrategyAuto takes the first that the server offers, in the order of the others.
const (
	StrategyAuto     Strategy = ""
	StrategySyncrepl Strategy = "syncrepl" // RFC 4533, refreshOnly with a cookie
	StrategyDirSync  Strategy = "dirsync"  // Active Directory
	// StrategyChanges reads what changed since the last time by entryCSN or modifyTimestamp; what is gone is found by a full
	// read, each FullEvery.
	StrategyChanges Strategy = "changes"
	StrategyFull    Strategy = "full"
)

// Refresh says how a source is kept up to date. The zero value is what is delivered.
type Refresh struct {
	Strategy  Strategy
	FullEvery time.Duration // of StrategyChanges; 0: DefaultFullEvery
	// MaxLoss is the share of the entries, 0 to 1, that may be gone at once. More is held until somebody confirms it
	// (Book.Confirm). 0: DefaultMaxLoss; 1: everything may go.
	MaxLoss float64
	// LDIF is the path of a file (RFC 2849) that is read in place of a server; the source then has no URLs.
	LDIF string
}

// Delivered values of a Refresh.
const (
	DefaultFullEvery = 24 * time.Hour
	DefaultMaxLoss   = 0.5
)

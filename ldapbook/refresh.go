package ldapbook

import "time"

// Strategy is how a directory is brought up to date.
type Strategy string

// The strategies. StrategyAuto takes the first that the server offers, in the order of the others. A server that refuses
// the strategy asked for is read by the next one: SyncResult.Strategy and Status.Strategy say by which.
const (
	StrategyAuto Strategy = ""
	// StrategySyncrepl is RFC 4533, refreshOnly with a cookie. It needs entryUUID in Mapping.UUID.
	StrategySyncrepl Strategy = "syncrepl"
	// StrategyDirSync is Active Directory's. It needs objectGUID in Mapping.UUID, and Source.BaseDN must be the root of a
	// domain. It was tested against a server of our own only, never against a real one.
	StrategyDirSync Strategy = "dirsync"
	// StrategyChanges reads what changed since the last time by entryCSN or modifyTimestamp; what is gone is found by a full
	// read, each FullEvery: until then the entries that were not read again are as old as that.
	StrategyChanges Strategy = "changes"
	// StrategyFull reads everything, each time from the beginning; what is the same is not written again.
	StrategyFull Strategy = "full"
)

// Refresh says how a source is kept up to date. The zero value is what is delivered.
type Refresh struct {
	Strategy Strategy
	// FullEvery is how often everything is read, by whatever strategy: a server may have been restored from a backup, or may not
	// have told what is gone. 0: DefaultFullEvery.
	FullEvery time.Duration
	// MaxLoss is the share of the entries, 0 to 1, that may be gone at once, where there were at least 20. More is held until
	// somebody confirms it (Book.Confirm). 0: DefaultMaxLoss; 1: everything may go.
	MaxLoss float64
	// MaxEntries is the most entries that one Sync reads: a server that sends without end must not fill the disk. 0:
	// DefaultMaxEntries.
	MaxEntries int
	// LDIF is the path of a file (RFC 2849) that is read in place of a server; the source then has no URLs.
	LDIF string
}

// Delivered values of a Refresh.
const (
	DefaultFullEvery  = 24 * time.Hour
	DefaultMaxLoss    = 0.5
	DefaultMaxEntries = 5_000_000
)

func (r Refresh) fullEvery() time.Duration {
	if r.FullEvery <= 0 {
		return DefaultFullEvery
	}
	return r.FullEvery
}

func (r Refresh) maxLoss() float64 {
	if r.MaxLoss <= 0 {
		return DefaultMaxLoss
	}
	return min(r.MaxLoss, 1)
}

func (r Refresh) maxEntries() int {
	if r.MaxEntries <= 0 {
		return DefaultMaxEntries
	}
	return r.MaxEntries
}

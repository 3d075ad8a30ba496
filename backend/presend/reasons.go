package presend

// Rules that reasons of this package name, besides those of cmbac and spif.
const (
	RuleWithdrawn   = "withdrawn"            // RULES 8
	RuleUnlisted    = "unlisted"             // in no book
	RuleNoRoute     = "no-route"             // RULES 11
	RuleNodes       = "nodes-unlisted"       // RULES 7: a federated room of whose nodes not all are known
	RuleStale       = "stale"                // RULES 13
	RuleUnreadable  = "clearance-unreadable" // published and not understood
	RuleUntrusted   = "untrusted-channel"    // RULES 9
	RuleCeiling     = "ceiling"              // RULES 9
	RuleSystemHigh  = "system-high"          // RULES 10
	RuleNotBound    = "not-bound"            // RULES 10
	RuleMember      = "member"               // RULES 7
	RuleIncomplete  = "membership-unknown"   // RULES 7
	RuleUnreachable = "directory-unreachable"
	RuleAddress     = "no-address"
	RuleNobody      = "nobody-to-write-to" // RULES 7: a list by its members of whom none is left
	RuleMalformed   = "malformed-address"  // typed by hand, and none
	// RulePart: the label of the whole asks for less than that of a part (RULES 2).
	RulePart = "part-above-label"
	// RulePartUnreadable: a part bears a label that cannot be read, or is under a policy that nobody here has.
	RulePartUnreadable = "part-unreadable"
	// RulePartInvalid: the label of a part can be read and breaks its policy.
	RulePartInvalid = "part-invalid"
	// RulePartNotCleared: cleared, perhaps, for the label of the whole, and not for that of a part.
	RulePartNotCleared = "part-not-cleared"
	// RuleInherited: the label is less restrictive than that of the message which this one answers or forwards (RULES 1).
	RuleInherited           = "inherited-label"
	RuleInheritedUnreadable = "inherited-unreadable"
	// RuleItem: the catalogue's item says something else than the label; RuleItemUnread: nobody can say what it says (RULES 26).
	RuleItem       = "catalogue-item"
	RuleItemUnread = "catalogue-item-unreadable"
	// RuleServer: a server on the way does not understand labels; RuleCatalogue: the own server's catalogue does not have this one (RULES 26).
	RuleServer    = "server-without-labels"
	RuleCatalogue = "catalogue-restricted"

	RuleInactive   = "inactive"              // the account or role is disabled or has ended
	RuleCapability = "capability"            // RULES 23: it cannot take this message
	RuleLabels     = "labels-not-understood" // RULES 26
	RuleAsker      = "asker-not-cleared"     // RULES 19: not for the asker to know
)

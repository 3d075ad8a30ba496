package demo

// link is one direction between the servers of two nations.
type link struct{ from, to string }

func linkName(from, to string) string { return from + "-" + to }

// outbound is GBR's side of its links, its own network among them: what each nation's network may get from GBR's. GBR's
// server holds messages against it, and the installation file says the same to the program.
var outbound = map[string]grant{
	"GBR": systemHigh(),
	"UKR": {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "UKR"},
	"AUS": {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "AUS"},
	"DEU": {upTo: "RESTRICTED", mission: true, nations: "DEU"},
}

// inbound is the other end: what each nation's server takes from its peers. It is written out again on purpose, as two
// nations would write it: a slip on one side shows as a refusal on the other.
var inbound = map[string]map[string]grant{
	"GBR": {
		"UKR": {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "GBR"},
		"AUS": {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "GBR"},
		"DEU": {upTo: "RESTRICTED", mission: true, nations: "GBR"},
	},
	"UKR": {"GBR": {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "UKR"}},
	"AUS": {"GBR": {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "AUS"}},
	"DEU": {"GBR": {upTo: "RESTRICTED", mission: true, nations: "DEU"}},
}

// mailboxHigh is what the user's mailbox may hold: what she may read, but for ATOMAL, of which no copies are kept there.
func mailboxHigh() grant {
	return grant{upTo: "SECRET", mission: true, bohemia: true, nations: "GBR"}
}

// systemHigh is what the installation may hold: of everybody's nation values, so that a GBR officer's own clearance decides.
func systemHigh() grant {
	return grant{upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "GBR UKR AUS DEU"}
}

package demo

import (
	"maps"
	"slices"
	"time"
)

// PeerSecret is what a nation's server logs in with at another's.
func (f *Federation) PeerSecret(from, to string) string { return f.secrets[link{from, to}] }

// SetPatience is how long GBR's server waits for a partner's. Set it before mail is sent.
func (f *Federation) SetPatience(d time.Duration) { f.patience = d }

// SidesDiffer lists the links of which one end carries what the other does not.
func SidesDiffer() []string {
	var out []string
	for _, code := range slices.Sorted(maps.Keys(outbound)) {
		if code != Own && inbound[code][Own] != outbound[code] {
			out = append(out, linkName(Own, code))
		}
	}
	return out
}

package ldapbook

import "slices"

// SamePerson tells whether two entries of one directory are of the same person, by their own word: each names the other
// (Entry.SamePerson). One that names another and is not named by it proves nothing: in many directories everybody may change such an
// attribute of the own entry. It does not go on from one to the next: of three entries, each two must name each other.
//
// std: RFC4519 §2.30
func SamePerson(a, b Entry) bool {
	return a.Directory == b.Directory && FoldDN(a.DN) != FoldDN(b.DN) && a.names(b) && b.names(a)
}

func (e Entry) names(other Entry) bool {
	dn := FoldDN(other.DN)
	return slices.ContainsFunc(e.SamePerson, func(x string) bool { return FoldDN(x) == dn })
}

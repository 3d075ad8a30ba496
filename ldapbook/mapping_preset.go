package ldapbook

import "maps"

// Names of the presets.
const (
	PresetDefault         = "default"
	PresetInetOrgPerson   = "inetorgperson"
	PresetACP133          = "acp133"
	PresetActiveDirectory = "active-directory"
)

// Presets lists the names of the delivered mappings.
func Presets() []string {
	return []string{PresetDefault, PresetInetOrgPerson, PresetACP133, PresetActiveDirectory}
}

// Preset returns a delivered mapping; ok is false when there is none of that name. The caller may change it.
//
//   - "default": DefaultMapping.
//   - "inetorgperson": the same, with organisations (RFC 4519).
//   - "acp133": the classes and attributes of ACP 133 as well, by name.
//   - "active-directory": users, contacts, groups, organisational units of Active Directory.
func Preset(name string) (m Mapping, ok bool) {
	switch name {
	case PresetDefault:
		return DefaultMapping(), true
	case PresetInetOrgPerson:
		return inetOrgPerson(), true
	case PresetACP133:
		return acp133(), true
	case PresetActiveDirectory:
		return activeDirectory(), true
	default:
		return Mapping{}, false
	}
}

// std: RFC4519 §3
func inetOrgPerson() Mapping {
	m := DefaultMapping()
	m.Classes["organization"] = KindOrganisation
	m.Classes["organizationalUnit"] = KindOrganisation
	return m
}

// std: ACP 133 classes and capabilities
func acp133() Mapping {
	m := inetOrgPerson()
	maps.Copy(m.Classes, map[string]Kind{
		"aCPOrganizationalPerson": KindPerson, "releaseAuthorityPerson": KindPerson,
		"aCPOrganizationalRole": KindRole,
		"aCPGroupOfNames":       KindList, "addressList": KindList, "mhs-distribution-list": KindList,
		"aCPOrganization": KindOrganisation, "aCPOrganizationalUnit": KindOrganisation,
	})
	m.Ignore = append(m.Ignore, "messagingGateway")
	m.Rank = []string{"rank", "personalTitle"}
	m.Members = append(m.Members, "mhs-dl-members")
	return m
}

// activeDirectory: objectGUID is stored with its first three fields turned round; proxyAddresses holds "SMTP:" (primary) and
// "smtp:" addresses among others; accountExpires is a Windows file time.
func activeDirectory() Mapping {
	m := DefaultMapping()
	m.Classes = map[string]Kind{
		"user": KindPerson, "inetOrgPerson": KindPerson, "contact": KindPerson,
		"group": KindList, "groupOfNames": KindList,
		"organizationalRole": KindRole, "room": KindRoom,
		"organizationalUnit": KindOrganisation, "organization": KindOrganisation,
	}
	m.Ignore = []string{"computer", "msDS-ManagedServiceAccount", "msDS-GroupManagedServiceAccount", "trustedDomain"}
	m.UUID = []string{"objectGUID"}
	m.Name = []string{"displayName", "cn", "sAMAccountName"}
	m.Unit = []string{"department", "ou"}
	m.Organisation = []string{"company", "o"}
	m.Mail = []string{"mail", "proxyAddresses"}
	m.Members = []string{"member"}
	m.AccountControl = []string{"userAccountControl"}
	m.Expires = []string{"accountExpires"}
	m.MaxSize = []string{"delivContLength", "maxMessageSize"}
	return m
}

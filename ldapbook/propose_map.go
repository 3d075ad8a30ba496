package ldapbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// choosePreset takes the preset that the server and the samples speak for.
func (r *proposing) choosePreset() {
	name, e := PresetInetOrgPerson, Evidence{Field: "preset"}
	guid := r.having("objectGUID", r.samples)
	allied := 0
	for _, s := range r.samples {
		if isACP133(s) {
			allied++
		}
	}
	switch {
	case r.isActiveDirectory():
		name, e.Attribute, e.Text = PresetActiveDirectory, "supportedCapabilities", "the server says that it is Active Directory"
	case guid > 0:
		name, e.Attribute, e.Have, e.Of = PresetActiveDirectory, "objectGUID", guid, len(r.samples)
		e.Text = "entries with the identifier of Active Directory"
	case allied > 0:
		name, e.Have, e.Of = PresetACP133, allied, len(r.samples)
		e.Text = "entries with classes or attributes of ACP 133"
	case len(r.samples) == 0:
		name, e.Text = PresetDefault, "nothing is known of the entries"
	default:
		e.Have, e.Of, e.Text = len(r.samples), len(r.samples), "entries without classes or attributes of ACP 133 or Active Directory"
	}
	r.p.Preset = name
	r.p.Mapping, _ = Preset(name)
	r.evidence(e)
}

// isACP133 tells whether an entry has what only ACP 133 defines.
func isACP133(s *sample) bool {
	for _, class := range s.classes {
		if lower := strings.ToLower(class); lower == "addresslist" || lower == "plauser" ||
			strings.HasPrefix(lower, "acp") && lower != "acpaccesscontrolentity" {
			return true
		}
	}
	return s.has("maxMessageSize") || s.has("emConState") || s.has("msgProtocolInfoCapability") || s.has("aCPNoAttachments")
}

// having counts the entries with an attribute.
func (r *proposing) having(attr string, of []*sample) int {
	n := 0
	for _, s := range of {
		if s.has(attr) {
			n++
		}
	}
	return n
}

// fitClasses adds the classes of sampled entries that the preset doesn't know: entries that the server found because, by its
// schema, their class is below one that was asked for, or has the kind in its name.
func (r *proposing) fitClasses() {
	type added struct {
		kind Kind
		n    int
	}
	found := map[string]*added{}
	for _, s := range r.samples {
		if s.kind(&r.p.Mapping) != "" || r.isIgnored(s) {
			continue
		}
		class := r.classFor(s)
		if class == "" {
			continue
		}
		if found[class] == nil {
			found[class] = &added{kind: s.asked}
		}
		found[class].n++
	}
	for _, class := range slices.Sorted(maps.Keys(found)) {
		a := found[class]
		r.p.Mapping.Classes[class] = a.kind
		r.p.Preset = PresetCustom
		r.evidence(Evidence{Field: "classes", Attribute: class, Have: a.n, Of: r.count(a.kind),
			Text: fmt.Sprintf("the schema or the name of the class makes such an entry a %s", a.kind)})
	}
}

func (r *proposing) isIgnored(s *sample) bool {
	return slices.ContainsFunc(s.classes, func(class string) bool {
		return slices.ContainsFunc(r.p.Mapping.Ignore, func(i string) bool { return strings.EqualFold(i, class) })
	})
}

// classFor returns the class of an entry that made the server find it: a candidate, or one below a candidate.
func (r *proposing) classFor(s *sample) string {
	for _, class := range s.classes {
		for _, candidate := range r.candidates(s.asked) {
			if isOID(class) && r.schema.descends(class, candidate) {
				return class
			}
		}
	}
	return ""
}

// otherNames are attributes that directories in the field have for what a preset has another name for. additive: they are
// added to the preset's; else they only stand in where no sample has one of those.
var otherNames = []struct {
	field    int
	names    []string
	part     string // an attribute with this in its name is looked at too
	additive bool
}{
	{fieldUUID, []string{"objectGUID", "nsUniqueId", "ibm-entryUuid", "GUID"}, "", false},
	{fieldRank, []string{"militaryRank"}, "rank", false},
	{fieldMail, []string{"rfc822Mailbox", "email", "emailAddress", "mailPrimaryAddress"}, "", false},
	{fieldJID, []string{"xmpp", "xmppAddress", "jabberID", "msRTCSIP-PrimaryUserAddress"}, "jabber", false},
	{fieldClearance, nil, "clearance", false},
	{fieldInactive, []string{"nsAccountLock", "loginDisabled"}, "", true},
	{fieldAccountControl, []string{"userAccountControl"}, "", true},
	{fieldExpires, []string{"accountExpires", "shadowExpire", "krbPrincipalExpiration", "loginExpirationTime"}, "", true},
	{fieldCertificates, []string{"userCertificate"}, "", true},
}

// fitFields compares the mapping with the samples, field by field.
func (r *proposing) fitFields() {
	for _, other := range otherNames {
		r.fitField(other.field, other.names, other.part, other.additive)
	}
	for field, list := range r.p.Mapping.fields() {
		of := r.samplesFor(field)
		for _, attr := range *list {
			r.evidence(r.attributeEvidence(field, attr, of))
		}
	}
}

// samplesFor are the samples in which a field could be.
func (r *proposing) samplesFor(field int) []*sample {
	var all []*sample
	for _, s := range r.samples {
		kind := s.kind(&r.p.Mapping)
		wants := kind != "" && kind != KindOrganisation
		switch field {
		case fieldMembers:
			wants = kind == KindList
		case fieldOccupants:
			wants = kind == KindRole
		case fieldSurname, fieldGivenName, fieldRank, fieldSamePerson:
			wants = kind == KindPerson
		case fieldUUID, fieldUnit, fieldOrganisation:
			wants = kind != ""
		}
		if wants {
			all = append(all, s)
		}
	}
	return all
}

func (r *proposing) fitField(field int, names []string, part string, additive bool) {
	list := r.p.Mapping.fields()[field]
	of := r.samplesFor(field)
	has := slices.ContainsFunc(*list, func(a string) bool { return r.having(a, of) > 0 })
	if has && !additive {
		return
	}
	if part != "" {
		for _, attr := range r.attributes() {
			if strings.Contains(attr, part) {
				names = append(names, r.spelled(attr))
			}
		}
	}
	for _, name := range names {
		known := slices.ContainsFunc(*list, func(a string) bool { return strings.EqualFold(a, name) })
		if known || !isAttributeDescription(name) || r.having(name, of) == 0 {
			continue
		}
		if field == fieldClearance && !r.allXML(name, of) {
			r.problem("The attribute %s has the name of a clearance, but its values are no XML; it is not proposed.", name)
			continue
		}
		*list = append(*list, name)
		r.p.Preset = PresetCustom
	}
}

// spelled cuts the options off a normalised description: a mapping without them takes the values with them.
func (r *proposing) spelled(attr string) string {
	name, _, _ := strings.Cut(attr, ";")
	return name
}

func (r *proposing) allXML(attr string, of []*sample) bool {
	for _, s := range of {
		for _, v := range s.of(attr) {
			if !strings.HasPrefix(strings.TrimSpace(v), "<") {
				return false
			}
		}
	}
	return true
}

// shownFields are those of which a value may be shown as an example.
var shownFields = []int{fieldName, fieldSurname, fieldGivenName, fieldRank, fieldTitle, fieldUnit, fieldOrganisation, fieldMail,
	fieldJID, fieldMembers, fieldOccupants, fieldSamePerson, fieldActive, fieldMaxSize, fieldEmCon, fieldMMHS, fieldNoAttachments, fieldLabels}

func (r *proposing) attributeEvidence(field int, attr string, of []*sample) Evidence {
	e := Evidence{Field: fieldNames[field], Attribute: attr, Have: r.having(attr, of), Of: len(of)}
	if slices.Contains(shownFields, field) {
		for _, s := range of {
			if values := s.of(attr); len(values) > 0 {
				e.Example = shortText(values[0])
				break
			}
		}
	}
	e.Text = fmt.Sprintf("%d of %d sampled entries have it", e.Have, e.Of)
	switch {
	case e.Have > 0 || r.schema == nil:
	case r.schema.attributes[strings.ToLower(strings.SplitN(attr, ";", 2)[0])]:
		e.Text += "; the schema knows it"
	default:
		e.Text += "; the schema does not know it"
	}
	return e
}

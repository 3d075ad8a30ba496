package installation

import "iter"

// fields gives the lists of a mapping by their keys in the file, in the file's order.
func (m *MappingFile) fields() []struct {
	Key  string
	List *[]string
} {
	return []struct {
		Key  string
		List *[]string
	}{
		{"ignore", &m.Ignore}, {"uuid", &m.UUID}, {"name", &m.Name}, {"surname", &m.Surname}, {"given_name", &m.GivenName},
		{"rank", &m.Rank}, {"title", &m.Title}, {"unit", &m.Unit}, {"organisation", &m.Organisation}, {"mail", &m.Mail}, {"jid", &m.JID},
		{"phone", &m.Phone}, {"clearance", &m.Clearance}, {"members", &m.Members}, {"occupants", &m.Occupants}, {"member_urls", &m.MemberURLs},
		{"same_person", &m.SamePerson},
		{"active", &m.Active}, {"inactive", &m.Inactive}, {"account_control", &m.AccountControl}, {"expires", &m.Expires},
		{"certificates", &m.Certificates}, {"max_size", &m.MaxSize}, {"no_attachments", &m.NoAttachments}, {"em_con", &m.EmCon},
		{"labels", &m.Labels}, {"mmhs", &m.MMHS},
	}
}

// All gives every list by its key in the file; nil where the file has none.
func (m *MappingFile) All() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for _, f := range m.fields() {
			if !yield(f.Key, *f.List) {
				return
			}
		}
	}
}

// Keys lists the fields that hold attributes.
func (m *MappingFile) Keys() []string {
	var out []string
	for key := range m.All() {
		out = append(out, key)
	}
	return out
}

// Set gives a field its attributes; false when there is no such field.
func (m *MappingFile) Set(key string, attributes []string) bool {
	for _, f := range m.fields() {
		if f.Key == key {
			*f.List = attributes
			return true
		}
	}
	return false
}

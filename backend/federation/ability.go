package federation

import (
	"slices"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// abilities takes over what an entry says that it can take (RULES 23).
func abilities(c ldapbook.Capabilities) presend.Capabilities {
	return presend.Capabilities{
		MaxSize: c.MaxSize, NoAttachments: c.NoAttachments, EmCon: c.EmCon, Labels: presend.Answer(c.Labels), MMHS: presend.Answer(c.MMHS),
	}
}

// addressesOn lists the addresses of an entry on a channel.
func addressesOn(channel draft.Channel, e ldapbook.Entry) []string {
	if channel == draft.Chat {
		return e.JID
	}
	return e.Mail
}

// domainsOn lists the domains on a channel for which a directory decides.
func domainsOn(channel draft.Channel, d installation.Directory) []string {
	if channel == draft.Chat {
		return d.ChatDomains
	}
	return d.MailDomains
}

// room adds what the administrator knows of a room (RULES 7). What stands there for the room itself comes before what stands there
// for its domain.
func (f *Federation) room(e ldapbook.Entry, out *presend.Entry) {
	for _, address := range e.JID {
		r, ok := f.roomFile(address)
		if !ok {
			continue
		}
		out.Filtered = r.FiltersOccupants
		out.Nodes = slices.Clone(r.Nodes)
		out.NodesUnlisted = r.Federated && len(r.Nodes) == 0
		return
	}
}

func (f *Federation) roomFile(address string) (installation.RoomFile, bool) {
	for _, want := range []string{key(address), draft.Domain(address)} {
		for _, r := range f.in.File.Rooms {
			if want != "" && draft.FoldAddress(r.Address) == want {
				return r, true
			}
		}
	}
	return installation.RoomFile{}, false
}

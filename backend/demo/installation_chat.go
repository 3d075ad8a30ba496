package demo

import (
	"time"

	"caveat/backend/installation"
)

// whereabouts is what an installation must know of the federation.
type whereabouts struct {
	own    string // the nation whose installation it is
	userDN string
	policy string
	ports  portsFile
}

// file describes the federation as a nation's administrator would whose user has a chat account and no mail.
func (w whereabouts) file() installation.File {
	jid := chatAddress(chatUsers[w.own])
	out := installation.File{
		Format: 1,
		System: installation.SystemFile{Name: SystemName, Nation: w.own, Clearance: systemHigh().inFile(w.policy), Secrets: installation.SecretsInFile},
		Policies: []installation.PolicyFile{{
			File: "demo/policy.spif.xml", AcceptUnsigned: "Accepted for the demonstration: the policy is fictitious.",
			RequireTagSets: []string{tagContext},
		}},
		CAs: []installation.CAFile{{Name: "demo", File: "demo/ca.pem"}},
		Accounts: []installation.AccountFile{{
			Name: ChatAccount, Kind: installation.KindXMPP, Address: address(w.ports[w.own].XMPP), Security: "starttls", CA: "demo", Secret: chatSecret,
			AccountChat: installation.AccountChat{JID: jid, Rooms: roomServices(w.own)},
		}},
		Identities: []installation.IdentityFile{{User: "*", Directory: w.own, DN: w.userDN, JID: jid, Chat: ChatAccount}},
	}
	for _, code := range Codes {
		out.Directories = append(out.Directories, w.directory(code))
		out.Routes = append(out.Routes, w.routes(code)...)
	}
	for _, code := range Codes {
		for _, r := range roomsOf(code) {
			w.room(&out, code, r.local)
		}
	}
	return out
}

// room writes what the administrator knows of a room: the label of what is said there without one, and whether it is federated.
func (w whereabouts) room(out *installation.File, code, local string) {
	jid := RoomJID(code, local)
	if class := roomClass(code, local); class != "" {
		out.DefaultLabels = append(out.DefaultLabels, installation.DefaultLabelFile{
			Room: jid, Policy: w.policy, Classification: class, Categories: map[string][]string{tagContext: {mission}}})
	}
	switch local {
	case RoomLiaison:
		out.Rooms = append(out.Rooms, installation.RoomFile{Address: jid, Federated: true, Nodes: []string{cultures["UKR"].roomsDomain(), cultures["AUS"].roomsDomain()}})
	case RoomStations:
		out.Rooms = append(out.Rooms, installation.RoomFile{Address: jid, Federated: true})
	}
}

func (w whereabouts) directory(code string) installation.DirectoryFile {
	c := cultures[code]
	every := 15 * time.Minute
	if code == w.own {
		every = 5 * time.Minute // the own people are nearest, and change under one's eyes
	}
	return installation.DirectoryFile{
		Name: code, Nation: code, URLs: []string{"ldap://" + address(w.ports[code].LDAP)}, Security: "starttls", CA: "demo",
		BaseDN: c.baseDN(), BindDN: readerDN(c), Secret: directorySecret(code), Mode: "mirror",
		MailDomains: []string{c.mailDomain()}, ChatDomains: []string{c.chatDomain(), c.roomsDomain()},
		// Some accounts end; no schema that is delivered looks for it in this attribute.
		DirectorySchema: installation.DirectorySchema{Mapping: &installation.MappingFile{Expires: []string{"shadowExpire"}}},
		DirectorySync: installation.DirectorySync{
			Every: installation.Duration{Duration: every}, FullEvery: installation.Duration{Duration: 24 * time.Hour},
		},
	}
}

// routes are the ways to a nation: GBR's to everybody, the others' to themselves and GBR.
func (w whereabouts) routes(code string) (out []installation.RouteFile) {
	c := cultures[code]
	for _, to := range [][2]string{{c.mailDomain(), "mail"}, {c.chatDomain(), "chat"}, {c.roomsDomain(), "chat"}} {
		r := installation.RouteFile{Domain: to[0], Channel: to[1], Nation: code, Own: code == w.own, Receipts: code == w.own && to[1] == "chat"}
		if code != w.own {
			side, isLinked := chatLinks[link{w.own, code}]
			if !isLinked || to[1] == "mail" && w.own != Own {
				continue
			}
			r.Links = []installation.LinkFile{{Name: linkName(w.own, code), Clearance: side.inFile(w.policy)}}
			r.Links[0].Chat.Receipts = to[1] == "chat" && tellsReceipts(w.own, code)
		}
		out = append(out, r)
	}
	return out
}

// tellsReceipts says on which links it is told that a message has arrived: between GBR and UKR.
func tellsReceipts(a, b string) bool { return a != "AUS" && a != "DEU" && b != "AUS" && b != "DEU" }

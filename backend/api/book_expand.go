package api

import (
	"cmp"
	"context"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// ExpandInput names a list or role to open.
type ExpandInput struct {
	Address string `json:"address" minLength:"1" maxLength:"1000"`
	Channel string `json:"channel,omitempty" enum:"mail,chat" doc:"left out: mail"`
}

// ExpandedMember is somebody directly behind a list or role.
type ExpandedMember struct {
	Address string       `json:"address"`
	Name    string       `json:"name"`
	Nation  string       `json:"nation"`
	Kind    presend.Kind `json:"kind" enum:"person,role,list,room,unlisted"`
}

// Expanded is a list or role opened one level.
type Expanded struct {
	Members     []ExpandedMember `json:"members" nullable:"false" doc:"those with an address on the channel"`
	Unreachable []string         `json:"unreachable" nullable:"false" doc:"names of those who have none there, or are not in the book: they would not get the message"`
	Incomplete  bool             `json:"incomplete" doc:"the server gave only a part of the members"`
}

// Expand opens a list or role one level, as the copy has it, for a drafter who would rather write to its members. Errors:
// federation.ErrNoGroup.
func (s *Service) Expand(ctx context.Context, in ExpandInput) (Expanded, error) {
	x, err := s.fed.Expand(ctx, draft.Channel(cmp.Or(in.Channel, string(draft.Mail))), in.Address)
	if err != nil {
		return Expanded{}, err
	}
	out := Expanded{Members: []ExpandedMember{}, Unreachable: append([]string{}, x.Without...), Incomplete: x.Incomplete}
	for _, p := range x.Members {
		m := ExpandedMember{Address: p.Address, Nation: p.Nation, Kind: presend.Unlisted}
		if len(p.Entries) > 0 {
			m.Name, m.Kind = p.Entries[0].Name, p.Entries[0].Kind
		}
		out.Members = append(out.Members, m)
	}
	return out, nil
}

package api

import "time"

// ReceiveInput asks who may receive a label.
type ReceiveInput struct {
	Label   LabelBody `json:"label"`
	Channel string    `json:"channel,omitempty" enum:"mail,chat" default:"mail"`
	Nation  string    `json:"nation,omitempty" doc:"then also by unit"`
}

// WhyInput asks why one entry may receive a label, or not.
type WhyInput struct {
	Label   LabelBody `json:"label"`
	Channel string    `json:"channel,omitempty" enum:"mail,chat" default:"mail"`
	ID      string    `json:"id" doc:"of an entry, or an address"`
}

// ReceiveDocument says how many people of the book may receive a label, as far as the cache knows. It is no check: what it counts
// is what the check while drafting would say of each alone.
type ReceiveDocument struct {
	MarkingDocument
	Channel     string            `json:"channel"`
	At          time.Time         `json:"at"`
	People      ReceiveCounts     `json:"people" doc:"persons of all nations, or of the one that was asked"`
	Groups      ReceiveGroups     `json:"groups" doc:"those whose members decide too"`
	Nations     []NationReceive   `json:"nations" nullable:"false"`
	Units       []UnitReceive     `json:"units" nullable:"false" doc:"of the nation that was asked, by number of those who may"`
	Directories []SearchDirectory `json:"directories" nullable:"false"`
	Incomplete  bool              `json:"incomplete" doc:"some directory was not read to the end: there may be more people"`
	Unseen      int               `json:"unseen" doc:"of stale, those who were not looked at one by one: more may receive it than are counted"`
}

// ReceiveCounts counts people by what a check would say. The outcomes of their own clearance add up to people.
type ReceiveCounts struct {
	People     int `json:"people" doc:"whose directory decides for the address by which they go on the channel (RULES 6)"`
	May        int `json:"may" doc:"clearance and route both permit, from fresh data"`
	Cleared    int `json:"cleared" doc:"their clearance permits it, wherever their route leads"`
	Stale      int `json:"stale" doc:"their clearance permitted it when it was read, which is too long ago"`
	NotCleared int `json:"notCleared"`
	Withdrawn  int `json:"withdrawn" doc:"of notCleared, those whose clearance was published once and is gone (RULES 8)"`
	Unknown    int `json:"unknown" doc:"no clearance was ever published, or none that is relied on"`
	Error      int `json:"error" doc:"what is published cannot be understood"`
	NoRoute    int `json:"noRoute" doc:"of the cleared and stale, those whose route does not permit it or who have none"`
	Shared     int `json:"shared" doc:"of people, those who share their address with another entry: decided together, the worst counts"`
}

// ReceiveGroups counts lists, roles and rooms: of each alone the check says more.
type ReceiveGroups struct {
	Lists int `json:"lists"`
	Roles int `json:"roles"`
	Rooms int `json:"rooms"`
}

// NationReceive is the counts of one nation.
type NationReceive struct {
	Nation string        `json:"nation"`
	Counts ReceiveCounts `json:"counts"`
	Groups ReceiveGroups `json:"groups"`
	// RULES 6: shown, and not counted.
	Unseen  int            `json:"unseen" doc:"of stale, those who are too many to be looked at one by one: some of an old copy may have been read since, and some who have an end may not have come to it, so that more may receive it than are counted"`
	Foreign int            `json:"foreign" doc:"persons that its directories publish under addresses for which they do not decide: not counted"`
	Routes  []RouteReceive `json:"routes" nullable:"false" doc:"by mail or chat domain"`
}

// RouteReceive says whether the way to a domain permits the label.
type RouteReceive struct {
	Domain  string   `json:"domain"`
	People  int      `json:"people"`
	Outcome string   `json:"outcome" enum:"cleared,not-cleared,unknown,error"`
	Reasons []string `json:"reasons" nullable:"false"`
}

// UnitReceive is the counts of one unit.
type UnitReceive struct {
	Nation string        `json:"nation,omitempty" doc:"in an export"`
	Unit   string        `json:"unit" doc:"empty: none is published"`
	Counts ReceiveCounts `json:"counts"`
}

// WhyDocument is what the check while drafting says of one recipient, without what is held (RULES 19).
type WhyDocument struct {
	MarkingDocument
	Address string       `json:"address"`
	Name    string       `json:"name"`
	Kind    string       `json:"kind" enum:"person,role,list,room,unlisted"`
	Nation  string       `json:"nation"`
	May     bool         `json:"may"`
	Verdict WhyVerdict   `json:"verdict" doc:"the person's, or of whoever is behind it"`
	Route   WhyVerdict   `json:"route"`
	Members []WhyVerdict `json:"members" nullable:"false" doc:"members or occupants that stand in the way"`
}

// WhyVerdict is one outcome in words.
type WhyVerdict struct {
	Name    string     `json:"name,omitempty" doc:"of a member"`
	Outcome string     `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Reasons []string   `json:"reasons" nullable:"false"`
	Note    string     `json:"note,omitempty"`
	ReadAt  *time.Time `json:"readAt"`
}

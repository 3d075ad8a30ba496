package api

import "time"

// UsedHit is somebody whom the user wrote to, or keeps as a favourite.
type UsedHit struct {
	ID    string     `json:"id"`
	Name  string     `json:"name" doc:"as last known, when the book does not have it"`
	Hit   *Hit       `json:"hit" doc:"null: it is not in the book"`
	Count int        `json:"count" doc:"how often it was used"`
	Last  *time.Time `json:"last" doc:"null: never"`
}

// OwnGroup is a list of the user's own. As a recipient it stands for its members: each is written to by name.
type OwnGroup struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"`
	Members []OwnGroupMember `json:"members" nullable:"false"`
	Changed time.Time        `json:"changed"`
}

// OwnGroupMember is one member: an entry, and the address that it had when it was put in.
type OwnGroupMember struct {
	ID      string `json:"id"`
	Address string `json:"address" doc:"what is written to"`
	Name    string `json:"name"`
	State   string `json:"state" enum:"known,moved,gone" doc:"moved: its entry has other addresses now; gone: the book does not have it"`
	Hit     *Hit   `json:"hit" doc:"null: it is gone"`
}

// OwnGroupHit is a group of the user's own as a search gives it.
type OwnGroupHit struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Addresses []string `json:"addresses" nullable:"false" doc:"of its members: it stands for them"`
}

// OwnGroupInput is a group to keep.
type OwnGroupInput struct {
	Name    string                `json:"name" minLength:"1" maxLength:"200"`
	Members []OwnGroupMemberInput `json:"members" nullable:"false" maxItems:"2000"`
}

// OwnGroupMemberInput is one member to keep.
type OwnGroupMemberInput struct {
	ID      string `json:"id" maxLength:"300"`
	Address string `json:"address,omitempty" maxLength:"500" doc:"one of the entry's; left out: its first"`
}

// PickedInput is entries that the user picked as recipients: they come first next time.
type PickedInput struct {
	IDs []string `json:"ids" nullable:"false" maxItems:"2000"`
}

// VCardInput is entries to write as vCards.
type VCardInput struct {
	IDs []string `json:"ids" nullable:"false" minItems:"1" maxItems:"5000"`
}

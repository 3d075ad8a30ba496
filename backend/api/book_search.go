package api

import (
	"time"

	"caveat/backend/federation"
)

// Hit is one addressee that a search found: one row per address.
type Hit struct {
	ID           string       `json:"id" doc:"directory and entry, for book show; a row keeps it while the entry is in its directory"`
	Address      string       `json:"address" doc:"mail, else JID"`
	Kind         string       `json:"kind" enum:"person,role,list,room,organisation"`
	Nation       string       `json:"nation"`
	Directory    string       `json:"directory" doc:"that publishes the entry which is shown"`
	Name         string       `json:"name"`
	Rank         string       `json:"rank,omitempty"`
	Title        string       `json:"title,omitempty" doc:"appointment"`
	Mail         []string     `json:"mail" nullable:"false"`
	JID          []string     `json:"jid" nullable:"false"`
	Unit         string       `json:"unit"`
	Organisation string       `json:"organisation,omitempty"`
	DN           string       `json:"dn"`
	ReadAt       time.Time    `json:"readAt"`
	Decides      bool         `json:"decides" doc:"its directory decides for the address (RULES 6); false: it is shown, and a check will not rely on it"`
	Also         []AlsoHit    `json:"also" nullable:"false" doc:"other entries that claim the address"`
	Favourite    bool         `json:"favourite"`
	Used         int          `json:"used" doc:"how often you wrote to it or picked it"`
	Disabled     bool         `json:"disabled" doc:"its directory says that it is not in use"`
	ExpiresAt    *time.Time   `json:"expiresAt" doc:"when the account ends; null: nothing is published"`
	Live         bool         `json:"live" doc:"a directory was asked just now, and the cache had not given this row"`
	Lookalike    string       `json:"lookalike,omitempty" doc:"what tells it apart from somebody whose name or address looks like this one's"`
	Receive      *ReceiveHint `json:"receive,omitempty" doc:"whether it may receive the label that was asked about; left out: not asked, or not for you to know (RULES 19)"`
}

// AlsoHit is another entry for an address that is shown already.
type AlsoHit struct {
	ID        string `json:"id"`
	Directory string `json:"directory"`
	Nation    string `json:"nation"`
	Name      string `json:"name"`
	Decides   bool   `json:"decides" doc:"the same directory publishes both, and decides: all are decided and the worst counts"`
}

// ReceiveHint says of one row whether it may receive a label, as far as its own entry and its route tell. It is no check.
type ReceiveHint struct {
	Outcome string   `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Route   string   `json:"route" enum:"cleared,not-cleared,unknown,error"`
	Members bool     `json:"members" doc:"a list, role or room: whoever is behind it decides too, which only a check can tell"`
	Reasons []string `json:"reasons" nullable:"false" doc:"what is missing, in words"`
}

// SearchDirectory is what an answer says about one directory: whether it can be relied on.
type SearchDirectory struct {
	Name    string     `json:"name"`
	Nation  string     `json:"nation"`
	State   string     `json:"state" enum:"live,cached,incomplete,down,never-read,not-asked" doc:"live: asked just now; cached: the copy answered; incomplete: copy or answer is only a part; down: asked, or last read, without success; never-read: no copy yet; not-asked: it keeps no copy here and was not asked in this scope"`
	Age     *int64     `json:"age" doc:"seconds since the copy was complete; null: it never was, or there is none"`
	ReadAt  *time.Time `json:"readAt"`
	Entries int        `json:"entries" doc:"in the cache"`
	Mode    string     `json:"mode" enum:"mirror,look-up"`
	Why     string     `json:"why,omitempty" doc:"in words, where it cannot be relied on"`
}

// SearchDocument is the answer to a search.
type SearchDocument struct {
	Hits        []Hit             `json:"hits" nullable:"false"`
	Groups      []OwnGroupHit     `json:"groups" nullable:"false" doc:"the user's own groups of that name, where no kind, nation or offset is asked for"`
	Directories []SearchDirectory `json:"directories" nullable:"false"`
	More        bool              `json:"more" doc:"there are more hits than were asked for"`
	Next        int               `json:"next" doc:"offset to ask for more with; a row that was given before may come again under its id; 0 where there is more: the answer goes on beyond offset 100000, and the search must be narrowed"`
	Incomplete  bool              `json:"incomplete" doc:"some directory could not be asked, or only in part: there may be more"`
}

// scopes of a search by name: how far it asks (RULES 22).
var scopes = map[string]federation.Scope{
	"cache": federation.CacheOnly, "typing": federation.Typing, "enter": federation.Enter, "all": federation.Everybody,
}

package api

// NodeDocument is a place in the organisational tree of a directory.
type NodeDocument struct {
	ID        int64  `json:"id"`
	Directory string `json:"directory"`
	Name      string `json:"name"`
	DN        string `json:"dn" doc:"of the container; empty: a unit inside of one"`
	Nodes     int    `json:"nodes" doc:"directly below"`
	Entries   int    `json:"entries" doc:"addressees directly in it"`
	Total     int    `json:"total" doc:"addressees in it and below"`
}

// NodeEntriesDocument is a part of the addressees that stand directly in a node, in book order.
type NodeEntriesDocument struct {
	Hits   []Hit `json:"hits" nullable:"false"`
	Offset int   `json:"offset"`
	More   bool  `json:"more"`
}

// MembersDocument is a list or role opened to the last level, each entry once.
type MembersDocument struct {
	ID       string      `json:"id"`
	Rows     []MemberRow `json:"rows" nullable:"false" doc:"as the branches of a tree: after a row those that it holds, one deeper"`
	People   int         `json:"people" doc:"distinct persons among them"`
	Unknown  int         `json:"unknown" doc:"members that the book does not have"`
	Complete bool        `json:"complete" doc:"false: there may be more than is shown; cut and the rows say why"`
	Cut      []string    `json:"cut" nullable:"false" doc:"where and why it ends early, in words"`
}

// MemberRow is one member.
type MemberRow struct {
	Depth int    `json:"depth" doc:"1: directly in what was asked"`
	DN    string `json:"dn" doc:"as the group names it"`
	Via   string `json:"via" doc:"id of the group that names it"`
	State string `json:"state" enum:"shown,again,unknown,not-opened,partial" doc:"again: it stands above already; unknown: not in the book; not-opened: too deep or too many; partial: its own members were not published to the end"`
	Hit   *Hit   `json:"hit" doc:"null: not in the book"`
}

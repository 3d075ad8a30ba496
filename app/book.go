package app

type bookCommand struct {
	Sync   bookSyncCommand   `cmd:"" help:"Read the directories now."`
	Search bookSearchCommand `cmd:"" help:"Find people, roles, lists and rooms of all nations."`
	Show   bookShowCommand   `cmd:"" help:"One entry, by id or address."`
	Status bookStatusCommand `cmd:"" help:"What the book holds of each directory, and how fresh it is."`
	Reset  bookResetCommand  `cmd:"" help:"Delete the book: the directories fill it again."`

	Receive    bookReceiveCommand    `cmd:"" help:"Who may receive a label, by nation and unit, and why not."`
	Tree       bookTreeCommand       `cmd:"" help:"The organisational tree of each directory."`
	Vcard      bookVCardCommand      `cmd:"" help:"Entries as vCards."`
	Groups     bookGroupsCommand     `cmd:"" help:"Your own groups."`
	Favourites bookFavouritesCommand `cmd:"" help:"Your favourites."`
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

package draftbox_test

import (
	"maps"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
)

// Conversations find the newest draft that goes there and to nobody besides; one that was sent, deleted or addressed anew is none.
func TestChatTo(t *testing.T) {
	b := newDesk(t)
	save := func(id string, version int64, channel draft.Channel, to ...string) int64 {
		t.Helper()
		s, err := b.Save(t.Context(), id, version, draftbox.Content{Draft: draft.Draft{Channel: channel, Action: to, Body: "x"}})
		must(t, err)
		return s.Version
	}
	want := func(when string, want map[string]string) {
		t.Helper()
		got, err := b.ChatTo(t.Context())
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v", when, got, err)
		}
	}
	const first, second, other = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"
	one := save(first, 0, draft.Chat, "Ann@Chat.Example")
	save(other, 0, draft.Mail, "bob@chat.example")
	save("dddddddddddddddd", 0, draft.Chat, "x@chat.example", "y@chat.example")
	save("eeeeeeeeeeeeeeee", 0, draft.Chat)
	want("saved", map[string]string{"ann@chat.example": first})
	one = save(first, one, draft.Chat, "bob@chat.example")
	want("addressed anew", map[string]string{"bob@chat.example": first})
	two := save(second, 0, draft.Chat, "ann@chat.example", "ANN@chat.example")
	want("one twice", map[string]string{"bob@chat.example": first, "ann@chat.example": second})
	must(t, b.Delete(t.Context(), first, one))
	save(second, two, draft.Mail, "ann@chat.example")
	want("gone", map[string]string{})
}

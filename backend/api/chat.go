package api

import (
	"context"
	"log/slog"
	"strings"

	"caveat/backend/chat"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// newTalks makes the conversations of the user's chat accounts. Without an account they are empty.
func (s *Service) newTalks(c Config) *chat.Box {
	return chat.New(s.store, chat.Config{
		Accounts: c.ChatAccounts, Source: c.ChatSource, Site: s.in.Site, Judge: s.judgeChat, Default: s.defaultInChat, Decide: s.decideInRoom, Sent: s.becameOf,
		User: s.user, Now: s.now,
	})
}

// keepTalks keeps the conversations up to date. That it cannot stops nothing else (RULES 16).
func (s *Service) keepTalks(ctx context.Context) {
	if err := s.talks.Run(ctx); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "chat is not received until the program begins anew", "error", err)
	}
}

// Talks are the conversations of the user's chat accounts.
func (s *Service) Talks() *chat.Box { return s.talks }

func (s *Service) chatAccount(name string) (chat.Account, bool) {
	for _, a := range s.talks.Accounts() {
		if a.Name == name {
			return a, true
		}
	}
	return chat.Account{}, false
}

// judgeChat holds the label of what is said in chat to the clearances of the user, of the installation and of the account (RULES 10, 20).
func (s *Service) judgeChat(ctx context.Context, account string, l label.Label) (chat.Verdict, error) {
	a, _ := s.chatAccount(account)
	reasons, isUnsure, err := s.refusedTo(ctx, holder{channel: draft.Chat, from: a.JID, ceiling: a.Ceiling, rule: ruleChatAccount, called: "chat account"}, l)
	return chat.Verdict{MayRead: err == nil && len(reasons) == 0, Unsure: isUnsure, Reasons: reasons}, err
}

func (s *Service) defaultInChat(address string) (chat.Default, bool) {
	d, ok := s.in.DefaultLabelOf(address)
	out := chat.Default{Of: d.Domain, Label: d.Label}
	if out.Of == "" {
		out.Of = address // a room's own
	}
	return out, ok
}

// decideInRoom judges people by the very check that a message to each of them would get, but that nobody is asked who else is in a room.
func (s *Service) decideInRoom(ctx context.Context, account string, l label.Label, addresses []string) (map[string]presend.Verdict, error) {
	p, err := s.in.Site.Find(l.Policy)
	if err != nil {
		return nil, nil // everybody is unknown under a policy that is not known here
	}
	a, _ := s.chatAccount(account)
	sel := selectionOf(p, l.Information)
	in := s.input(ctx, draft.Draft{Channel: draft.Chat, From: a.JID, Action: addresses, Body: "x", Label: draft.Label{Selection: &sel}}, false)
	in.Alternatives, in.Occupants, in.Servers, in.TellAll = nil, nil, nil, false
	r, err := presend.Check(ctx, in)
	if err != nil {
		return nil, err
	}
	out := map[string]presend.Verdict{}
	for _, x := range r.Told().Recipients {
		v := x.Verdict
		if worse(x.Link.Outcome, v.Outcome) {
			v = x.Link
		}
		out[draft.FoldAddress(x.Address)] = v
	}
	return out, nil
}

// worse reports that an outcome counts before another one (RULES 12).
func worse(a, b presend.Outcome) bool {
	order := []presend.Outcome{presend.NotCleared, presend.Error, presend.Unknown, presend.Stale, presend.Cleared}
	for _, o := range order {
		if a == o || b == o {
			return a == o && b != o
		}
	}
	return false
}

// becameOf tells what became of a message that was sent from here.
func (s *Service) becameOf(ctx context.Context, id string) (chat.Outgoing, error) {
	m, err := s.box.Show(ctx, id)
	if err != nil {
		return chat.Outgoing{}, err
	}
	out := chat.Outgoing{State: string(m.State), Why: m.Note}
	for _, r := range m.Recipients {
		if r.State == outbox.Accepted && (r.Reply == outbox.ShownUnlabelled || r.Reply == outbox.ShownRelabelled) {
			out.Flagged = r.Reply
		}
		if out.Why == "" && r.State != outbox.Accepted {
			out.Why = r.Reply
		}
	}
	return out, nil
}

// saidInChat puts a message that was queued into the conversations with its recipients. That it cannot be shown there harms nothing: it
// is among the sent messages.
func (s *Service) saidInChat(ctx context.Context, id, account string, r *presend.Result) {
	d := r.Draft()
	if d.Channel != draft.Chat || id == "" {
		return
	}
	body := d.Body
	for _, p := range d.Parts {
		body = strings.TrimLeft(body+"\n\n"+p.Text, "\n")
	}
	for _, to := range d.Recipients() {
		isRoom := false
		for _, e := range r.Party(to).Entries {
			isRoom = isRoom || e.Kind == presend.Room
		}
		m := chat.Said{ID: id, Account: account, To: to, Room: isRoom, At: s.now(), Subject: d.Subject, Body: body, Label: r.Label(), Replaces: d.Replaces}
		if err := s.talks.Said(context.WithoutCancel(ctx), m); err != nil {
			slog.WarnContext(ctx, "a message that was sent cannot be shown in its conversation", "message", id, "error", err)
		}
	}
}

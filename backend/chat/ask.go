package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"caveat/backend/plain"
)

// askFor is how long a service may take to list its rooms: one that is slow keeps no other.
const askFor = 10 * time.Second

// Service is a service that has rooms.
type Service struct {
	Account, Address, Name string
	Rooms                  []Item
	Problem                string // why its rooms are not listed
}

// Services asks for the rooms of the services of the accounts' own servers and of those that the administrator named. ErrNotHolder.
func (b *Box) Services(ctx context.Context) ([]Service, error) {
	if len(b.config.Accounts) == 0 {
		return nil, nil
	}
	if !b.isLive() {
		return nil, ErrNotHolder
	}
	ctx, end := context.WithTimeout(ctx, askFor)
	defer end()
	var out []Service
	for _, a := range b.config.Accounts {
		out = append(out, b.servicesOf(ctx, a)...)
	}
	var wg sync.WaitGroup
	for i := range out {
		if out[i].Problem != "" {
			continue
		}
		wg.Go(func() {
			rooms, err := b.config.Source.Rooms(ctx, out[i].Account, out[i].Address)
			out[i].Rooms, out[i].Problem = rooms, plain.Text(err)
		})
	}
	wg.Wait()
	return out, nil
}

func (b *Box) servicesOf(ctx context.Context, a Account) []Service {
	_, domain, _ := strings.Cut(bare(a.JID), "@")
	var out []Service
	own, err := b.config.Source.Services(ctx, a.Name, domain)
	if err != nil {
		out = append(out, Service{Account: a.Name, Address: domain, Problem: plain.Text(err)})
	}
	for _, x := range own {
		out = append(out, Service{Account: a.Name, Address: strings.ToLower(x.Address), Name: x.Name})
	}
	for _, x := range a.Services {
		if x = strings.ToLower(x); !slices.ContainsFunc(out, func(have Service) bool { return have.Address == x }) {
			out = append(out, Service{Account: a.Name, Address: x})
		}
	}
	return out
}

// Catalogue asks what the server lets be chosen for messages of a conversation. ErrUnknown, ErrNotHolder, ErrNoCatalogue, and the
// errors of the Source.
func (b *Box) Catalogue(ctx context.Context, id string) (Catalogue, error) {
	t, err := b.talk(ctx, id)
	if err != nil {
		return Catalogue{}, err
	}
	if !b.isLive() {
		return Catalogue{}, ErrNotHolder
	}
	c, err := b.config.Source.Catalogue(ctx, t.account, t.address)
	if err != nil {
		return Catalogue{}, fmt.Errorf("the labels that may be sent to %s: %w", t.address, err)
	}
	return c, nil
}

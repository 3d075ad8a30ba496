package imapbox

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Wait returns nil when INBOX changed since the last Changes: at once when that is known, else when the server tells (IDLE)
// or is found to (NOOP, every Poll). When ctx ends it returns ctx's error and, unlike everything else, leaves the Mailbox
// usable, unless the server is just then silent for a second.
//
// std: RFC9051 §6.3.13, RFC2177 §3
func (m *Mailbox) Wait(ctx context.Context) error {
	s := m.session
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if changed, err := m.hasChanged(ctx); changed || err != nil {
			return err
		}
		// Some servers tell in IDLE only what happens after it began: NOOP has them tell what did before.
		if err := m.ask(ctx); err != nil {
			return err
		}
		if changed, err := m.hasChanged(ctx); changed || err != nil {
			return err
		}
		var err error
		if s.caps.Has(imap.CapIdle) {
			err = m.waitIdle(ctx)
		} else {
			err = m.pause(ctx)
		}
		if err != nil {
			return err
		}
	}
}

func (m *Mailbox) hasChanged(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	select {
	case <-m.told:
		m.tell() // until Changes looks
		return true, nil
	default:
		return false, nil
	}
}

// waitIdle waits in one IDLE, until something is told or it is time for the next.
func (m *Mailbox) waitIdle(ctx context.Context) error {
	s := m.session
	var idle *imapclient.IdleCommand
	patient, stop := withGrace(ctx)
	defer stop()
	err := s.run(patient, "IDLE", limits{0, ordinary}, func(c *imapclient.Client) (err error) {
		idle, err = c.Idle()
		return err
	})
	if err != nil {
		return err
	}
	timer := time.NewTimer(m.account.idle())
	defer timer.Stop()
	select {
	case <-m.told:
		m.tell()
	case <-timer.C:
	case <-s.client.Closed():
	case <-ctx.Done():
		_ = idle.Close() // its answer comes before that to the next command
		return ctx.Err()
	}
	return s.run(patient, "DONE", limits{0, ordinary}, func(*imapclient.Client) error {
		if err := idle.Close(); err != nil {
			return fmt.Errorf("%w: IDLE: %w", ErrUnreachable, err)
		}
		return idle.Wait()
	})
}

func (m *Mailbox) ask(ctx context.Context) error {
	patient, stop := withGrace(ctx)
	defer stop()
	return m.session.run(patient, "NOOP", limits{0, ordinary}, func(c *imapclient.Client) error { return c.Noop().Wait() })
}

// pause waits until it is time to ask again.
func (m *Mailbox) pause(ctx context.Context) error {
	timer := time.NewTimer(m.account.poll())
	defer timer.Stop()
	select {
	case <-m.told:
		m.tell()
	case <-timer.C:
	case <-m.session.client.Closed():
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// grace is how long a server may take for its answer when the caller wants to wait no longer.
const grace = time.Second

// withGrace gives a context that ends a moment after ctx: what ends within a command takes the connection with it.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var timer *time.Timer
	started := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer = time.AfterFunc(grace, cancel)
		close(started)
	})
	return patient, func() {
		if !stop() {
			<-started
			timer.Stop()
		}
		cancel()
	}
}

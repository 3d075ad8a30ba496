package demo

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"caveat/backend/demo/mailstore"
	"caveat/backend/installation"
	"caveat/backend/spif"
	"caveat/ldapbook/ldaptest"
)

// Numbers of entries per nation, and what the people are drawn with.
const (
	DefaultPeople = 2500
	MinPeople     = 100
	MaxPeople     = 1_000_000
	DefaultSeed   = 1
)

// ErrPeople: Config.People is out of range.
var ErrPeople = errors.New("demo: people")

// Config says what to start.
type Config struct {
	Dir string // the data directory; made with mode 0700 if it is not there
	// People is the number of entries (people, roles, lists, rooms) per nation, MinPeople to MaxPeople; 0: as in the last
	// start on this Dir, else DefaultPeople.
	People int
	Seed   uint64       // 0: as in the last start on this Dir, else DefaultSeed
	Log    *slog.Logger // nil: nothing is logged
	Roles  []string     // that the user has, of installation.Roles; nil: all
}

// Federation is a running demonstration. It is safe for concurrent use.
type Federation struct {
	dir       string
	log       *slog.Logger
	roles     []string // of the user; nil: all
	policy    *spif.Policy
	site      *spif.Site
	catalogue *catalogue
	people    peopleFile
	lock      *os.File
	nations   map[string]*services

	roots    *x509.CertPool  // for the servers among themselves
	secrets  map[link]string // by which servers know each other; of this run
	patience time.Duration   // with a partner's server
	life     context.Context // of the relays; Close ends it
	end      context.CancelFunc

	mu sync.RWMutex // worlds and their directories' contents

	workMu sync.Mutex
	closed bool
	work   sync.WaitGroup // messages that are being taken in

	inbox      *mailstore.Store // the user's mailbox
	imap       endpoint
	chats      map[string]*chatServer
	first      time.Time // the first start on this data directory
	watching   sync.WaitGroup
	collecting sync.Mutex // see collect

	refusalMu sync.Mutex
	refusals  []Refusal
}

// services are one nation's people and servers.
type services struct {
	*world
	directory                *ldaptest.Server
	ldapAddress, smtpAddress string
	ldap                     endpoint
	smtp                     mailServer
	full                     map[string]bool // addresses, in lower case, whose mailbox takes nothing more; f.mu
	box                      mailbox
}

// Start makes the people, starts all servers and writes the installation file. ctx bounds the start only; Close ends what
// was started. Errors: ErrNotDemo, ErrRunning, ErrPeople, and those of files and ports.
func Start(ctx context.Context, c Config) (*Federation, error) {
	if err := CheckDir(c.Dir); err != nil {
		return nil, err
	}
	f := &Federation{dir: c.Dir, log: c.Log, roles: c.Roles, nations: map[string]*services{}, secrets: map[link]string{}, patience: relayPatience}
	f.life, f.end = context.WithCancel(context.Background())
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if f.lock, err = lock(c.Dir); err != nil {
		f.end()
		return nil, err
	}
	if err := f.start(ctx, c); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *Federation) start(ctx context.Context, c Config) error {
	began := time.Now()
	if err := f.readPeople(c); err != nil {
		return err
	}
	var err error
	if f.policy, err = Policy(); err != nil {
		return err
	}
	if f.site, err = spif.NewSite(f.policy); err != nil {
		return err
	}
	f.catalogue = newCatalogue(f.policy)
	if err := writeFile(filepath.Join(folder(f.dir), "policy.spif.xml"), PolicyXML); err != nil {
		return err
	}
	ca, err := authority(f.dir)
	if err != nil {
		return err
	}
	f.roots = ca.Pool()
	for to, peers := range inbound {
		for from := range peers {
			f.secrets[link{from, to}] = rand.Text()
		}
	}
	secrets := installation.NewAgeFile(f.dir)
	for _, code := range Codes {
		password, err := secret(secrets, directorySecret(code))
		if err != nil {
			return err
		}
		f.nations[code] = f.newServices(cultures[code], ca, password)
	}
	if err := f.populate(ctx); err != nil {
		return err
	}
	password, err := secret(secrets, accountSecret)
	if err != nil {
		return err
	}
	if err := f.openMailbox(ca, secrets); err != nil {
		return err
	}
	if err := f.openChat(ca, secrets); err != nil {
		return err
	}
	if err := f.open(ca, password); err != nil {
		return err
	}
	if err := f.writeInstallation(); err != nil {
		return err
	}
	f.log.Info("demonstration started", "nations", len(Codes), "entries", f.people.People, "took", time.Since(began))
	return nil
}

// readPeople joins what was asked for with what the last start had.
func (f *Federation) readPeople(c Config) error {
	path := filepath.Join(folder(f.dir), "people.json")
	f.people = peopleFile{People: DefaultPeople, Seed: DefaultSeed}
	if err := readJSON(path, &f.people); err != nil {
		return err
	}
	if c.People != 0 {
		f.people.People = c.People
	}
	if c.Seed != 0 {
		f.people.Seed = c.Seed
	}
	if n := f.people.People; n < MinPeople || n > MaxPeople {
		return fmt.Errorf("%w: %d entries a nation: choose %d to %d", ErrPeople, n, MinPeople, MaxPeople)
	}
	return writeJSON(path, f.people)
}

// populate makes the people of all nations at once.
func (f *Federation) populate(ctx context.Context) error {
	errs := make([]error, len(Codes))
	var wg sync.WaitGroup
	for i, code := range Codes {
		wg.Go(func() { errs[i] = f.nations[code].generate(ctx, f.people.People) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// begin counts a message that is being taken in, until work.Done; false: the demonstration ends.
func (f *Federation) begin() bool {
	f.workMu.Lock()
	defer f.workMu.Unlock()
	if !f.closed {
		f.work.Add(1)
	}
	return !f.closed
}

// Close ends all servers in about a second; messages that are being taken in have half of it, and GBR's server ends first, so
// that it can still relay. It may be called twice.
func (f *Federation) Close() error {
	var wg sync.WaitGroup
	for _, n := range f.nations {
		wg.Go(func() {
			n.ldap.stop()
			n.directory.Close()
		})
	}
	if own := f.nations[Own]; own != nil {
		own.smtp.stop(true)
	}
	wg.Go(f.imap.stop)
	for _, c := range f.chats {
		wg.Go(c.end)
	}
	f.end()
	for _, n := range f.nations {
		wg.Go(func() { n.smtp.stop(true) })
	}
	wg.Wait()
	f.watching.Wait()
	f.workMu.Lock()
	f.closed = true
	f.workMu.Unlock()
	f.work.Wait()
	if f.lock == nil {
		return nil
	}
	if err := f.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// User is the mail address of the demonstration's user.
func (f *Federation) User() string { return UserAddress }

func (f *Federation) userDN() string {
	w := f.nations[Own].world
	return w.nodes[w.keys[keyUser]].dn
}

// Nations says where each nation's services are, in the order of Codes.
func (f *Federation) Nations() []Nation {
	var out []Nation
	for _, code := range Codes {
		n := f.nations[code]
		out = append(out, Nation{
			Code: code, Name: n.c.name, BaseDN: n.c.baseDN(), MailDomain: n.c.mailDomain(), ChatDomain: n.c.chatDomain(),
			RoomsDomain: n.c.roomsDomain(), LDAP: n.ldapAddress, SMTP: n.smtpAddress, Entries: len(n.nodes),
		})
		if code == Own {
			out[len(out)-1].IMAP = f.MailboxAddress()
		}
	}
	return out
}

// MailDir is the folder of a nation's final deliveries.
func (f *Federation) MailDir(nation string) string {
	return filepath.Join(folder(f.dir), "mail", nation)
}

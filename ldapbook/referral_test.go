package ldapbook_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// far is a second directory, Southland, that Norland's server refers to, with the same CA and account.
type far struct {
	near, south     *ldaptest.Server
	src             ldapbook.Source // of Norland, with Southland in its list
	address         string          // of Southland, for the source's security
	nearURL, farURL string
}

const southSuffix = "o=southland"

func southerner(uid, surname string) ldaptest.Entry {
	e := cleared(uid, "Sur", surname)
	e.DN = "uid=" + uid + ",ou=people," + southSuffix
	return e
}

func startFar(t *testing.T, security ldapbook.Transport) far {
	t.Helper()
	w := startEmbedded(t, startOptions{entries: crowd(10)})
	src, scheme := w.ldap, "ldap"
	if security == ldapbook.TransportLDAPS {
		src, scheme = w.ldaps, "ldaps"
	}
	ca := ldaptest.NewCA("far CA")
	south := ldaptest.New(ldaptest.Config{Suffix: southSuffix, TLS: ca.ServerTLS(), BindDN: src.BindDN, Password: src.Password, RequireBind: true})
	must(t, south.Add(southerner("s1", "Sorland"), southerner("s2", "Sand")))
	t.Cleanup(south.Close)
	src.RootCAs = src.RootCAs.Clone()
	src.RootCAs.AddCert(ca.Certificate509())
	ln := listen(t)
	if scheme == "ldaps" {
		go south.ServeTLS(ln)
	} else {
		go south.Serve(ln)
	}
	f := far{near: w.server, south: south, src: src, address: ln.Addr().String(), nearURL: src.URLs[0], farURL: scheme + "://" + ln.Addr().String()}
	f.src.Referrals = []string{f.address}
	return f
}

// toSouth makes a part of Norland's tree one of Southland's.
func (f far) toSouth() { f.near.Referral("ou=south,"+suffix, f.farURL+"/"+southSuffix) }

// TestReferralsFollowed: what lies on the other server is in the answer of each kind of search, and in the book.
func TestReferralsFollowed(t *testing.T) {
	for _, security := range []ldapbook.Transport{ldapbook.TransportLDAPS, ldapbook.TransportStartTLS} {
		t.Run(string(security), func(t *testing.T) {
			f := startFar(t, security)
			f.toSouth()
			f.near.Referral("ou=elsewhere,"+suffix, f.farURL+"/"+url.PathEscape(southerner("s1", "").DN)+"??base")
			c := dial(t, f.src)
			for range 2 { // the second time on the connection of the first
				found, incomplete, err := c.Search(t.Context(), ldapbook.Query{Text: "sur"})
				if err != nil || incomplete || len(found) != 2 {
					t.Fatalf("search: %s, %v, %v", names(found), incomplete, err)
				}
			}
			found, incomplete, err := c.ByAddress(t.Context(), []string{"s2@nor.example", "p0003@nor.example", "none@nor.example"})
			if err != nil || incomplete || len(found) != 2 {
				t.Errorf("by address: %s, %v, %v", names(found), incomplete, err)
			}
			dns := []string{crowd(3)[2].DN, "cn=anybody,ou=elsewhere," + suffix, "cn=nobody," + suffix}
			found, missing, err := c.ByDN(t.Context(), dns)
			if err != nil || len(found) != 2 || len(missing) != 1 || missing[0] != dns[2] {
				t.Errorf("by DN: %s, missing %q, %v", names(found), missing, err)
			}
			f.near.Referral("ou=elsewhere," + suffix)
			b := openBook(t)
			f.src.PageSize = 3
			wantCounts(t, mustSync(t, b, f.src), "read 12 added 12 changed 0 removed 0 unchanged 0")
			must(t, f.south.Delete(southerner("s1", "").DN))
			wantCounts(t, mustSync(t, b, f.src), "read 11 added 0 changed 0 removed 1 unchanged 11")
		})
	}
}

// The base itself may be elsewhere.
func TestReferralOfTheBase(t *testing.T) {
	f := startFar(t, ldapbook.TransportLDAPS)
	f.near.Referral(suffix, f.farURL+"/"+southSuffix)
	wantCounts(t, mustSync(t, openBook(t), f.src), "read 2 added 2 changed 0 removed 0 unchanged 0")
	if found, incomplete, err := dial(t, f.src).Search(t.Context(), ldapbook.Query{Text: "sur"}); err != nil || incomplete || len(found) != 2 {
		t.Errorf("%s, %v, %v", names(found), incomplete, err)
	}
	f.src.Referrals = nil
	if _, _, err := dial(t, f.src).Search(t.Context(), ldapbook.Query{Text: "sur"}); !errors.Is(err, ldapbook.ErrReferral) {
		t.Error(err)
	}
	if r, err := openBook(t).Sync(t.Context(), f.src, nil); !errors.Is(err, ldapbook.ErrReferral) || r.Removed != 0 {
		t.Error(r, err)
	}
}

// TestReferralsNotFollowed: what may not be followed, or cannot be, makes the answer incomplete, and is never taken for
// something that is not there.
func TestReferralsNotFollowed(t *testing.T) {
	t.Parallel() // it mostly waits
	for name, spoil := range map[string]func(f *far){
		"no server is allowed": func(f *far) { f.src.Referrals = nil },
		"another port is":      func(f *far) { f.src.Referrals = []string{"127.0.0.1:1"} },
		"another host is":      func(f *far) { f.src.Referrals = []string{strings.Replace(f.address, "127.0.0.1", "localhost", 1)} },
		"plain ldap from a TLS source": func(f *far) {
			f.near.Referral("ou=south,"+suffix, "ldap://"+f.address+"/"+southSuffix)
		},
		"no LDAP URL":          func(f *far) { f.near.Referral("ou=south,"+suffix, "https://"+f.address+"/"+southSuffix) },
		"no URL":               func(f *far) { f.near.Referral("ou=south,"+suffix, "%zz") },
		"a filter of its own":  func(f *far) { f.near.Referral("ou=south,"+suffix, f.farURL+"/"+southSuffix+"??sub?(cn=*)") },
		"a critical extension": func(f *far) { f.near.Referral("ou=south,"+suffix, f.farURL+"/"+southSuffix+"????!x=y") },
		"an unknown scope":     func(f *far) { f.near.Referral("ou=south,"+suffix, f.farURL+"/"+southSuffix+"??all") },
		"no base":              func(f *far) { f.near.Referral("ou=south,"+suffix, f.farURL) },
		"user in the URL": func(f *far) {
			f.near.Referral("ou=south,"+suffix, strings.Replace(f.farURL, "://", "://x:y@", 1)+"/"+southSuffix)
		},
		"no such base there":     func(f *far) { f.near.Referral("ou=south,"+suffix, f.farURL+"/o=gone") },
		"the account is refused": func(f *far) { f.south.RefuseBind(true) },
		"the server is down":     func(f *far) { f.south.Close() },
		"the server hangs":       func(f *far) { f.south.Hang(true); f.src.Timeout = short },
		"its pages loop":         func(f *far) { f.south.LoopPages(true); f.src.PageSize = 1 },
		"it gives only a part":   func(f *far) { f.south.SizeLimit(1) },
		"its key is not pinned": func(f *far) {
			f.src.Trust.Pins = [][32]byte{} // filled in below, by the near server's key
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFar(t, ldapbook.TransportLDAPS)
			f.toSouth()
			b := openBook(t)
			wantCounts(t, mustSync(t, b, f.src), "read 12 added 12 changed 0 removed 0 unchanged 0")
			spoil(&f)
			if f.src.Trust.Pins != nil {
				f.src.Trust.Pins = [][32]byte{keyOf(t, f.src)}
			}
			var found []ldapbook.Entry
			var incomplete bool
			err := bounded(t, func(ctx context.Context) (err error) {
				found, incomplete, err = dial(t, f.src).Search(ctx, ldapbook.Query{})
				return err
			})
			if name != "its pages loop" && (err != nil || !incomplete) { // a small search has no pages
				t.Errorf("search: %s, %v, %v", names(found), incomplete, err)
			}
			var r ldapbook.SyncResult
			err = bounded(t, func(ctx context.Context) (err error) {
				r, err = b.Sync(ctx, f.src, nil)
				return err
			})
			if err != nil || !r.Incomplete || r.Removed != 0 {
				t.Errorf("sync: %+v, %v", r, err)
			}
			if s := status(t, b); s.Entries != 12 {
				t.Errorf("%+v", s)
			}
			if name == "no such base there" || name == "its pages loop" || name == "it gives only a part" {
				return
			}
			c := dial(t, f.src)
			err = bounded(t, func(ctx context.Context) error {
				_, _, err := c.ByDN(ctx, []string{"cn=x,ou=south," + suffix})
				return err
			})
			if !errors.Is(err, ldapbook.ErrReferral) {
				t.Errorf("by DN: %v", err)
			}
		})
	}
}

// Referrals that go in circles, or on and on, come to an end.
func TestReferralLoop(t *testing.T) {
	f := startFar(t, ldapbook.TransportStartTLS)
	f.src.Referrals = append(f.src.Referrals, strings.TrimPrefix(f.nearURL, "ldap://"))
	count := func(incomplete bool) {
		t.Helper()
		var found []ldapbook.Entry
		var part bool
		err := bounded(t, func(ctx context.Context) (err error) {
			found, part, err = dial(t, f.src).Search(ctx, ldapbook.Query{Text: "sur"})
			return err
		})
		if err != nil || part != incomplete || len(found) != 2 {
			t.Errorf("%s, %v, %v", names(found), part, err)
		}
	}
	f.toSouth()
	count(false)
	f.south.Referral("ou=north,"+southSuffix, f.nearURL+"/"+suffix) // back to where it began
	count(true)
	f.south.Referral("ou=north,"+southSuffix, f.farURL+"/"+southSuffix) // to itself
	count(true)
	f.south.Referral("ou=north,"+southSuffix, f.farURL+"/ou=people,"+southSuffix) // to what is read already
	count(false)
}

// Referrals that lead from one to the next without end are followed for eight steps.
func TestReferralChain(t *testing.T) {
	f := startFar(t, ldapbook.TransportLDAPS)
	for i := range 100 {
		f.south.Referral(fmt.Sprintf("ou=step%d,%s", i, southSuffix), fmt.Sprintf("%s/ou=step%d,%s", f.farURL, i+1, southSuffix))
	}
	f.near.Referral("ou=south,"+suffix, f.farURL+"/ou=step0,"+southSuffix)
	found, incomplete, err := dial(t, f.src).Search(t.Context(), ldapbook.Query{Text: "ola"})
	if err != nil || !incomplete || len(found) != 10 || f.south.Searches() != 8 {
		t.Errorf("%d, %v, %v, after %d searches", len(found), incomplete, err, f.south.Searches())
	}
}

// What several references name is asked for once.
func TestReferralsToTheSame(t *testing.T) {
	f := startFar(t, ldapbook.TransportLDAPS)
	for i, spelled := range []string{southSuffix, "O=Southland", "o=southland??sub", "%6f=southland"} {
		f.near.Referral(fmt.Sprintf("ou=u%d,%s", i, suffix), f.farURL+"/"+spelled)
	}
	found, incomplete, err := dial(t, f.src).Search(t.Context(), ldapbook.Query{Text: "sur"})
	if err != nil || incomplete || len(found) != 2 || f.south.Searches() != 1 {
		t.Errorf("%d, %v, %v, after %d searches", len(found), incomplete, err, f.south.Searches())
	}
}

// A server with thousands of references is not followed to all of them.
func TestReferralsWithoutNumber(t *testing.T) {
	f := startFar(t, ldapbook.TransportLDAPS)
	for i := range 500 {
		f.near.Referral(fmt.Sprintf("ou=s%d,%s", i, suffix), fmt.Sprintf("%s/ou=%d,%s", f.farURL, i, southSuffix))
	}
	err := bounded(t, func(ctx context.Context) error {
		_, incomplete, err := dial(t, f.src).Search(ctx, ldapbook.Query{Text: "sur"})
		if !incomplete {
			t.Error("complete")
		}
		return err
	})
	if err != nil || f.south.Searches() != 64 {
		t.Errorf("%v, after %d searches", err, f.south.Searches())
	}
}

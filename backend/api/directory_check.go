package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/federation"
	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/ldapbook"
)

// TestDocument says what a connection test found.
type TestDocument struct {
	Directory      string             `json:"directory"`
	Nation         string             `json:"nation"`
	OK             bool               `json:"ok"`
	Error          string             `json:"error,omitempty"`
	URL            string             `json:"url,omitempty"`
	Transport      string             `json:"transport,omitempty"`
	Auth           string             `json:"auth"`
	Certificate    *CertificateOutput `json:"certificate" doc:"of the server; null: no TLS"`
	Chain          []ChainCertificate `json:"chain" nullable:"false" doc:"what the server showed, its own certificate first, believed or not"`
	Vendor         string             `json:"vendor,omitempty"`
	NamingContexts []string           `json:"namingContexts" nullable:"false"`
	Paging         bool               `json:"paging"`
	Strategies     []string           `json:"strategies" nullable:"false" doc:"how it can be kept up to date, best first"`
	Strategy       string             `json:"strategy,omitempty" doc:"how it will be"`
	Entries        int                `json:"entries" doc:"how many entries a small search brought"`
	WithClearance  int                `json:"withClearance" doc:"how many of them have a clearance"`
	ClockAhead     *float64           `json:"clockAheadSeconds" doc:"how far the server's clock is ahead of ours, negative: behind; null: it does not tell the time"`
	Checks         []CheckOutput      `json:"checks" nullable:"false" doc:"step by step, up to the first that failed"`
}

// CheckOutput is one step of a test.
type CheckOutput struct {
	Step string `json:"step" enum:"setup,connection,certificate,bind,base,entries,clearance,paging,strategy,file"`
	OK   bool   `json:"ok"`
	Text string `json:"text" doc:"what was found, or what is wrong and what to do"`
}

// TestDirectory connects to a directory, binds and looks around.
func (s *Service) TestDirectory(ctx context.Context, name string) (TestDocument, error) {
	d, ok := s.fed.Directory(name)
	if !ok {
		return TestDocument{}, s.noDirectory(name)
	}
	look, err := s.fed.Look(ctx, d)
	return s.found(d, look, err), nil
}

// found says what a look at a directory found; err is why it could not be made, or not to the end.
func (s *Service) found(d installation.Directory, look federation.Look, err error) TestDocument {
	out := TestDocument{Directory: d.Name, Nation: d.Nation, Auth: d.AuthMethod(), NamingContexts: []string{}, Strategies: []string{}}
	out.Chain = chainOutput(look.Chain)
	out.URL, out.Transport, out.Certificate = look.URL, string(look.Transport), certificateOutput(look.Certificate)
	out.Vendor, out.NamingContexts, out.Paging = look.Vendor, notNil(look.NamingContexts), look.Paging
	out.Entries, out.WithClearance = look.Entries, look.WithClearance
	if !look.Clock.IsZero() {
		ahead := look.Clock.Sub(look.Asked).Round(time.Second).Seconds()
		out.ClockAhead = &ahead
	}
	if d.LDIF != "" {
		out.Checks = checkFile(d, look, err, s.now())
	} else {
		if look.Vendor != "" || len(look.Controls) > 0 || err == nil {
			out.Strategies = strategies(look.Controls)
			out.Strategy = cmp.Or(d.Sync, strategyAuto)
			if out.Strategy == strategyAuto {
				out.Strategy = out.Strategies[0]
			}
		}
		out.Checks = checkServer(d, look, err, out, s.now())
	}
	if out.OK = err == nil; err != nil {
		out.Error = plain.Text(err)
	}
	return out
}

func certificateOutput(c *x509.Certificate) *CertificateOutput {
	if c == nil {
		return nil
	}
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return &CertificateOutput{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(), NotAfter: c.NotAfter.UTC(), Pin: "sha256:" + hex.EncodeToString(sum[:]),
	}
}

// strategies lists how a server can be kept up to date, best first. What it does not offer as a control may work all the same:
// entries that carry the time of their change, and reading everything.
func strategies(controls []string) []string {
	var out []string
	for _, s := range ldapbook.StrategiesOffered(controls) {
		out = append(out, string(s))
	}
	return append(out, string(ldapbook.StrategyChanges), string(ldapbook.StrategyFull))
}

// steps are the checks of a server in their order, with the errors that say that this one failed.
var steps = []struct {
	name string
	errs []error
}{
	{"setup", []error{ldapbook.ErrSource, installation.ErrSecret, installation.ErrInvalid}},
	{"connection", []error{ldapbook.ErrUnreachable, ldapbook.ErrTimeout, context.DeadlineExceeded, ldapbook.ErrProtocol}},
	{"certificate", []error{ldapbook.ErrTLS}},
	{"bind", []error{ldapbook.ErrBind}},
	{"base", []error{ldapbook.ErrNoSuchBase}},
	{"entries", []error{ldapbook.ErrRefused, ldapbook.ErrSizeLimit}},
}

// failedStep is the number of the step that failed, of several servers by the one that went farthest; len(steps) when none did.
func failedStep(err error) int {
	if err == nil {
		return len(steps)
	}
	for i, s := range slices.Backward(steps) {
		if slices.ContainsFunc(s.errs, func(e error) bool { return errors.Is(err, e) }) {
			return i
		}
	}
	return 1
}

// checkServer lists the steps up to the first that failed.
func checkServer(d installation.Directory, look federation.Look, err error, doc TestDocument, now time.Time) []CheckOutput {
	failed := failedStep(err)
	found := map[string]string{
		"setup":       fmt.Sprintf("%s, %s", d.AuthMethod(), d.SchemaName()),
		"connection":  connectionText(doc, d),
		"certificate": certificateText(doc.Certificate, d, now),
		"bind":        bindText(d),
		"base":        fmt.Sprintf("%s is there", d.BaseDN),
		"entries":     fmt.Sprintf("%d looked at", doc.Entries),
	}
	out := []CheckOutput{}
	for i, step := range steps {
		if i == failed {
			return append(out, CheckOutput{Step: step.name, Text: advice(step.name, d, look, err)})
		}
		out = append(out, CheckOutput{Step: step.name, OK: true, Text: found[step.name]})
	}
	return append(out, checkContent(d, doc)...)
}

// checkContent judges what was found: no error of the connection, and yet of little use.
func checkContent(d installation.Directory, doc TestDocument) []CheckOutput {
	last := CheckOutput{Step: "clearance", OK: doc.WithClearance > 0, Text: fmt.Sprintf("%d of %d entries looked at have one", doc.WithClearance, doc.Entries)}
	switch {
	case doc.Entries == 0:
		last.Text = "below base_dn there is no entry of a class that the schema knows: `caveat directory propose` looks for a mapping"
	case doc.WithClearance == 0:
		last.Text += ": nothing could be sent to them; perhaps the name we bind by may not read the attribute, or the mapping names another one"
	case d.IsUnprotected() && d.Ceiling == nil:
		last.OK, last.Text = false, last.Text+", and without plain_ceiling none of them counts, because the connection is unprotected"
	}
	paging := CheckOutput{Step: "paging", OK: doc.Paging, Text: "supported"}
	if !doc.Paging {
		paging.Text = "not supported: more entries than the server's size limit cannot be read"
	}
	strategy := CheckOutput{Step: "strategy", OK: d.Mode != installation.ModeMirror || slices.Contains(doc.Strategies, doc.Strategy), Text: doc.Strategy}
	if !strategy.OK {
		strategy.Text = fmt.Sprintf("sync = %q, which the server does not offer: take auto", doc.Strategy)
	}
	return []CheckOutput{last, paging, strategy}
}

// connectionText says where the server is; of one that refused us later, what was tried.
func connectionText(doc TestDocument, d installation.Directory) string {
	if doc.URL == "" {
		return fmt.Sprintf("%s, %s", strings.Join(d.URLs, " or "), d.Transport())
	}
	return fmt.Sprintf("%s, %s", doc.URL, doc.Transport)
}

func certificateText(c *CertificateOutput, d installation.Directory, now time.Time) string {
	switch {
	case c == nil && d.IsUnprotected():
		return "none: the connection is unprotected"
	case c == nil:
		return "the one that it showed is trusted"
	}
	text := fmt.Sprintf("%s, by %s, until %s, %s", c.Subject, c.Issuer, c.NotAfter.Format("2 Jan 2006"), c.Pin)
	if c.NotAfter.Sub(now) < installation.PolicyWarning {
		text += ": it ends soon"
	}
	return text
}

func bindText(d installation.Directory) string {
	switch {
	case d.BindDN != "":
		return d.AuthMethod() + ", as " + d.BindDN
	case d.Kerberos != nil && d.Kerberos.Principal != "":
		return d.AuthMethod() + ", as " + d.Kerberos.Principal
	}
	return d.AuthMethod()
}

// advice says what is wrong with a step, and what to do.
func advice(step string, d installation.Directory, look federation.Look, err error) string {
	more := map[string]string{
		"setup":       "mend the section of the directory, or store the secret",
		"connection":  "is the URL right, and does the network let us through?",
		"certificate": "is ca the one that issued it, server_name the name in it, and is it in force and not revoked?",
		"bind":        "is bind_dn right, and the stored password?",
		"entries":     "may the name we bind by search there?",
	}[step]
	if step == "base" {
		more = "the server does not say what it holds"
		if len(look.NamingContexts) > 0 {
			more = fmt.Sprintf("the server holds %q", look.NamingContexts)
		}
	}
	return plain.Text(err) + ": " + more
}

func checkFile(d installation.Directory, look federation.Look, err error, now time.Time) []CheckOutput {
	if err != nil {
		return []CheckOutput{{Step: "file", Text: plain.Text(err)}}
	}
	age := now.Sub(look.FileTime).Round(time.Minute)
	out := []CheckOutput{{Step: "file", OK: true, Text: fmt.Sprintf("%s, %d bytes, written %s: what it says is %s old", d.LDIF, look.FileSize,
		look.FileTime.Format("2 Jan 2006, 15:04Z"), age)}}
	if d.Ceiling == nil {
		out = append(out, CheckOutput{Step: "clearance", Text: "without plain_ceiling nothing in it counts, because nobody signed it"})
	}
	return out
}

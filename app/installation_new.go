package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"caveat/backend/installation"
	"caveat/backend/policybook"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// installationNewCommand makes an installation from nothing. All that it needs is on the command line, so that scripts can run it.
type installationNewCommand struct {
	Name   string `required:"" help:"Of this installation, as it stands in the window." placeholder:"NAME"`
	Nation string `required:"" help:"Three-letter code of the own nation." placeholder:"N"`

	Policy        string   `required:"" help:"Security policy that governs (SPIF), - for standard input." placeholder:"FILE"`
	Accept        string   `xor:"trust" help:"Why the policy is accepted though nobody verifies its signature; it stays in the installation file." placeholder:"WORDS"`
	Signer        string   `xor:"trust" help:"Certificate by which the policy and its later versions must be signed, PEM." placeholder:"FILE"`
	RequireTagSet []string `sep:"none" help:"Tag set that a label must have; left out: Context, of the NATO policy." placeholder:"NAME"`

	UpTo  string   `help:"Highest classification that this installation may hold at all." placeholder:"CLASS"`
	Value []string `sep:"none" help:"What it may hold of a tag set." placeholder:"TAGSET=VALUES"`

	MailDomain []string `help:"Domain of the own nation's mail: its own servers carry it." placeholder:"DOMAIN"`
	ChatDomain []string `help:"Domain of the own nation's chat." placeholder:"DOMAIN"`
}

// signerName is the [[ca]] under which the certificate of the policy's signer is kept.
const signerName = "policy-signer"

// nationForm is that of ISO 3166-1 alpha-3, and of the codes that STANAG 1059 adds.
var nationForm = regexp.MustCompile(`^[A-Z]{3}$`)

func (cmd installationNewCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	if err := nothingYet(dir); err != nil {
		return err
	}
	p, document, err := cmd.readPolicy(c)
	if err != nil {
		return err
	}
	f, err := cmd.file(c, p, document)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, installation.FileName)
	if _, err := installation.New(f, path); err != nil { // before anything is written
		return err
	}
	s, err := store.Open(ctx, dir, "caveat installation new")
	if err != nil {
		return err
	}
	defer s.Close()
	in, err := create(ctx, s, f, p, document)
	if err != nil {
		return err
	}
	for _, w := range append(in.Warnings, in.PolicyWarnings(now())...) {
		c.warn("%s", w)
	}
	next := cmd.next()
	doc := map[string]any{"path": path, "policy": lintPolicy{Name: p.Name(), ID: p.ID(), Version: p.Version(), SHA256: p.SHA256()}, "next": next}
	return c.answer(doc, func(out io.Writer) {
		in.Describe(out)
		with := ""
		if c.data != "" {
			with = ", with the same --data"
		}
		fmt.Fprintf(out, "\nNext%s:\n", with)
		for _, n := range next {
			fmt.Fprintf(out, "  %s\n      %s\n", n.Command, n.For)
		}
		if !s.IsHolder() {
			fmt.Fprintf(out, "%s takes it into use when it is started again.\n", s.Holder())
		}
	})
}

// nothingYet refuses where there is an installation already, even one that cannot be read: nobody's work is overwritten.
func nothingYet(dir string) error {
	if isDemo(dir) {
		return fmt.Errorf("%s belongs to the demonstration, which writes its own installation at each start: choose another directory with --data", dir)
	}
	in, err := installation.Find(dir)
	switch {
	case errors.Is(err, installation.ErrNone):
		return nil
	case err != nil:
		return fmt.Errorf("there is an installation file already, and it is not overwritten: %w", err)
	case in.Managed:
		return fmt.Errorf("this machine is centrally managed by %s: change that file instead", in.Path)
	}
	return fmt.Errorf("%w: %s: `caveat installation show` shows it, `caveat installation import FILE` puts another in its place", installation.ErrExists, in.Path)
}

// readPolicy reads a policy that can be used, and has not ended.
func (cmd installationNewCommand) readPolicy(c *console) (*spif.Policy, []byte, error) {
	data, err := c.readFile(cmd.Policy, spif.MaxSize)
	if err != nil {
		return nil, nil, err
	}
	found, p := spif.Lint(data, now())
	if p == nil {
		i := slices.IndexFunc(found, func(f spif.Finding) bool { return f.Severity == spif.SeverityError })
		return nil, nil, fmt.Errorf("%s: line %d, column %d: %s; `caveat policy lint` says everything", cmd.Policy, found[i].Line, found[i].Column, found[i].Text)
	}
	if end := p.NotAfter(); !end.IsZero() && now().After(end) {
		return nil, nil, fmt.Errorf("policy %s version %d ended on %s: nothing could be cleared under it", p.Name(), p.Version(), end.UTC().Format("2 Jan 2006"))
	}
	return p, data, nil
}

// file is the installation file that the flags ask for; the policy is in it whole.
func (cmd installationNewCommand) file(c *console, p *spif.Policy, document []byte) (installation.File, error) {
	if !nationForm.MatchString(cmd.Nation) {
		return installation.File{}, usageError{fmt.Sprintf("--nation %q: three capital letters, such as GBR", cmd.Nation)}
	}
	clearance, err := cmd.clearance(p)
	if err != nil {
		return installation.File{}, err
	}
	f := installation.File{Format: 1, System: installation.SystemFile{Name: cmd.Name, Nation: cmd.Nation, Clearance: clearance}}
	section := installation.PolicyFile{SPIF: string(document), SHA256: p.SHA256(), RequireTagSets: cmd.RequireTagSet}
	if len(section.RequireTagSets) == 0 {
		section.RequireTagSets = installation.RequiredTagSets(p)
	}
	for _, set := range section.RequireTagSets {
		if len(clearance.Categories[set]) == 0 {
			return installation.File{}, usageError{fmt.Sprintf("a label must have a value of %q, and this installation may hold none: no label could be chosen; say which with --value %q", set, set+"=VALUES")}
		}
	}
	why := strings.Join(strings.Fields(cmd.Accept), " ")
	switch {
	case cmd.Signer != "":
		pem, err := c.readFile(cmd.Signer, 1<<20)
		if err != nil {
			return installation.File{}, err
		}
		f.CAs = []installation.CAFile{{Name: signerName, PEM: string(pem)}}
		section.Signer = signerName
	case why != "":
		section.AcceptUnsigned = fmt.Sprintf("Accepted by %s on %s: %s", loginName(), now().UTC().Format("2 Jan 2006, 15:04Z"), why)
	default:
		return installation.File{}, usageError{"say why the policy is accepted though nobody verifies its signature (--accept WORDS), or name the certificate of its signer (--signer FILE)"}
	}
	f.Policies = []installation.PolicyFile{section}
	for _, own := range []struct {
		channel string
		domains []string
	}{{"mail", cmd.MailDomain}, {"chat", cmd.ChatDomain}} {
		for _, d := range own.domains {
			f.Routes = append(f.Routes, installation.RouteFile{Domain: d, Channel: own.channel, Nation: cmd.Nation, Own: true})
		}
	}
	return f, nil
}

// clearance is system high: what the installation may hold at all.
func (cmd installationNewCommand) clearance(p *spif.Policy) (installation.Clearance, error) {
	if p.Class(cmd.UpTo) == nil {
		var names []string
		for _, k := range p.Classes() {
			names = append(names, k.Name())
		}
		return installation.Clearance{}, usageError{fmt.Sprintf("--up-to %q: the highest classification that this installation may hold at all; policy %s has %s", cmd.UpTo, p.Name(), strings.Join(names, ", "))}
	}
	out := installation.Clearance{Policy: p.Name(), UpTo: cmd.UpTo, Categories: map[string][]string{}}
	for _, text := range cmd.Value {
		set, list, ok := strings.Cut(text, "=")
		if !ok || len(fields(list)) == 0 {
			return installation.Clearance{}, usageError{fmt.Sprintf("--value %q: TAGSET=VALUE,…", text)}
		}
		out.Categories[set] = append(out.Categories[set], fields(list)...)
	}
	return out, nil
}

// create keeps the policy as a version, and writes the file that names it there.
func create(ctx context.Context, s *store.Store, f installation.File, p *spif.Policy, document []byte) (*installation.Installation, error) {
	book := policybook.New(s, now)
	section := &f.Policies[0]
	// Recorded first: what is in the log and then fails is harmless; what is not in the log must not be.
	if err := recordSettings(ctx, s, fmt.Sprintf("installation made: %s of %s, policy %s version %d, SHA-256 %s", f.System.Name, f.System.Nation, p.Name(), p.Version(), p.SHA256())); err != nil {
		return nil, err
	}
	if _, _, err := book.Load(ctx, p, document, policybook.Version{LoadedBy: loginName()}, nil); err != nil {
		return nil, err
	}
	section.SPIF, section.File = "", filepath.ToSlash(policybook.Path(p.SHA256()))
	in, err := installation.New(f, filepath.Join(s.Dir(), installation.FileName))
	if err != nil {
		return nil, err
	}
	if err := in.Create(); err != nil {
		return nil, err
	}
	return in, book.Put(ctx, p.SHA256(), loginName(), section.AcceptUnsigned)
}

// nextCommand is what to do after this one.
type nextCommand struct {
	Command string `json:"command"`
	For     string `json:"for"`
}

// next is what an installation needs before it can send.
func (cmd installationNewCommand) next() []nextCommand {
	domain := "DOMAIN"
	if len(cmd.MailDomain) > 0 {
		domain = cmd.MailDomain[0]
	}
	return []nextCommand{
		{fmt.Sprintf("caveat directory add %s --nation %[1]s --url ldap://SERVER --ca-file CA.pem --mail-domain %s", cmd.Nation, domain), "the own nation's directory: who there is, and with which clearance"},
		{"caveat book sync", "reads it"},
		{"caveat account add NAME --kind smtp --address SERVER:587 --ca-file CA.pem --user USER --password-file FILE", "where mail is handed in"},
		{fmt.Sprintf("caveat identity add --user %s --directory %s --dn DN --mail YOU@%s --account NAME", loginName(), cmd.Nation, domain), "who you are in the directory"},
		{"caveat doctor", "whether all of it works"},
		{"caveat serve", "the app in the browser; routes to other nations are set on its page Directories"},
	}
}

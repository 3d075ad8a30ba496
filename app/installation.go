package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/store"
)

type installationCommand struct {
	New    installationNewCommand    `cmd:"" help:"Make an installation from nothing: a name, a nation, a policy, and what it may hold at all."`
	Show   installationShowCommand   `cmd:"" help:"What is set up."`
	Import installationImportCommand `cmd:"" help:"Take an installation file or bundle into use."`
	Export installationExportCommand `cmd:"" help:"Write everything but secrets into one file."`
	Rules  installationRulesCommand  `cmd:"" help:"Sets of rules, such as phases of the mission."`
	Secret installationSecretCommand `cmd:"" help:"Store a password that the installation file names; it is read from standard input."`
}

func (c *console) installation() (*installation.Installation, string, error) {
	dir, err := c.dataDir()
	if err != nil {
		return nil, "", err
	}
	in, err := installation.Find(dir)
	return in, dir, err
}

type installationShowCommand struct{}

// installationDocument is the summary of an installation. The file itself is not in it: it may hold more than drafters see.
type installationDocument struct {
	Name     string   `json:"name"`
	Nation   string   `json:"nation"`
	Managed  bool     `json:"managed"`
	Path     string   `json:"path"`
	Secrets  []string `json:"secrets"`
	Warnings []string `json:"warnings"`
}

func (installationShowCommand) Run(c *console) error {
	in, _, err := c.installation()
	if err != nil {
		return err
	}
	doc := installationDocument{
		Name: in.File.System.Name, Nation: in.File.System.Nation, Managed: in.Managed, Path: in.Path,
		Secrets: append([]string{}, in.Secrets()...), Warnings: append(append([]string{}, in.Warnings...), in.PolicyWarnings(now())...),
	}
	return c.answer(doc, in.Describe)
}

type installationImportCommand struct {
	File string `arg:"" help:"Installation file or bundle."`
}

func (cmd installationImportCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	if have, err := installation.Find(dir); err == nil && have.Managed {
		return fmt.Errorf("this machine is centrally managed by %s: change that file instead", have.Path)
	} else if err != nil && !errors.Is(err, installation.ErrNone) && !errors.Is(err, installation.ErrInvalid) && !errors.Is(err, installation.ErrSyntax) {
		return err
	}
	if isDemo(dir) {
		return fmt.Errorf("%s belongs to the demonstration, which writes its own installation at each start: choose another directory with --data", dir)
	}
	if _, err := os.Stat(cmd.File); err != nil {
		return err
	}
	in, err := installation.Load(cmd.File)
	if err != nil {
		return err
	}
	bundle, err := in.Bundle()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, dir, "caveat installation import")
	if err != nil {
		return err
	}
	defer s.Close()
	path := filepath.Join(dir, installation.FileName)
	moves, err := c.secretMoves(dir, in)
	if err != nil {
		return err
	}
	if err := api.TakeInstallation(ctx, s, path, loginName(), cmd.File, bundle); err != nil {
		return err
	}
	doc := map[string]any{"path": path, "secrets": append([]string{}, in.Secrets()...), "moved": moves}
	return c.answer(doc, func(out io.Writer) {
		if s.IsHolder() {
			fmt.Fprintf(out, "%s is in use now.\n", path)
		} else {
			fmt.Fprintf(out, "%s counts for new commands now, and %s takes it up.\n", path, s.Holder())
		}
		for _, m := range moves {
			fmt.Fprintf(out, "Beware: %s.\n", oneLine(m))
		}
		for _, name := range in.Secrets() {
			fmt.Fprintf(out, "Store its password %q with: caveat installation secret %s\n", name, name)
		}
	})
}

// secretMoves says which stored secrets another installation uses elsewhere than the one in use. Whoever imports it here can read them
// all, so that he may; he is told. One that cannot be read uses none.
func (c *console) secretMoves(dir string, next *installation.Installation) ([]string, error) {
	out := []string{}
	now, err := installation.Load(filepath.Join(dir, installation.FileName))
	if err != nil {
		return out, nil
	}
	moves, err := now.SecretMoves(next, func(string) bool { return false })
	for _, m := range moves {
		out = append(out, m.String())
	}
	return out, err
}

// isDemo reports whether a data directory is the demonstration's.
func isDemo(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "demo"))
	return err == nil
}

// warnOfDemo says that a change to the installation will not last.
func (c *console) warnOfDemo(dir string) {
	if isDemo(dir) {
		c.warn("%s belongs to the demonstration, which writes its own installation at each start: this change is gone then", dir)
	}
}

func recordSettings(ctx context.Context, s *store.Store, what string) error {
	return s.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeSettings, map[string]string{"what": what, "by": loginName()})
		return err
	})
}

type installationExportCommand struct {
	File string `arg:"" help:"File to write, - for standard output."`
}

func (cmd installationExportCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat installation export")
	if err != nil {
		return err
	}
	defer w.Close()
	bundle, err := w.service.ExportBundle(ctx) // who did it is in the log then
	if err != nil {
		return err
	}
	if cmd.File == "-" {
		_, err := io.WriteString(c.out, bundle.Text)
		return err
	}
	if err := installation.WriteFile(cmd.File, []byte(bundle.Text)); err != nil {
		return err
	}
	return c.answer(map[string]string{"file": cmd.File}, func(out io.Writer) { fmt.Fprintf(out, "%s holds everything but the secrets.\n", cmd.File) })
}

type installationSecretCommand struct {
	Name string `arg:"" help:"Name of the secret in the installation file."`
}

// maxSecret is the longest password that is read, in bytes.
const maxSecret = 4096

func (cmd installationSecretCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	in, _, err := c.installation()
	if err != nil {
		return err
	}
	if !slices.Contains(in.Secrets(), cmd.Name) {
		return fmt.Errorf("%s names no secret %q, so that nobody would ever use it; it names %s", in.Path, cmd.Name,
			orText(strings.Join(in.Secrets(), ", "), "none"))
	}
	data, err := c.readFile("-", maxSecret)
	if err != nil {
		return err
	}
	value := strings.TrimRight(string(data), "\r\n")
	if value == "" {
		return errors.New("standard input holds no password")
	}
	s, err := store.Open(ctx, dir, "caveat installation secret")
	if err != nil {
		return err
	}
	defer s.Close()
	secrets, err := c.openSecrets(ctx, s, dir, in)
	if err != nil {
		return err
	}
	if err := api.RecordSecret(ctx, s, loginName(), cmd.Name, "secret stored: "+cmd.Name); err != nil {
		return err
	}
	if err := secrets.SetSecret(cmd.Name, value); err != nil {
		return err
	}
	place, err := secrets.Place()
	if err != nil {
		return err
	}
	where := map[string]string{installation.SecretsInKeychain: "in the system's keychain", installation.SecretsInFile: "in secrets.age of the data directory"}[place]
	return c.answer(map[string]string{"stored": cmd.Name, "place": place}, func(out io.Writer) {
		fmt.Fprintf(out, "The secret %s is stored %s.\n", cmd.Name, where)
	})
}

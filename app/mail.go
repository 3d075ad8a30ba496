package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/installation"
	"caveat/backend/message"
	"caveat/backend/spif"
)

type mailCommand struct {
	Show mailShowCommand `cmd:"" help:"What a message says, how sensitive it says it is, and whether that holds under the policy."`
}

type mailShowCommand struct {
	File string   `arg:"" help:"Message (.eml), - for standard input."`
	SPIF []string `name:"spif" sep:"none" placeholder:"FILE" help:"Policy file; repeat for several. Left out, the installation's policies."`
	Lang string   `default:"en" help:"Language of what the policy says, such as en or fr."`
}

// Run ends with 3 when the label is faulty, invalid, or something else than the marking; a message without any label is no fault.
func (cmd mailShowCommand) Run(c *console) error {
	site, err := cmd.site(c)
	if err != nil {
		return err
	}
	f, err := c.openMail(cmd.File)
	if err != nil {
		return err
	}
	defer f.Close()
	d, err := readMail(f, site, cmd.Lang)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if err := c.answer(d, d.print); err != nil {
		return err
	}
	if s := message.Fault(d.Label.Fault); s != message.FaultNone && s != message.FaultNoLabel {
		return exitStatus(exitDenied)
	}
	return nil
}

// site gives the policies: those named, else those of the installation; nil where there is no installation.
func (cmd mailShowCommand) site(c *console) (*spif.Site, error) {
	if len(cmd.SPIF) > 0 {
		return readSite(cmd.SPIF)
	}
	dir, err := c.dataDir()
	if err != nil {
		return nil, err
	}
	in, err := installation.Find(dir)
	if errors.Is(err, installation.ErrNone) {
		c.warn("no policy is known: name one with --spif")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return in.Site, nil
}

// mailFile is a message that can be read twice.
type mailFile struct {
	*os.File
	temporary string
}

// Close implements io.Closer.
func (f mailFile) Close() error {
	err := f.File.Close()
	if f.temporary != "" {
		err = errors.Join(err, os.Remove(f.temporary))
	}
	return err
}

// openMail opens a message; standard input is kept in a file of its own meanwhile, because it may be long.
func (c *console) openMail(path string) (_ mailFile, err error) {
	if path != "-" {
		f, err := os.Open(path)
		return mailFile{File: f}, err
	}
	f, err := os.CreateTemp("", "caveat-mail-*") // mode 0600
	if err != nil {
		return mailFile{}, err
	}
	kept := mailFile{File: f, temporary: f.Name()}
	if _, err = io.Copy(f, io.LimitReader(c.in, message.MaxMail+1)); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return mailFile{}, errors.Join(err, kept.Close())
	}
	return kept, nil
}

func readMail(f io.ReadSeeker, site *spif.Site, lang string) (mailDocument, error) {
	m, err := message.ReadMail(f, site, now())
	if err != nil {
		return mailDocument{}, err
	}
	d := documentOf(m, lang)
	if !m.IsReport {
		return d, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return mailDocument{}, err
	}
	r, err := message.ReadReport(f)
	if err != nil && !errors.Is(err, message.ErrNoReport) {
		d.ReportError = err.Error()
	}
	if err == nil {
		d.Report = reportOf(r)
	}
	return d, nil
}

func reasonsOf(problems []spif.Problem, warnings bool, lang string) []cmbac.Reason {
	out := []cmbac.Reason{}
	for _, p := range problems {
		if p.Warning == warnings {
			out = append(out, cmbac.Told(p, lang))
		}
	}
	return out
}

func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

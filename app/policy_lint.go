package app

import (
	"fmt"
	"io"
	"time"

	"caveat/backend/spif"
)

type policyLintCommand struct {
	File string `arg:"" help:"Policy file, - for standard input."`
}

// lintDocument is the answer of policy lint. Name, version and hash are there when the policy can be used.
type lintDocument struct {
	File     string        `json:"file"`
	Usable   bool          `json:"usable"` // no finding is an error
	Policy   *lintPolicy   `json:"policy,omitempty"`
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Notes    int           `json:"notes"`
	Findings []lintFinding `json:"findings"`
}

type lintPolicy struct {
	Name    string `json:"name"`
	ID      string `json:"id"`
	Version int    `json:"version"`
	SHA256  string `json:"sha256"`
}

type lintFinding struct {
	Rule     string        `json:"rule"`
	Severity spif.Severity `json:"severity"`
	Line     int           `json:"line"`
	Column   int           `json:"column"`
	Path     string        `json:"path"`
	Text     string        `json:"text"`
}

func (cmd policyLintCommand) Run(c *console) error {
	data, err := c.readFile(cmd.File, spif.MaxSize)
	if err != nil {
		return err
	}
	d := lint(cmd.File, data, time.Now())
	if err := c.answer(d, d.print); err != nil {
		return err
	}
	if !d.Usable {
		return exitStatus(exitDenied)
	}
	return nil
}

func lint(file string, data []byte, now time.Time) lintDocument {
	found, p := spif.Lint(data, now)
	d := lintDocument{File: file, Usable: p != nil, Findings: make([]lintFinding, len(found))}
	if p != nil {
		d.Policy = &lintPolicy{Name: p.Name(), ID: p.ID(), Version: p.Version(), SHA256: p.SHA256()}
	}
	for i, f := range found {
		d.Findings[i] = lintFinding(f)
		switch f.Severity {
		case spif.SeverityError:
			d.Errors++
		case spif.SeverityWarning:
			d.Warnings++
		case spif.SeverityNote:
			d.Notes++
		}
	}
	return d
}

func (d lintDocument) print(w io.Writer) {
	for _, f := range d.Findings {
		fmt.Fprintf(w, "%s:%d:%d: %s: %s [%s] (%s)\n", d.File, f.Line, f.Column, f.Severity, f.Text, f.Rule, f.Path)
	}
	verdict := "the policy is refused"
	if d.Usable {
		verdict = fmt.Sprintf("policy %s version %d can be used", d.Policy.Name, d.Policy.Version)
	}
	fmt.Fprintf(w, "%s: %s; errors %d, warnings %d, notes %d\n", d.File, verdict, d.Errors, d.Warnings, d.Notes)
}

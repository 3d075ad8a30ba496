package installation

import (
	"crypto/x509"
	"net"
	"path/filepath"
	"strconv"
	"time"
)

// AuditFile says how signed checkpoints of the audit log leave the machine.
type AuditFile struct {
	Drop     string   `toml:"drop,omitempty"`      // a folder, by its absolute path, that must be there
	Syslog   string   `toml:"syslog,omitempty"`    // HOST:PORT of a syslog server that speaks TLS (RFC 5425)
	SyslogCA string   `toml:"syslog_ca,omitempty"` // the [[ca]] that issued its certificate
	Every    Duration `toml:"every,omitempty"`     // how often; nothing: 15 minutes
	Required Duration `toml:"required,omitempty"`  // nothing is sent when nothing could leave for so long; nothing: that is only told
}

// A checkpoint leaves at most every minAuditEvery, since each is a line of the log, and every deliveredAuditEvery where nothing is said.
const minAuditEvery, deliveredAuditEvery = 10 * time.Second, 15 * time.Minute

func (b *builder) audit() {
	const section = "audit"
	f := b.in.File.Audit
	if f.Drop != "" && !filepath.IsAbs(f.Drop) {
		b.fail(section, "drop: %q: the absolute path of a folder", f.Drop)
	}
	if _, port, _ := net.SplitHostPort(f.Syslog); f.Syslog != "" && (!isHostPort(f.Syslog) || !isPort(port)) {
		b.fail(section, "syslog: HOST:PORT, such as log.example.org:6514, and nothing more")
	}
	if f.Syslog != "" {
		b.roots(section, f.SyslogCA, "")
	} else if f.SyslogCA != "" {
		b.fail(section, "syslog_ca without syslog")
	}
	every, required := f.Every.Duration, f.Required.Duration
	if every == 0 {
		every = deliveredAuditEvery
	}
	if every < minAuditEvery {
		b.fail(section, "every: %s: %s or more", every, minAuditEvery)
	}
	switch {
	case required == 0:
	case f.Drop == "" && f.Syslog == "":
		b.fail(section, "required needs a way by which checkpoints leave: drop, syslog")
	case required < 2*every:
		b.fail(section, "required: %s: twice every (%s) or more, so that one attempt that fails stops nothing", required, every)
	}
}

func isPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// SyslogRoots are the authorities that the certificate of the audit log's syslog server must come from.
func (in *Installation) SyslogRoots() *x509.CertPool { return in.cas[in.File.Audit.SyslogCA] }

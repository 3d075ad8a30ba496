package api

import (
	"context"

	"caveat/backend/audit"
)

// newLog makes the audit log with the ways by which its checkpoints leave the machine.
func newLog(c Config) *audit.Log {
	f := c.Installation.File.Audit
	config := audit.Config{Secrets: c.Secrets, Now: c.Now, Every: f.Every.Duration, Required: f.Required.Duration}
	if f.Drop != "" {
		config.Ways = append(config.Ways, audit.NewDrop(f.Drop))
	}
	if f.Syslog != "" {
		config.Ways = append(config.Ways, audit.NewSyslog(f.Syslog, c.Installation.SyslogRoots()))
	}
	return audit.New(c.Store, config)
}

// AuditHealth tells how the audit log is, and whether anything may be sent.
func (s *Service) AuditHealth(ctx context.Context) audit.Health { return s.log.Health(ctx) }

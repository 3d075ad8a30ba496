package api

import (
	"context"

	"caveat/backend/audit"
	"caveat/backend/installation"
)

// newLog makes the audit log with the ways by which its checkpoints leave the machine.
func newLog(c Config) *audit.Log {
	config := AuditConfig(c.Installation)
	config.Secrets, config.Now = c.Secrets, c.Now
	return audit.New(c.Store, config)
}

// AuditConfig is what an installation says of the audit log; its secrets and its clock are not in it.
func AuditConfig(in *installation.Installation) audit.Config {
	f := in.File.Audit
	return audit.Config{Every: f.Every.Duration, Required: f.Required.Duration, Ways: LogWays(in)}
}

// LogWays are the ways by which checkpoints of the audit log leave the machine, as an installation says it.
func LogWays(in *installation.Installation) (ways []audit.Way) {
	f := in.File.Audit
	if f.Drop != "" {
		ways = append(ways, audit.NewDrop(f.Drop))
	}
	if f.Syslog != "" {
		ways = append(ways, audit.NewSyslog(f.Syslog, in.SyslogRoots()))
	}
	return ways
}

// AuditHealth tells how the audit log is, and whether anything may be sent.
func (s *Service) AuditHealth(ctx context.Context) audit.Health { return s.log.Health(ctx) }

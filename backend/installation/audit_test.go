package installation_test

import (
	"errors"
	"testing"
	"time"

	"caveat/backend/installation"
)

func minutes(n int) installation.Duration {
	return installation.Duration{Duration: time.Duration(n) * time.Minute}
}

func TestAuditSection(t *testing.T) {
	f := valid(t)
	f.Audit = installation.AuditFile{Drop: "/mnt/audit", Syslog: "log.example:6514", SyslogCA: "ca", Every: minutes(15), Required: minutes(60)}
	in := mustLoad(t, f)
	if in.File.Audit != f.Audit || in.SyslogRoots() == nil {
		t.Errorf("%+v", in.File.Audit)
	}
	if in := mustLoad(t, valid(t)); in.File.Audit != (installation.AuditFile{}) || in.SyslogRoots() != nil {
		t.Errorf("%+v", in.File.Audit)
	}
	for name, wrong := range map[string]installation.AuditFile{
		"a relative folder":       {Drop: "audit"},
		"no port":                 {Syslog: "log.example", SyslogCA: "ca"},
		"no host":                 {Syslog: ":6514", SyslogCA: "ca"},
		"a port that is none":     {Syslog: "log.example:0", SyslogCA: "ca"},
		"no CA":                   {Syslog: "log.example:6514"},
		"an unknown CA":           {Syslog: "log.example:6514", SyslogCA: "other"},
		"a CA for nothing":        {SyslogCA: "ca"},
		"too often":               {Drop: "/mnt/audit", Every: installation.Duration{Duration: time.Second}},
		"negative":                {Drop: "/mnt/audit", Every: minutes(-1)},
		"required without a way":  {Required: minutes(60)},
		"required, and too soon":  {Drop: "/mnt/audit", Every: minutes(15), Required: minutes(29)},
		"required as delivered":   {Drop: "/mnt/audit", Required: minutes(29)},
		"required, and no length": {Drop: "/mnt/audit", Required: minutes(-60)},
	} {
		f := valid(t)
		f.Audit = wrong
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

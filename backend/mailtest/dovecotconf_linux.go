package mailtest

import (
	"fmt"
	"strings"
)

// dovecotConf writes the server's configuration. That no process has a chroot or a user of its own is what lets it run
// without root.
func dovecotConf(dir, owner, group string, uid, gid, plain, secured int, c DovecotConfig) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("protocols = imap")
	line("listen = 127.0.0.1")
	line("base_dir = %s/run", dir)
	line("state_dir = %s/run", dir)
	line("log_path = %s/dovecot.log", dir)
	line("default_internal_user = %s", owner)
	line("default_internal_group = %s", group)
	line("default_login_user = %s", owner)
	line("first_valid_uid = 1")
	line("shutdown_clients = yes")
	line("mail_location = maildir:%s/mail/%%n", dir)
	line("mail_fsync = never")
	line("mail_save_crlf = yes") // what is stored is what came
	line("mail_max_userip_connections = 100")
	line("mailbox_list_index = no")
	line("auth_failure_delay = 0")
	mechanisms := c.Mechanisms
	if mechanisms == nil {
		mechanisms = []string{"plain", "scram-sha-256", "external"}
	}
	line("auth_mechanisms = %s", strings.Join(mechanisms, " "))
	line("ssl = required")
	line("ssl_cert = <%s/server.pem", dir)
	line("ssl_key = <%s/server.key", dir)
	line("ssl_ca = <%s/ca.pem", dir)
	line("ssl_verify_client_cert = yes")
	line("ssl_require_crl = no")
	line("auth_ssl_username_from_cert = yes")
	line("ssl_cert_username_field = commonName")
	fmt.Fprintf(&b, dovecotWho, dir, uid, gid)
	b.WriteString(dovecotBoxes(c))
	fmt.Fprintf(&b, dovecotServices, plain, secured)
	return b.String()
}

const dovecotWho = `passdb {
  driver = passwd-file
  mechanisms = plain scram-sha-256
  args = scheme=PLAIN username_format=%%n %[1]s/users
}
passdb {
  driver = static
  mechanisms = external
  args = nopassword
}
userdb {
  driver = static
  args = uid=%[2]d gid=%[3]d home=%[1]s/mail/%%n
}
`

func dovecotBoxes(c DovecotConfig) string {
	boxes := `  mailbox Drafts {
    special_use = \Drafts
    auto = create
  }
  mailbox "Sent Items" {
    special_use = \Sent
    auto = create
  }
`
	if c.NoSpecialUse {
		boxes = ""
	}
	out := "namespace inbox {\n  inbox = yes\n  separator = /\n" + boxes + "}\n"
	if c.QuotaBytes > 0 {
		out += fmt.Sprintf("mail_plugins = quota\nplugin {\n  quota = maildir:User quota\n  quota_rule = *:storage=%dB\n}\n", c.QuotaBytes)
	}
	return out
}

// dovecotServices: without the penalty, whoever gives a wrong password waits for seconds.
const dovecotServices = `service imap-login {
  chroot =
  inet_listener imap {
    port = %d
  }
  inet_listener imaps {
    port = %d
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`

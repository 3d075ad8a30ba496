package mailtest

import (
	"fmt"
	"strings"
)

// eximConf writes the server's configuration. exim_user and exim_group are what lets it run without root; every copy goes
// to one Maildir with the recipient in Envelope-To, because Exim does not let a path depend on what a stranger wrote.
func eximConf(dir string, uid, gid, port int, c EximConfig) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("exim_user = %d", uid)
	line("exim_group = %d", gid)
	line("primary_hostname = localhost")
	line("spool_directory = %s/spool", dir)
	line("log_file_path = %s/log/%%slog", dir)
	line("pid_file_path = %s/exim.pid", dir)
	line("notifier_socket =") // its path could be too long for a socket
	line("local_interfaces = 127.0.0.1")
	line("daemon_smtp_ports = %d", port)
	line("keep_environment =")
	line("host_lookup =")
	line("rfc1413_query_timeout = 0s")
	line("dsn_advertise_hosts = *")
	if c.Chunking {
		line("chunking_advertise_hosts = *")
	} else {
		line("chunking_advertise_hosts =")
	}
	size := c.MaxBytes
	if size == 0 {
		size = DefaultMaxBytes
	}
	line("message_size_limit = %d", size)
	if c.NoPipelining {
		line("pipelining_advertise_hosts =")
	}
	if c.Certificate == nil {
		line("tls_advertise_hosts =")
	} else {
		line("tls_advertise_hosts = *")
		line("tls_certificate = %s/server.pem", dir)
		line("tls_privatekey = %s/server.key", dir)
		line("tls_verify_certificates = %s/ca.pem", dir)
		line("tls_try_verify_hosts = *")
	}
	line("domainlist ours = %s", strings.Join(c.Domains, " : "))
	line("acl_smtp_mail = acl_mail")
	line("acl_smtp_rcpt = acl_rcpt")
	line("acl_smtp_data = accept")
	b.WriteString(eximACLs(len(c.Users) > 0 || c.External))
	fmt.Fprintf(&b, eximDelivery, dir)
	line("begin authenticators")
	if len(c.Users) > 0 {
		fmt.Fprintf(&b, eximPlain, dir)
	}
	if c.External {
		b.WriteString(eximExternal)
	}
	return b.String()
}

func eximACLs(requireAuth bool) string {
	mail := "acl_mail:\n"
	if requireAuth {
		mail += "  deny message = 5.7.0 authentication required\n       !authenticated = *\n"
	}
	return "begin acl\n" + mail + `  accept
acl_rcpt:
  deny message = 5.1.1 no such user
       local_parts = unknown
  defer message = 4.2.1 try again
       local_parts = later
  accept domains = +ours
  deny message = 5.7.1 relaying denied
`
}

const eximDelivery = `begin routers
full:
  driver = redirect
  domains = +ours
  local_parts = full
  allow_fail
  data = :fail: the mailbox is full
all:
  driver = accept
  domains = +ours
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = %s/mail
  maildir_format
  use_crlf
  envelope_to_add
  return_path_add
begin retry
* * F,2h,15m
`

const eximPlain = `plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = ${if def:tls_in_cipher}
  server_prompts = :
  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{%s/users}{$value}fail}}}
  server_set_id = $auth2
`

const eximExternal = `external:
  driver = external
  public_name = EXTERNAL
  server_advertise_condition = $tls_in_certificate_verified
  server_param2 = ${certextract {subject,CN}{$tls_in_peercert}}
  server_condition = ${if eqi{$auth1}{$auth2}}
  server_set_id = $auth1
`

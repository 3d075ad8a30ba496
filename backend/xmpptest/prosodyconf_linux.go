package xmpptest

import (
	"fmt"
	"strings"
)

// prosodyConf writes the server's configuration. c2s_direct_tls_ssl is said twice on purpose: a global of the configuration cannot be
// read back, so that "= c2s_ssl" would silently leave the port without TLS.
func (p *Prosody) prosodyConf() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("run_as_root = true") // matters only where the test is root and cannot be anybody else
	line("pidfile = %q", p.dir+"/prosody.pid")
	line("data_path = %q", p.dir+"/data")
	line("plugin_paths = { %q }", p.dir+"/plugins")
	line("log = { { levels = { min = %q }, to = \"file\", filename = %q } }", "info", p.dir+"/prosody.log")
	line("modules_enabled = { %s }", strings.Join(quoted(p.modules()), ", "))
	line("c2s_interfaces = { \"127.0.0.1\" }; s2s_interfaces = { \"127.0.0.1\" }")
	line("c2s_ports = { %d }; c2s_direct_tls_ports = { %d }; s2s_ports = { %d }", p.plain, p.secured, p.federated)
	line("http_ports = {}; https_ports = {}")
	line("authentication = %q; password_hash = %q; certificate_match = \"xmppaddr\"", p.config.authentication(), p.config.hash())
	if p.config.Plus {
		line("disable_sasl_mechanisms = { \"DIGEST-MD5\", \"PLAIN\", \"SCRAM-SHA-1\", \"SCRAM-SHA-256\" }")
	}
	line("c2s_require_encryption = true; s2s_require_encryption = true; s2s_secure_auth = true")
	line("storage = \"internal\"; archive_expires_after = \"never\"; default_archive_policy = true; max_archive_query_results = 50")
	line("limits = {}")
	version := "tlsv1_2+"
	if p.config.TLS12 {
		version = "tlsv1_2"
	}
	line("local tls = { certificate = %q; key = %q; cafile = %q; capath = false; protocol = %q;", p.dir+"/server.pem", p.dir+"/server.key", p.dir+"/ca.pem", version)
	line("  verify = { \"peer\", \"client_once\" }; verifyext = { lsec_ignore_purpose = false } }")
	line("c2s_ssl = tls; c2s_direct_tls_ssl = tls; s2s_ssl = tls")
	line("ssl = { certificate = %q; key = %q; cafile = %q; capath = false }", p.dir+"/server.pem", p.dir+"/server.key", p.dir+"/ca.pem")
	line("VirtualHost %q", p.config.Domain)
	if p.config.Catalogue != "" {
		line("  security_catalog_name = \"TEST\"; security_labels = { %s }", p.config.Catalogue)
	}
	line("Component %q \"muc\"", p.Rooms())
	line("  name = \"Rooms\"; modules_enabled = { %s }", strings.Join(quoted(p.roomModules()), ", "))
	line("  muc_log_by_default = true; restrict_room_creation = false; muc_room_locking = false")
	line("  muc_room_default_public = true; muc_room_default_persistent = true; muc_room_default_public_jids = %v", p.config.RealJIDs)
	line("  muc_log_presences = false; max_history_messages = 50")
	return b.String()
}

func (p *Prosody) modules() []string {
	list := []string{"roster", "saslauth", "tls", "disco", "ping", "carbons", "offline", "presence", "message", "iq", "c2s", "s2s", "s2s_auth_certs", "private", "routes"}
	if !p.config.NoArchive {
		list = append(list, "mam")
	}
	list = append(list, p.labelModules()...)
	if p.config.Events {
		list = append(list, "pep")
	}
	return list
}

func (p *Prosody) roomModules() (list []string) {
	if !p.config.NoArchive {
		list = append(list, "muc_mam")
	}
	list = append(list, p.labelModules()...)
	return list
}

// labelModules say that labels are understood: Prosody passes them on as it does whatever it does not know.
func (p *Prosody) labelModules() []string {
	switch {
	case p.config.NoLabels:
		return nil
	case p.config.LabelOnly:
		return []string{"labelonly"}
	}
	return []string{"seclabels"}
}

const labelOnlyModule = "module:add_feature(\"urn:xmpp:sec-label:0\");\n"

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return out
}

// routesModule tells the server where the other domains are: no name is looked up, and what is not in the list is nowhere.
func routesModule(ports map[string]int) string {
	var b strings.Builder
	b.WriteString("module:set_global();\nlocal manual = require \"net.resolvers.manual\";\nlocal service = require \"net.resolvers.service\";\nlocal ports = {\n")
	for domain, port := range ports {
		fmt.Fprintf(&b, "  [%q] = %d;\n", domain, port)
	}
	b.WriteString("};\nfunction service.new(host)\n  local port = ports[host];\n" +
		"  return manual.new(port and { { \"tcp4\", \"127.0.0.1\", port } } or {});\nend\n")
	return b.String()
}

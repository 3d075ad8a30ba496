package ldaptest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"caveat/ldapbook"
)

// slapdSchema: ADatP-4774.1 figure 22 gives the attribute; the standard names the auxiliary class without printing its
// object identifier, so the one here is a placeholder from the range that RFC 5612 reserves for documentation. The rest
// is RFC 8284.
const slapdSchema = `attributetype ( 2.16.840.1.101.2.2.1.198 NAME 'confidentialityClearance'
  DESC 'Confidentiality clearance, XML, one value per policy'
  EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.32473.99.1 NAME 'aCPAccessControlEntity'
  DESC 'PLACEHOLDER object identifier (RFC 5612): not for use outside tests'
  SUP top AUXILIARY MAY ( confidentialityClearance ) )
attributetype ( 1.3.6.1.1.23.2 NAME 'jid' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.1.23.1 NAME 'JIDObject' SUP top AUXILIARY MAY ( jid ) )
`

// configText is slapd.conf. The database's file has so many bytes from the beginning, and whoever copies it copies them all.
func (s *Slapd) configText(databaseBytes int) string {
	limit := "unlimited"
	if s.config.SizeLimit > 0 {
		limit = fmt.Sprint(s.config.SizeLimit)
	}
	access := "access to * by * read\n"
	if s.config.RequireBind {
		access = "access to dn.base=\"\" by * read\naccess to * by users read by anonymous auth\n"
	}
	access += s.config.Global
	return fmt.Sprintf(`include %[5]s/core.schema
include %[5]s/cosine.schema
include %[5]s/inetorgperson.schema
include %[5]s/dyngroup.schema
include %[1]s/clearance.schema
include %[1]s/more.schema
modulepath %[6]s
moduleload back_mdb
moduleload syncprov
pidfile %[1]s/slapd.pid
argsfile %[1]s/slapd.args
TLSCACertificateFile %[1]s/ca.pem
TLSCertificateFile %[1]s/server.pem
TLSCertificateKeyFile %[1]s/server.key
sizelimit size.soft=%[4]s size.hard=%[4]s size.prtotal=%[4]s
threads 4
tool-threads 2
%[7]sdatabase mdb
suffix "%[2]s"
rootdn "%[3]s"
rootpw %[8]s
directory %[1]s/db
maxsize %[10]d
index objectClass,entryUUID,entryCSN,mail,jid eq
index cn,sn,givenName eq,sub
%[9]s`, s.dir, s.config.Suffix, s.BindDN, limit, schemaFolder, moduleFolder, access, s.Password,
		syncText(s.config), databaseBytes)
}

// syncText offers content synchronization (RFC 4533).
func syncText(config SlapdConfig) string {
	if config.NoSync {
		return ""
	}
	return "overlay syncprov\nsyncprov-checkpoint 100 10\nsyncprov-sessionlog 10000\n"
}

// ldifText writes the entries in an order in which each comes after the one above it.
func ldifText(config SlapdConfig) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(config.LDIF)
	if !strings.HasSuffix(config.LDIF, "\n\n") {
		b.WriteString("\n\n")
	}
	have := map[string]bool{}
	for line := range strings.Lines(config.LDIF) {
		if dn, ok := strings.CutPrefix(line, "dn: "); ok {
			have[ldapbook.FoldDN(strings.TrimSpace(dn))] = true
		}
	}
	given := map[string]Entry{}
	for _, e := range config.Entries {
		given[ldapbook.FoldDN(e.DN)] = e
	}
	suffix := ldapbook.FoldDN(config.Suffix)
	var write func(folded string) error
	write = func(folded string) error {
		if have[folded] {
			return nil
		}
		have[folded] = true
		if folded != suffix {
			if len(folded) <= len(suffix) {
				return fmt.Errorf("ldaptest: %q is not below %q", folded, suffix)
			}
			if err := write(parentOf(folded)); err != nil {
				return err
			}
		}
		e, ok := given[folded]
		if !ok {
			dn := folded
			if folded == suffix {
				dn = config.Suffix
			}
			var err error
			if e, err = container(dn); err != nil {
				return err
			}
		}
		writeLDIF(&b, e)
		return nil
	}
	if err := write(suffix); err != nil {
		return nil, err
	}
	for _, e := range config.Entries {
		if err := write(ldapbook.FoldDN(e.DN)); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// writeLDIF writes one entry (RFC 2849), every value in base64.
func writeLDIF(b *bytes.Buffer, e Entry) {
	line := func(name, value string) {
		fmt.Fprintf(b, "%s:: %s\n", name, base64.StdEncoding.EncodeToString([]byte(value)))
	}
	line("dn", e.DN)
	for _, a := range e.Attrs {
		for _, v := range a.Values {
			line(a.Name, v)
		}
	}
	fmt.Fprintf(b, "entryUUID: %s\n\n", uuidOf(e))
}

import { describe, expect, test } from "vitest";
import { blank, type Form, inputOf, type Lack, lackOf, pemOf, withURL } from "./form-state";

const whole: Form = { ...blank, name: "POL", nation: "pol", url: "ldap://dir.pol.example", caPem: "PEM" };

describe("before a server is asked, the form must have", () => {
  test.each<[string, Partial<Form>, Lack | undefined]>([
    ["a name", { name: " " }, "name"],
    ["a nation", { nation: "" }, "nation"],
    ["an address with a host", { url: "ldap://" }, "url"],
    ["an address of a directory", { url: "https://dir.pol.example" }, "url"],
    ["no CA: the server shows whom it may be trusted by", { caPem: "" }, undefined],
    ["DN and password, to log in", { auth: "simple", bindDn: "cn=reader" }, "bind"],
    ["a protected connection, to show a certificate", { auth: "external", security: "plain", caPem: "" }, "tls"],
    ["certificate and key, to show them", { auth: "external", key: "/etc/reader.key" }, "certificate"],
    ["no certificate, with a key on a token", { auth: "external", key: "pkcs11:token=x", pin: "1" }, undefined],
    ["the PIN of a token", { auth: "external", key: "pkcs11:token=x" }, "pin"],
    ["a keytab or a ticket cache, for Kerberos", { auth: "gssapi" }, "keytab"],
    ["one of them alone", { auth: "gssapi", keytab: "/k", ccache: "/c", principal: "a@B" }, "keytab"],
    ["whose key the keytab holds", { auth: "gssapi", keytab: "/k", principal: "a" }, "principal"],
    ["no principal, with a ticket cache", { auth: "gssapi", ccache: "/c" }, undefined],
    ["the Kerberos configuration", { auth: "gssapi", ccache: "/c", krb5: " " }, "krb5"],
    ["pins that are some", { pins: "sha256:12" }, "pins"],
    ["referrals with their ports", { referrals: "dir2.pol.example" }, "referrals"],
    ["a wait that is a time", { timeout: "8" }, "timeout"],
    ["numbers that are some", { pageSize: "many" }, "number"],
    ["nothing else", {}, undefined],
  ])("%s", (_, part, lack) => {
    expect(lackOf({ ...whole, ...part })).toBe(lack);
  });
});

test("the protection follows the scheme of the address", () => {
  expect(withURL(whole, "ldaps://dir.pol.example").security).toBe("ldaps");
  expect(withURL({ ...whole, security: "ldaps" }, "ldap://dir.pol.example").security).toBe("starttls");
  expect(withURL({ ...whole, security: "plain" }, "ldap://dir.pol.example").security).toBe("plain");
});

test.each<[string, Partial<Form>, string[], string | undefined]>([
  ["ldap://dir.pol.example/dc=pol,dc=example", {}, ["ldap://dir.pol.example"], "dc=pol,dc=example"],
  ["ldap://dir.pol.example/ou=All%20People,dc=pol??sub?(cn=*)", {}, ["ldap://dir.pol.example"], "ou=All People,dc=pol"],
  ["ldap://dir.pol.example/dc=pol", { baseDn: "dc=typed" }, ["ldap://dir.pol.example"], "dc=typed"],
  ["ldaps://a/dc=pol, ldaps://b:1636/", {}, ["ldaps://a", "ldaps://b:1636"], "dc=pol"],
  ["ldap://a,ldap://b", {}, ["ldap://a", "ldap://b"], undefined],
  ["ldap://dir/100%", {}, ["ldap://dir"], "100%"],
])("a pasted LDAP URL gives its servers and its base DN: %s", (url, part, urls, base) => {
  const input = inputOf({ ...whole, ...part, url });
  expect([input.urls, input.baseDn]).toEqual([urls, base]);
});

test("what is asked holds no secret of a login that was not chosen, and no empty field", () => {
  const input = inputOf({
    ...whole,
    bindDn: "cn=reader",
    password: "secret",
    url: "ldap://a.example, ldap://b.example",
  });
  expect(input).toEqual({
    name: "POL",
    nation: "POL",
    urls: ["ldap://a.example", "ldap://b.example"],
    security: "starttls",
    auth: "anonymous",
    mode: "look-up",
    caPem: "PEM",
  });
  expect(inputOf({ ...whole, security: "plain" })).not.toHaveProperty("caPem");
  expect(inputOf({ ...whole, mailDomains: "pol.example; mil.pol.example" }).mailDomains).toHaveLength(2);
});

describe("the login is asked with what it needs, and with nothing of another", () => {
  const all = {
    ...whole,
    bindDn: "cn=reader",
    password: "secret",
    certificate: " /etc/reader.pem ",
    key: "/etc/reader.key",
    pin: "1234",
    keytab: "/etc/reader.keytab",
    principal: "caveat@POL.EXAMPLE",
  };
  const keys = ["bindDn", "password", "clientCertificate", "clientKeyUri", "kerberos"] as const;
  test.each<[Partial<Form>, object]>([
    [{ auth: "anonymous" }, {}],
    [{ auth: "simple" }, { bindDn: "cn=reader", password: "secret" }],
    [{ auth: "external" }, { clientCertificate: "/etc/reader.pem", clientKeyUri: "/etc/reader.key" }],
    [
      { auth: "external", key: "pkcs11:token=x" },
      { clientKeyUri: "pkcs11:token=x", password: "1234" },
    ],
    [
      { auth: "gssapi" },
      { kerberos: { config: "/etc/krb5.conf", keytab: "/etc/reader.keytab", principal: "caveat@POL.EXAMPLE" } },
    ],
    [{ auth: "gssapi", keytab: "", ccache: "/tmp/cc" }, { kerberos: { config: "/etc/krb5.conf", ccache: "/tmp/cc" } }],
  ])("%j", (part, want) => {
    const input = inputOf({ ...all, ...part });
    expect(Object.fromEntries(keys.flatMap((k) => (k in input ? [[k, input[k]]] : [])))).toEqual(want);
  });
});

test("what few servers need goes with it, and what needs TLS only with TLS", () => {
  const pin = `sha256:${"a1".repeat(32)}`;
  const more = {
    ...whole,
    serverName: "dir.pol.example",
    pins: pin,
    crls: "/etc/crls/a b.pem\n/etc/crls/c.pem",
    referrals: "dir2.pol.example:636 dir3.pol.example:636",
    timeout: "20s",
    pageSize: "200",
    rate: "1000",
  };
  const want = {
    referrals: ["dir2.pol.example:636", "dir3.pol.example:636"],
    timeout: "20s",
    pageSize: 200,
    rate: 1000,
  };
  expect(inputOf(more)).toMatchObject({
    ...want,
    serverName: "dir.pol.example",
    pins: [pin],
    crls: ["/etc/crls/a b.pem", "/etc/crls/c.pem"],
  });
  const plain = inputOf({ ...more, security: "plain" });
  expect(plain).toMatchObject(want);
  expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(["pins"]));
  expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(["crls"]));
});

describe("a file with a CA's certificate", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  test("as PEM stays as it is", () => {
    expect(pemOf(new TextEncoder().encode(pem))).toBe(pem);
  });
  test("as DER becomes PEM", () => {
    const der = new Uint8Array(100).fill(1);
    der[0] = 0x30;
    expect(pemOf(der)).toMatch(/^-----BEGIN CERTIFICATE-----\nMAEB[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$/);
  });
  test.each([
    ["a text", new TextEncoder().encode("no certificate at all, but long enough to be taken for one".repeat(3))],
    ["nothing", new Uint8Array()],
  ])("that is %s is refused", (_, bytes) => {
    expect(pemOf(bytes)).toBeUndefined();
  });
});

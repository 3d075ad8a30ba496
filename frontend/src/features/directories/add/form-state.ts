import type { DirectoryInput } from "../../../api/types";

export const auths = ["anonymous", "simple", "external", "gssapi"] as const;

/** How we prove to a server who we are. */
export type Auth = (typeof auths)[number];

/** What is typed into the form of a new directory. */
export type Form = {
  name: string;
  nation: string;
  url: string;
  security: "ldaps" | "starttls" | "plain";
  auth: Auth;
  bindDn: string;
  password: string;
  caPem: string;
  caName: string;
  baseDn: string;
  mailDomains: string;
  chatDomains: string;
  mode: "look-up" | "mirror";
  /** Of SASL EXTERNAL: files of the machine that runs the program, or a key on a token with its PIN. */
  certificate: string;
  key: string;
  pin: string;
  /** Of Kerberos: files of that machine; a keytab with whose it is, or a ticket cache. */
  krb5: string;
  keytab: string;
  principal: string;
  ccache: string;
  /** What few servers need. */
  serverName: string;
  pins: string;
  crls: string;
  referrals: string;
  timeout: string;
  pageSize: string;
  rate: string;
};

export const blank: Form = {
  name: "",
  nation: "",
  url: "ldap://",
  security: "starttls",
  auth: "anonymous",
  bindDn: "",
  password: "",
  caPem: "",
  caName: "",
  baseDn: "",
  mailDomains: "",
  chatDomains: "",
  mode: "look-up",
  certificate: "",
  key: "",
  pin: "",
  krb5: "/etc/krb5.conf",
  keytab: "",
  principal: "",
  ccache: "",
  serverName: "",
  pins: "",
  crls: "",
  referrals: "",
  timeout: "",
  pageSize: "",
  rate: "",
};

/** isOnToken: the key, and its certificate with it, is on a PKCS #11 token. */
export const isOnToken = (f: Form) => f.key.trim().toLowerCase().startsWith("pkcs11:");

/** withURL follows the scheme of the address: ldaps:// is LDAPS, and nothing else is. */
export function withURL(form: Form, url: string): Form {
  const isLDAPS = url.toLowerCase().startsWith("ldaps://");
  if (isLDAPS) return { ...form, url, security: "ldaps" };
  return { ...form, url, security: form.security === "ldaps" ? "starttls" : form.security };
}

/** What the form still lacks before a server can be asked. */
export type Lack =
  | "name"
  | "nation"
  | "url"
  | "bind"
  | "tls"
  | "certificate"
  | "pin"
  | "krb5"
  | "keytab"
  | "principal"
  | "pins"
  | "referrals"
  | "timeout"
  | "number";

/** lackOf gives the first thing that is missing; undefined: the server can be asked. */
export function lackOf(f: Form): Lack | undefined {
  if (f.name.trim() === "") return "name";
  if (f.nation.trim() === "") return "nation";
  if (!/^ldaps?:\/\/[^/\s]+/i.test(f.url.trim())) return "url";
  return lackOfAuth(f) ?? lackOfAdvanced(f);
}

function lackOfAuth(f: Form): Lack | undefined {
  if (f.auth === "simple") return f.bindDn.trim() === "" || f.password === "" ? "bind" : undefined;
  if (f.auth === "anonymous") return undefined;
  if (f.security === "plain") return "tls"; // no certificate is shown, and what is read is not protected
  if (f.auth === "external") {
    if (isOnToken(f)) return f.pin === "" ? "pin" : undefined;
    return f.certificate.trim() === "" || f.key.trim() === "" ? "certificate" : undefined;
  }
  if (f.krb5.trim() === "") return "krb5";
  if ((f.keytab.trim() === "") === (f.ccache.trim() === "")) return "keytab";
  return f.keytab.trim() !== "" && !/^[^@\s]+@[^@\s]+$/.test(f.principal.trim()) ? "principal" : undefined;
}

const numbers = /^\d{0,6}$/;

function lackOfAdvanced(f: Form): Lack | undefined {
  if (f.security !== "plain" && words(f.pins).some((p) => !/^sha256:[0-9a-f]{64}$/i.test(p))) return "pins";
  if (words(f.referrals).some((r) => !/^[^:\s]+:\d+$/.test(r))) return "referrals";
  if (f.timeout.trim() !== "" && !/^\d+(ms|s|m)$/.test(f.timeout.trim())) return "timeout";
  return numbers.test(f.pageSize.trim()) && numbers.test(f.rate.trim()) ? undefined : "number";
}

const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/** serversOf are the addresses that were typed or pasted, each without what an LDAP URL (RFC 4516) says after its server, and the base DN that one of them names. */
function serversOf(text: string): { urls: string[]; base: string } {
  let base = "";
  const urls = text
    .trim()
    .split(/[\s,;]+(?=ldaps?:\/\/)/i) // a base DN holds commas
    .flatMap((item) => {
      const url = /^(ldaps?:\/\/[^/?#\s,;]+)\/([^?#]*)/i.exec(item);
      if (!url) return words(item);
      base ||= decoded((url[2] ?? "").replace(/[\s,;]+$/, ""));
      return [url[1] ?? ""];
    });
  return { urls, base };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is meant as it stands
  }
}

/** inputOf is the form as the program wants it: what is empty is left out. */
export function inputOf(f: Form): DirectoryInput {
  const mail = words(f.mailDomains);
  const chat = words(f.chatDomains);
  const servers = serversOf(f.url);
  const base = f.baseDn.trim() || servers.base;
  return {
    name: f.name.trim(),
    nation: f.nation.trim().toUpperCase(),
    urls: servers.urls,
    security: f.security,
    auth: f.auth,
    mode: f.mode,
    ...(f.security !== "plain" && f.caPem ? { caPem: f.caPem } : {}),
    ...authOf(f),
    ...advancedOf(f),
    ...(base ? { baseDn: base } : {}),
    ...(mail.length > 0 ? { mailDomains: mail } : {}),
    ...(chat.length > 0 ? { chatDomains: chat } : {}),
  };
}

/** authOf holds nothing of a login that was not chosen. */
function authOf(f: Form): Partial<DirectoryInput> {
  if (f.auth === "simple") return { bindDn: f.bindDn.trim(), password: f.password };
  if (f.auth === "external" && isOnToken(f)) return { clientKeyUri: f.key.trim(), password: f.pin };
  if (f.auth === "external") return { clientCertificate: f.certificate.trim(), clientKeyUri: f.key.trim() };
  if (f.auth === "anonymous") return {};
  const keytab = f.keytab.trim();
  return {
    kerberos: {
      config: f.krb5.trim(),
      ...(keytab ? { keytab, principal: f.principal.trim() } : { ccache: f.ccache.trim() }),
    },
  };
}

function advancedOf(f: Form): Partial<DirectoryInput> {
  const isTLS = f.security !== "plain";
  const referrals = words(f.referrals);
  const pins = isTLS ? words(f.pins) : [];
  const crls = isTLS
    ? f.crls
        .split(/[\n,;]+/)
        .map((c) => c.trim())
        .filter(Boolean)
    : []; // paths may hold spaces
  return {
    ...(isTLS && f.serverName.trim() ? { serverName: f.serverName.trim() } : {}),
    ...(pins.length > 0 ? { pins } : {}),
    ...(crls.length > 0 ? { crls } : {}),
    ...(referrals.length > 0 ? { referrals } : {}),
    ...(f.timeout.trim() ? { timeout: f.timeout.trim() } : {}),
    ...(Number(f.pageSize) > 0 ? { pageSize: Number(f.pageSize) } : {}),
    ...(Number(f.rate) > 0 ? { rate: Number(f.rate) } : {}),
  };
}

const beginning = "-----BEGIN CERTIFICATE-----";

/** pemOf makes PEM of the bytes of a certificate file: PEM stays as it is, DER is written as it; undefined: it is neither. */
export function pemOf(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(bytes);
  if (text.includes(beginning)) return text;
  if (bytes[0] !== 0x30 || bytes.length < 64) return undefined; // no ASN.1 sequence
  const base64 = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
  return `${beginning}\n${base64.match(/.{1,64}/g)?.join("\n") ?? ""}\n-----END CERTIFICATE-----\n`;
}

import type { DirectoryInput } from "../../../../api/types";

/** What is typed into the form of a new directory. */
export type Form = {
  name: string;
  nation: string;
  url: string;
  security: "ldaps" | "starttls" | "plain";
  auth: "anonymous" | "simple";
  bindDn: string;
  password: string;
  caPem: string;
  caName: string;
  baseDn: string;
  mailDomains: string;
  chatDomains: string;
  mode: "look-up" | "mirror";
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
};

/** withURL follows the scheme of the address: ldaps:// is LDAPS, and nothing else is. */
export function withURL(form: Form, url: string): Form {
  const isLDAPS = url.toLowerCase().startsWith("ldaps://");
  if (isLDAPS) return { ...form, url, security: "ldaps" };
  return { ...form, url, security: form.security === "ldaps" ? "starttls" : form.security };
}

/** What the form still lacks before a server can be asked. */
export type Lack = "name" | "nation" | "url" | "ca" | "bind";

/** lackOf gives the first thing that is missing; undefined: the server can be asked. */
export function lackOf(f: Form): Lack | undefined {
  if (f.name.trim() === "") return "name";
  if (f.nation.trim() === "") return "nation";
  if (!/^ldaps?:\/\/[^/\s]+/i.test(f.url.trim())) return "url";
  if (f.security !== "plain" && f.caPem === "") return "ca";
  if (f.auth === "simple" && (f.bindDn.trim() === "" || f.password === "")) return "bind";
  return undefined;
}

const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/** inputOf is the form as the program wants it: what is empty is left out. */
export function inputOf(f: Form): DirectoryInput {
  const mail = words(f.mailDomains);
  const chat = words(f.chatDomains);
  return {
    name: f.name.trim(),
    nation: f.nation.trim().toUpperCase(),
    urls: words(f.url),
    security: f.security,
    auth: f.auth,
    mode: f.mode,
    ...(f.security !== "plain" && f.caPem ? { caPem: f.caPem } : {}),
    ...(f.auth === "simple" ? { bindDn: f.bindDn.trim(), password: f.password } : {}),
    ...(f.baseDn.trim() ? { baseDn: f.baseDn.trim() } : {}),
    ...(mail.length > 0 ? { mailDomains: mail } : {}),
    ...(chat.length > 0 ? { chatDomains: chat } : {}),
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

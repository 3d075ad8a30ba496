import { describe, expect, test } from "vitest";
import { blank, type Form, inputOf, type Lack, lackOf, pemOf, withURL } from "./form-state";

const whole: Form = { ...blank, name: "POL", nation: "pol", url: "ldap://dir.pol.example", caPem: "PEM" };

describe("before a server is asked, the form must have", () => {
  test.each<[string, Partial<Form>, Lack | undefined]>([
    ["a name", { name: " " }, "name"],
    ["a nation", { nation: "" }, "nation"],
    ["an address with a host", { url: "ldap://" }, "url"],
    ["an address of a directory", { url: "https://dir.pol.example" }, "url"],
    ["the CA, where the connection is protected", { caPem: "" }, "ca"],
    ["no CA, where it is not", { caPem: "", security: "plain" }, undefined],
    ["DN and password, to log in", { auth: "simple", bindDn: "cn=reader" }, "bind"],
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

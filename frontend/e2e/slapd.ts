import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Debian keeps servers where only root's path has them. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** ADatP-4774.1 gives the attribute; the number of its class is a placeholder from the range for documentation (RFC 5612). */
const clearanceSchema = `attributetype ( 2.16.840.1.101.2.2.1.198 NAME 'confidentialityClearance'
  EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.32473.99.1 NAME 'aCPAccessControlEntity' SUP top AUXILIARY MAY ( confidentialityClearance ) )
`;

/** Someone is a person in a directory; without a class he has no clearance. */
export type Someone = { uid: string; given: string; surname: string; mail: string; classes?: string[] };

/** Slapd is a real OpenLDAP server with a certificate of a CA of its own, which it shows. */
export class Slapd {
  readonly url: string;
  readonly base: string;
  readonly reader: { dn: string; password: string };
  #dir: string;
  #process: ChildProcess;

  private constructor(dir: string, base: string, port: number, password: string, child: ChildProcess) {
    this.#dir = dir;
    this.#process = child;
    this.base = base;
    this.url = `ldap://127.0.0.1:${port}`;
    this.reader = { dn: `cn=reader,${base}`, password };
  }

  static async start(base: string, people: readonly Someone[]): Promise<Slapd> {
    const dir = await mkdtemp(join(tmpdir(), "slapd"));
    const file = (name: string) => join(dir, name);
    const password = Math.random().toString(36).slice(2);
    await certificates(dir);
    await run("mkdir", [file("db")]);
    await writeFile(file("clearance.schema"), clearanceSchema);
    await writeFile(file("slapd.conf"), configuration(dir, base, password), { mode: 0o600 });
    await writeFile(file("data.ldif"), [top(base), ...people.map((p) => entry(base, p))].join("\n"));
    await run("slapadd", ["-q", "-f", file("slapd.conf"), "-b", base, "-l", file("data.ldif")], { env });
    const port = await freePort();
    const args = ["-d", "0", "-f", file("slapd.conf"), "-h", `ldap://127.0.0.1:${port}/`];
    const child = spawn("slapd", args, { env, stdio: "ignore" });
    await listens(port, child);
    return new Slapd(dir, base, port, password, child);
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.#process.once("exit", done));
    if (this.#process.exitCode === null && this.#process.kill("SIGTERM")) await ended;
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** certificates makes a CA and a server's certificate, with the CA's behind it in the file that the server shows. */
async function certificates(dir: string): Promise<void> {
  const openssl = (...args: string[]) => run("openssl", args, { cwd: dir });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
  const ca = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  await openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Signal CA/O=Test", ...ca);
  const name = ["-subj", "/CN=directory", "-addext", "subjectAltName=IP:127.0.0.1"];
  const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE"];
  await openssl("req", "-x509", ...key, "-keyout", "server.key", "-out", "server.pem", ...name, ...by);
  await run("sh", ["-c", "cat server.pem ca.pem > chain.pem"], { cwd: dir });
}

function configuration(dir: string, base: string, password: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include ${dir}/clearance.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
pidfile ${dir}/slapd.pid
argsfile ${dir}/slapd.args
TLSCACertificateFile ${dir}/ca.pem
TLSCertificateFile ${dir}/chain.pem
TLSCertificateKeyFile ${dir}/server.key
security simple_bind=128
database mdb
suffix "${base}"
rootdn "cn=reader,${base}"
rootpw ${password}
directory ${dir}/db
maxsize 16777216
index objectClass,entryUUID,entryCSN eq
access to dn.base="" by * read
access to * by users read by anonymous auth
overlay syncprov
`;
}

const top = (base: string) => `dn: ${base}\nobjectClass: organization\no: ${base.slice(2)}\n`;

function entry(base: string, p: Someone): string {
  const lines = [`dn: uid=${p.uid},${base}`, "objectClass: inetOrgPerson"];
  if (p.classes) lines.push("objectClass: aCPAccessControlEntity", `confidentialityClearance: ${clearance(p.classes)}`);
  lines.push(`uid: ${p.uid}`, `cn: ${p.given} ${p.surname}`, `sn: ${p.surname}`, `givenName: ${p.given}`);
  return [...lines, `mail: ${p.mail}`, ""].join("\n");
}

/** clearance is one of the demonstration's policy, with MROD (STANAG 4774). */
function clearance(classes: string[]): string {
  const list = classes.map((c) => `<slab:Classification>${c}</slab:Classification>`).join("");
  return (
    `<sclr:ConfidentialityClearance xmlns:sclr="urn:nato:stanag:4774:confidentialityclearance:1:0" xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0">` +
    `<slab:PolicyIdentifier URI="urn:oid:1.3.6.1.4.1.32473.4774.1">NATO</slab:PolicyIdentifier><sclr:ClassificationList>${list}</sclr:ClassificationList>` +
    `<slab:Category TagName="Context" Type="PERMISSIVE"><slab:GenericValue>MROD</slab:GenericValue></slab:Category></sclr:ConfidentialityClearance>`
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** listens waits until the server takes connections; it fails when the server ends before. */
async function listens(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}`);
    const answered = await new Promise<boolean>((done) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => done(true)).once("error", () => done(false));
      socket.once("connect", () => socket.destroy());
    });
    if (answered) return;
    await new Promise((again) => setTimeout(again, 20));
  }
}

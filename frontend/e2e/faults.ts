import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type Demo, newDir, Program } from "./demo";
import { expect } from "./fixtures";

/** How many seconds a directory has to answer in an installation with gates: what answers at all must do so in time. */
export const patience = 5;

export type Nation = "GBR" | "UKR" | "AUS" | "DEU";

/** Gate stands before one server. It can be shut (nobody listens), and it can hang (nothing comes back). */
export class Gate {
  readonly port: number;
  #server: Server;
  #sockets = new Set<Socket>();
  #hangs = false;
  /** How many connections were asked for. */
  asked = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async before(to: number): Promise<Gate> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const gate = new Gate(server, (server.address() as AddressInfo).port);
    server.on("connection", (near) => gate.#join(near, to));
    return gate;
  }

  #join(near: Socket, to: number): void {
    this.asked++;
    const far = connect(to, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.on("data", (data) => {
        if (!this.#hangs) other.write(data);
      });
    }
    near.resume();
  }

  async shut(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    for (const s of this.#sockets) s.destroy();
    await closed;
  }

  hang(): void {
    this.#hangs = true;
  }

  async open(): Promise<void> {
    this.#hangs = false;
    if (!this.#server.listening) {
      await new Promise<void>((done) => this.#server.listen(this.port, "127.0.0.1", done));
    }
  }
}

/** Gated is another installation on the demonstration's servers, with a gate before each directory. */
export type Gated = { program: Program; gates: Record<Nation, Gate>; stop: () => Promise<void> };

type Options = {
  /** Directories that do not answer from the start. */
  hanging?: Nation[];
  /** Settings of [check], TOML. */
  check?: string;
  /** Rules of the installation, TOML: [[rule]] and [[threshold]]. */
  rules?: string;
  /** What else is changed in the installation file. */
  edit?: (file: string) => string;
};

/** gated starts it, on data of its own; a directory that does not answer within `patience` counts as down. */
export async function gated(demo: Demo, options: Options = {}): Promise<Gated> {
  const dir = await newDir();
  await mkdir(join(dir, "demo"));
  for (const f of ["secrets.age", "secrets.key", "demo/policy.spif.xml", "demo/ca.pem"]) {
    await cp(join(demo.dir, f), join(dir, f));
  }
  let file = await readFile(join(demo.dir, "installation.toml"), "utf8");
  const gates = {} as Record<Nation, Gate>;
  for (const nation of ["GBR", "UKR", "AUS", "DEU"] as const) {
    const found = new RegExp(
      `name = '${nation}'\\nnation = '${nation}'\\nurls = \\['ldap://127\\.0\\.0\\.1:(\\d+)'\\]`,
    ).exec(file);
    if (!found?.[0] || !found[1]) throw new Error(`the installation file has no directory ${nation}`);
    gates[nation] = await Gate.before(Number(found[1]));
    if (options.hanging?.includes(nation)) gates[nation].hang();
    file = file.replace(
      found[0],
      `${found[0].replace(found[1], String(gates[nation].port))}\ntimeout = '${patience}s'`,
    );
  }
  const check = `\n[check]\ndeadline = '${patience}s'\n${options.check ?? ""}\n${options.rules ?? ""}\n`;
  file = options.edit?.(file) ?? file;
  await writeFile(join(dir, "installation.toml"), file + check, { mode: 0o600 });
  const program = await Program.serve(dir);
  const stop = async () => {
    await program.stop();
    for (const g of Object.values(gates)) await g.shut().catch(() => undefined);
    await rm(dir, { recursive: true, force: true });
  };
  return { program, gates, stop };
}

/** areRead waits until directories have been read, and others could not be. */
export async function areRead(
  program: Program,
  nations: readonly Nation[],
  failed: readonly Nation[] = [],
): Promise<void> {
  const states = async () => {
    const all = (await program.api("GET", "/api/directories")) as { nation: string; state: string; error?: string }[];
    return Object.fromEntries(all.map((d) => [d.nation, d.error ? "failed" : d.state]));
  };
  const wanted = [...nations.map((n) => [n, "ok"]), ...failed.map((n) => [n, "failed"])];
  await expect.poll(states).toMatchObject(Object.fromEntries(wanted));
}

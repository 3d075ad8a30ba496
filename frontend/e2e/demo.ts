import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export type Cookie = { name: string; value: string; domain: string; path: string };

// Ceilings for a machine that is slow for a while.
const startTime = 150_000;
const endTime = 60_000;

// The keychain of whoever runs the tests is none of their business.
const env = { ...process.env, CAVEAT_SECRETS: "file" };

type Started = { process: ChildProcess; url: URL; output: string[] };

/** Program is the real program, serving the page from a data directory. */
export class Program {
  readonly dir: string;
  #args: string[];
  #started: Started;
  #cookie: Cookie | undefined;

  protected constructor(dir: string, args: string[], started: Started) {
    this.dir = dir;
    this.#args = args;
    this.#started = started;
  }

  /** serve starts it on an installation that is there. */
  static async serve(dir: string): Promise<Program> {
    const args = ["serve", "--data", dir];
    return new Program(dir, args, await begin(args));
  }

  /** join starts it as the user of another nation of a demonstration that runs. */
  static async join(demo: Program, nation: string): Promise<Program> {
    const args = ["demo", "--data", demo.dir, "--as", nation, "--no-open", "--roles", "drafter"];
    return new Program(join(demo.dir, "demo", `as-${nation}`), args, await begin(args));
  }

  get origin(): string {
    return this.#started.url.origin;
  }

  /** link is the one-time link that was printed. */
  get link(): string {
    return this.#started.url.href;
  }

  get pid(): number {
    return this.#started.process.pid ?? 0;
  }

  /** output is what the program has written so far. */
  get output(): string {
    return this.#started.output.join("");
  }

  /** cookie uses the one-time link once, as a browser does, and gives the session's cookie. */
  async cookie(): Promise<Cookie> {
    if (this.#cookie) return this.#cookie;
    const { url } = this.#started;
    const answer = await fetch(url, { redirect: "manual" });
    const set = answer.headers.getSetCookie()[0] ?? "";
    const [name, value] = (set.split(";")[0] ?? "").split("=");
    if (!name || !value) throw new Error(`the link gave no cookie: status ${answer.status}`);
    this.#cookie = { name, value, domain: url.hostname, path: "/" };
    return this.#cookie;
  }

  /** api calls an operation with the token that other programs of the user have; an error status throws. */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    const token = (await readFile(join(this.dir, "api-token"), "utf8")).trim();
    const answer = await fetch(`${this.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** command runs a command on the same data, and gives what it wrote and its status; to write nothing is an error. */
  async command(...args: string[]): Promise<{ status: number; output: string }> {
    return new Promise((done, fail) => {
      const child = execFile(
        program(),
        [...args, "--data", this.dir],
        { maxBuffer: 1 << 26, env },
        (error, output, said) => {
          if (output) done({ status: child.exitCode ?? -1, output });
          else fail(error ?? new Error(said || "it wrote nothing"));
        },
      );
    });
  }

  /** kill ends the program at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** again starts it once more, after it ended, on the same data and at the same address. Its link is a new one. */
  async again(): Promise<void> {
    this.#started = await begin(this.#args, this.#started.url.host);
    this.#cookie = undefined;
  }

  /** stop ends the program as a user does, and removes its data unless they are kept. */
  async stop(keep = false): Promise<void> {
    await this.#end("SIGTERM");
    if (!keep) await rm(this.dir, { recursive: true, force: true });
  }

  /** pause stops the program without ending it: it answers nothing until it goes on. */
  pause(): void {
    this.#started.process.kill("SIGSTOP");
  }

  goOn(): void {
    this.#started.process.kill("SIGCONT");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { process } = this.#started;
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = new Promise<void>((done) => process.once("exit", () => done()));
    const timer = setTimeout(() => process.kill("SIGKILL"), endTime);
    process.kill(signal);
    await ended;
    clearTimeout(timer);
  }
}

export type Role = "drafter" | "administrator" | "auditor";

/**
 * Demo is the program with its demonstration federation, in a data directory of its own. Its user is a drafter, unless a test says what
 * else.
 */
export class Demo extends Program {
  static async start(options: { people?: number; roles?: Role[] } = {}): Promise<Demo> {
    const dir = await newDir();
    const roles = options.roles ?? ["drafter"];
    const args = [
      "demo",
      "--data",
      dir,
      "--no-open",
      "--roles",
      roles.join(),
      "--people",
      String(options.people ?? 400),
    ];
    const demo = new Demo(dir, args, await begin(args));
    await demo.visitor("out");
    return demo;
  }

  /**
   * visitor has somebody who is not cleared come into the operations rooms, or stay away, as from the start: by the clock he would come a
   * minute after the first test that enters one, into whatever test there is then.
   */
  async visitor(order: "in" | "out"): Promise<void> {
    await this.#door("visitor", order);
  }

  /** chatAway takes the chat servers of nations down until it is called without any. */
  async chatAway(...nations: string[]): Promise<void> {
    await this.#door("chat-away", nations.join(" ") || undefined);
  }

  /** door is a file by which a test tells the demonstration something. */
  async #door(name: string, order: string | undefined): Promise<void> {
    const path = join(this.dir, "demo", name);
    if (order === undefined) await rm(path, { force: true });
    else await writeFile(path, `${order}\n`);
  }

  /**
   * delivered lists the messages that a nation's server took under a subject, oldest first. Give one that no other test has: what those
   * sent last may still be on its way.
   */
  async delivered(nation: string, subject: string): Promise<string[]> {
    const folder = join(this.dir, "demo", "mail", nation);
    if (!existsSync(folder)) return [];
    const files = (await readdir(folder)).filter((f) => f.endsWith(".eml")).sort();
    const all = await Promise.all(files.map((f) => readFile(join(folder, f), "utf8")));
    return all.filter((mail) => mail.includes(`\nSubject: ${subject}\r\n`));
  }
}

/**
 * startSecond starts the program once more, as the user of another nation on the same federation: of UKR, Olena Kovalchuk, with data of
 * her own within the demonstration's. Stop it before the demonstration.
 */
export function startSecond(demo: Demo, nation: "ukr" | "aus" | "deu" = "ukr"): Promise<Program> {
  return Program.join(demo, nation);
}

/** newDir makes an empty data directory. */
export function newDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), "caveat-e2e-"));
}

/** begin starts the program and waits for the line `ready URL`. */
async function begin(args: string[], listen = "127.0.0.1:0"): Promise<Started> {
  const child = spawn(program(), [...args, "--listen", listen], { env, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  const url = await new Promise<URL>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`not ready in ${startTime} ms:\n${output.join("")}`)), startTime);
    const hear = (data: Buffer) => {
      output.push(data.toString());
      const found = /^ready (\S+)$/m.exec(output.join(""))?.[1];
      if (found) {
        clearTimeout(timer);
        done(new URL(found));
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => {
      clearTimeout(timer);
      fail(new Error(`ended with ${code}:\n${output.join("")}`));
    });
  });
  return { process: child, url, output };
}

function program(): string {
  const path = resolve(process.env.CAVEAT_BIN ?? join(import.meta.dirname, "../../build/bin/caveat"));
  if (!existsSync(path)) throw new Error(`${path} is not there: run "make build" first`);
  return path;
}

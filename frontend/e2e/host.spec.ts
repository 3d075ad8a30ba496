import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, openDraft, people, secret, storeDraft, stored, test } from "./fixtures";
import { DraftModel } from "./models/draft";

/** ask sends a request whose headers no browser would let a page choose. */
function ask(url: string, headers: Record<string, string>, method = "GET"): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    const r = request(url, { method, headers }, (answer) => {
      let body = "";
      answer.on("data", (d) => {
        body += d;
      });
      answer.on("end", () => done({ status: answer.statusCode ?? 0, body }));
    });
    r.on("error", fail);
    r.end();
  });
}

/** site is another site on the same machine. */
async function site(html: string): Promise<{ origin: string; server: Server }> {
  const server = createServer((_r, w) => {
    w.setHeader("content-type", "text/html");
    w.end(html);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test.describe("the web host", () => {
  test("the link opens the app once, and leaves the address bar", async ({ browser, own, watch }) => {
    watch.expected.push(/status of 401/);
    await own.stop(true);
    await own.again(); // its link has not been used yet
    const first = await browser.newContext();
    const page = await first.newPage();
    await page.goto(own.link);
    await expect(page).toHaveURL(`${own.origin}/`);
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    const [cookie] = await first.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    expect(await page.evaluate(() => document.cookie)).toBe("");

    // Opened twice by the same person it still leads to the app; by anybody else it opens nothing.
    await page.goto(own.link);
    await expect(page.getByRole("heading", { name: "No drafts" })).toBeVisible();
    const second = await browser.newContext();
    const stranger = await second.newPage();
    expect((await stranger.goto(own.link))?.status()).toBe(401);
    await expect(stranger.getByRole("heading", { name: "This link has been used or has ended" })).toBeVisible();
    await expect(stranger.getByText("If Caveat is open in another tab of this browser, go on there.")).toBeVisible();
    await first.close();
    await second.close();
  });

  test("without a session there is a page that says what to do, in the browser's language, and no data", async ({
    browser,
    demo,
  }) => {
    const context = await browser.newContext({ locale: "fr-FR" });
    const page = await context.newPage();
    for (const path of ["/", "/book", "/sent/x", "/draft/x"]) {
      expect((await page.goto(demo.origin + path))?.status()).toBe(401);
      await expect(page.getByRole("heading", { name: "Ce lien a déjà servi ou n’est plus valable" })).toBeVisible();
    }
    for (const path of ["/api/drafts", "/api/book/search?text=a", "/api/installation", "/assets/index.js"]) {
      expect((await ask(demo.origin + path, {})).status).toBe(401);
    }
    await context.close();
  });

  test("requests that come from another site, or name another host, are refused", async ({ demo }) => {
    const cookie = await demo.cookie().then((c) => `${c.name}=${c.value}`);
    const drafts = `${demo.origin}/api/drafts`;
    expect((await ask(drafts, { cookie })).status).toBe(200);
    expect((await ask(drafts, { cookie, origin: demo.origin })).status).toBe(200);
    for (const origin of ["http://evil.example", "https://127.0.0.1", "null", `${demo.origin}0`]) {
      expect(await ask(drafts, { cookie, origin })).toMatchObject({ status: 403 });
    }
    for (const kind of ["cross-site", "same-site"]) {
      expect(await ask(drafts, { cookie, "sec-fetch-site": kind })).toMatchObject({ status: 403 });
    }
    for (const host of ["evil.example", `evil.example:${new URL(demo.origin).port}`, "127.0.0.1"]) {
      expect(await ask(drafts, { cookie, host })).toMatchObject({ status: 421 });
    }
    expect((await ask(drafts, { cookie: `${cookie}x` })).status).toBe(401);
  });

  test("another site in the same browser can neither read, nor change, nor frame anything", async ({
    page,
    demo,
    watch,
  }) => {
    const path = await storeDraft(demo, { subject: "Mine", body: "x", label: secret, action: [people.gbr] });
    const id = path.split("/").at(-1);
    const evil = await site(`<!doctype html><title>Evil</title><iframe src="${demo.origin}/"></iframe>`);
    watch.homes.push(evil.origin);
    watch.expected.push(/CORS|frame-ancestors|net::ERR_|status of 4\d\d|Refused to|Framing/);
    await page.goto(evil.origin); // on the same machine: its requests carry the cookie
    const said = await page.evaluate(
      async ([origin, id]) => {
        const attempts: [string, RequestInit][] = [
          ["/api/drafts", { credentials: "include" }],
          ["/api/drafts", { credentials: "include", mode: "no-cors" }],
          [`/api/drafts/${id}?version=1`, { method: "DELETE", credentials: "include" }],
          ["/api/book/sync", { method: "POST", credentials: "include", mode: "no-cors" }],
        ];
        const out: string[] = [];
        for (const [at, init] of attempts) {
          out.push(
            await fetch(origin + at, init).then(
              async (r) => `${r.type} ${await r.text()}`,
              () => "refused",
            ),
          );
        }
        return out;
      },
      [demo.origin, id] as const,
    );
    for (const s of said) expect(["refused", "opaque "]).toContain(s);
    const frame = page.frames().find((f) => f !== page.mainFrame());
    expect(await frame?.getByRole("heading").count()).toBe(0);
    expect((await stored(demo, path)).content.subject).toBe("Mine");
    evil.server.close();
  });

  test("the policy of the page allows nothing inline and nothing from elsewhere", async ({ page, watch }) => {
    watch.expected.push(/Executing inline script/); // which this test tries
    const answer = await page.goto("/");
    const policy = new Map(
      (answer?.headers()["content-security-policy"] ?? "").split(";").map((d) => {
        const [name = "", ...values] = d.trim().split(" ");
        return [name, values] as const;
      }),
    );
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("script-src")).toEqual(["'self'"]);
    expect(policy.get("connect-src")).toEqual(["'self'"]);
    expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
    expect(policy.get("base-uri")).toEqual(["'none'"]);
    expect(policy.get("form-action")).toEqual(["'none'"]);
    expect([...policy.values()].flat().join(" ")).not.toMatch(/unsafe-|\*|https?:/);
    const nonce = policy.get("style-src")?.find((v) => v.startsWith("'nonce-"));
    expect(nonce).toBeDefined();

    const html = (await answer?.text()) ?? "";
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|style=|javascript:|https?:/i);
    expect(html).not.toContain("__STYLE_NONCE__");
    const again = (await page.goto("/"))?.headers()["content-security-policy"];
    expect(again).not.toContain(nonce); // each answer has its own
    expect(answer?.headers()).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });

    // And it is enforced: a script that got into the page all the same does not run.
    const ran = await page.evaluate(() => {
      const s = document.createElement("script");
      s.textContent = "window.ran = true";
      document.body.append(s);
      return "ran" in window;
    });
    expect(ran).toBe(false);
  });

  test("what the app makes while it runs breaks no policy: every page and every layer", async ({ page, demo }) => {
    const broken: string[] = [];
    await page.exposeFunction("brokenPolicy", (s: string) => broken.push(s));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (e) => {
        void (window as unknown as { brokenPolicy: (s: string) => void }).brokenPolicy(
          `${e.violatedDirective} ${e.blockedURI} ${e.sample}`,
        );
      });
    });
    const draft = new DraftModel(page);
    await openDraft(page, await storeDraft(demo, { action: [people.gbr, people.deu], body: "x", label: secret }));
    await expect(draft.sum()).toHaveText("1 of 2 may not get this");
    await page.getByRole("button", { name: "Change label" }).click();
    await page.getByRole("radio", { name: "TOP SECRET", exact: true }).hover();
    await expect(page.getByRole("tooltip")).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("Dark", { exact: true }).click();
    await page.keyboard.press("Escape");
    for (const at of ["/book", "/sent", "/"]) await page.goto(at);
    await expect(page.getByRole("link", { name: /1 recipient|2 recipients/ })).toBeVisible(); // then it hears the keys too
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    expect(broken).toEqual([]);
  });
});

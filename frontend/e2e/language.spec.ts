import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { change } from "./answers";
import { expect, messages, openDraft, people, secret, storeDraft, test } from "./fixtures";
import { DraftModel } from "./models/draft";

const source = join(import.meta.dirname, "../src");

/** english lists what the catalogues say in English and not in French: sentences, and the pieces between what is filled in. */
function english(): string[] {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).map((f) => join(source, f));
  const en: string[] = [];
  const fr: string[] = [];
  for (const file of files.filter((f) => /words\.ts$|words\/(en|fr)\.ts$|split\.tsx$/.test(f))) {
    const text = readFileSync(file, "utf8");
    const at = (language: string) => text.search(new RegExp(`^ {2}${language}: \\{`, "m"));
    if (file.endsWith("en.ts")) en.push(...literals(text));
    else if (file.endsWith("fr.ts")) fr.push(...literals(text));
    else {
      en.push(...literals(text.slice(at("en"), at("fr"))));
      fr.push(...literals(text.slice(at("fr"))));
    }
  }
  const both = new Set(fr.map((s) => s.toLowerCase()));
  const only = en.filter((s) => !both.has(s.toLowerCase()));
  expect(only.length).toBeGreaterThan(200); // else this test would look for nothing
  return only;
}

function literals(code: string): string[] {
  const found = [...code.matchAll(/"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map((m) => m[1] ?? m[2] ?? "");
  const pieces = found.flatMap((s) => s.split(/\$\{[^}]*\}/)).map((s) => s.trim());
  // Keys and imports are no words of a person.
  return pieces.filter((s) => /^[A-Z][a-z]+$/.test(s) || (/[a-z]{2}.* .*[a-z]{2}/i.test(s) && !/[{}()=]/.test(s)));
}

/** Words that no French sentence has. */
const stopWords =
  /(?<![\p{L}’'-])(the|this|that|with|from|your|you|and|not|was|were|are|is|it|its|may|can|could|of|to|for|needs?|read|ago|by|everybody)(?![\p{L}’'-])/iu;

/** said is every text that a person can see or hear on the page now, but for what is quoted as it is (addresses, DNs). */
function said(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out = new Set([document.title]);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const e = n instanceof Element ? n : n.parentElement;
      if (!e?.checkVisibility({ visibilityProperty: true }) || e.closest(".mono, script, noscript")) continue;
      if (n instanceof Element) {
        for (const a of ["aria-label", "aria-description", "title", "placeholder", "alt"]) {
          const value = n.getAttribute(a)?.trim();
          if (value) out.add(value);
        }
      } else if (n.textContent?.trim()) out.add(n.textContent.trim());
    }
    return [...out];
  });
}

async function inFrench(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.setItem("caveat-language", "fr"));
}

/** leftInEnglish lists what of the page is not in French, outside what comes from directories and policy. */
async function leftInEnglish(page: Page, phrases: string[], data: RegExp): Promise<string[]> {
  const texts = (await said(page)).map((t) => t.replace(data, "…"));
  const isPhrase = (t: string) =>
    phrases.some((p) => (p.includes(" ") ? t.toLowerCase().includes(p.toLowerCase()) : t === p));
  return texts.filter((t) => (isPhrase(t) || stopWords.test(t)) && !knownGap.test(t));
}

// The program gives the reasons of the picker's choices in English only: when it gives them as it gives those of the check,
// this goes.
const knownGap = /^This installation may not hold it\. Needs [A-Z ]+\.$/;

// Names, ranks, units and appointments of the directories; the installation's and the policy's own names.
const data =
  /Demonstration \(fictitious\)|\S+@\S+|Lieutenant Colonel Siân Llewellyn|English|Context|Special Category Designators|Only|Releasable To|Everybody List|route \S+( network)?/g;

const places: Record<string, (page: Page, draft: DraftModel, path: string) => Promise<void>> = {
  drafts: async (page) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Brouillons" })).toBeVisible();
  },
  draft: async (page, _draft, path) => {
    await page.goto(path);
    const check = page.getByRole("complementary", { name: "Contrôle" });
    await expect(check.getByText("2 sur 4 ne peuvent pas le recevoir, 1 non contrôlé")).toBeVisible();
    await expect(check).toContainText("Il faut une habilitation SECRET.");
    await check.getByText(/^Habilités/).click();
    for (const why of await check.getByText("Pourquoi, et d’où").all()) await why.click();
  },
  label: async (page, _draft, path) => {
    await page.goto(path);
    await page.getByRole("button", { name: "Modifier l’étiquette" }).click();
    const picker = page.getByRole("region", { name: "Étiquette" });
    await expect(picker.getByRole("radio", { name: "TRÈS SECRET" }).or(picker.getByRole("radio").last())).toBeVisible();
  },
  block: async (page, _draft, path) => {
    await page.goto(path);
    await page.getByRole("button", { name: "Contrôler et envoyer" }).click();
    await expect(page.getByRole("alertdialog", { name: "Arrêté : rien n’a été envoyé" })).toBeVisible();
  },
  "military fields, portion marks, time": async (page, _draft, path) => {
    await page.goto(path);
    await page.getByRole("button", { name: /^Champs militaires/ }).click();
    await page.getByRole("switch", { name: "Marques de paragraphe" }).click();
    await expect(page.getByRole("button", { name: /^Marque du paragraphe 1/ })).toBeVisible();
    await page.getByRole("button", { name: "Choisir le moment de l’envoi" }).click();
    await expect(page.getByRole("textbox", { name: "Heure (UTC)" })).toBeVisible();
  },
  "less restrictive": async (page, _draft, path) => {
    await page.goto(path);
    await page.getByRole("button", { name: "Modifier l’étiquette" }).click();
    const picker = page.getByRole("region", { name: "Étiquette" });
    await picker.getByRole("radio").first().check();
    await expect(picker.getByRole("button", { name: "Utiliser cette étiquette" })).toBeVisible();
  },
  history: async (page, _draft, path) => {
    await page.goto(path);
    await page.getByRole("button", { name: "Historique" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /Pont/ }).first().click();
    await expect(page.getByRole("region", { name: "La version" })).toBeVisible();
  },
  template: async (page, _draft, path) => {
    await page.goto(path);
    await page.getByRole("button", { name: "Garder comme modèle" }).click();
    await expect(page.getByRole("button", { name: "Garder le modèle" })).toBeVisible();
  },
  "message file": async (page) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Depuis un fichier de message" }).click();
    await expect(page.getByRole("button", { name: "Transférer…" })).toBeVisible();
  },
  "new draft": async (page) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Pont" }).waitFor(); // then it hears the keys too
    await page.keyboard.press("c");
    await page.getByRole("combobox", { name: "À (action)" }).fill("ковальчук олена");
    await expect(page.getByRole("option", { name: /Ковальчук/ }).first()).toBeVisible();
  },
  book: async (page) => {
    await page.goto("/book");
    await page.getByRole("searchbox").fill("ковальчук олена");
    await expect(page.getByRole("row").nth(1)).toContainText("Ковальчук");
    await page.getByRole("button", { name: "Interroger les annuaires" }).first().click();
    await expect(page.getByText(/Les 4 annuaires ont répondu/)).toBeVisible();
  },
  "book detail": async (page) => {
    await page.goto(`/book/${encodeURIComponent(people.ukr)}`);
    await expect(page.getByText("Leur contenu n’est pas affiché.", { exact: false })).toBeVisible();
  },
  "book own": async (page) => {
    await page.goto("/book/own");
    await expect(page.getByRole("heading", { name: "Vos groupes" })).toBeVisible();
  },
  "book receive": async (page) => {
    await page.goto("/book/receive");
    await expect(page.getByRole("heading", { name: "Qui peut recevoir cette étiquette ?" })).toBeVisible();
  },
  "book add directory": async (page) => {
    await page.goto("/book/add-directory");
    await expect(page.getByText("L’ajout d’un annuaire est réservé aux administrateurs").first()).toBeVisible();
  },
  sent: async (page) => {
    // Of this test alone: what others sent has English subjects.
    await change(page, /\/api\/messages\?/, (all: unknown[]) => all.slice(0, 1));
    await page.goto("/sent");
    await expect(page.getByRole("row").nth(1)).toBeVisible();
  },
  "sent detail": async (page) => {
    await page.goto("/sent");
    await page.getByRole("row").nth(1).click();
    await expect(page.getByRole("article").getByText("Accepté").first()).toBeVisible();
  },
  settings: async (page) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Réglages" }).click();
    await expect(page.getByText("Comme le système")).toBeVisible();
  },
  directories: async (page) => {
    await page.goto("/");
    await page.getByRole("button", { name: "4 annuaires lus" }).click();
    await expect(page.getByRole("button", { name: "Lire maintenant" })).toBeVisible();
  },
  keys: async (page) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Pont" }).waitFor(); // then it hears the keys too
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Raccourcis clavier" })).toBeVisible();
  },
  "no such page": async (page) => {
    await page.goto("/nulle-part");
    await expect(page.getByRole("heading", { name: "Cette page n’existe pas" })).toBeVisible();
  },
};

test.describe("French", () => {
  test("is set in the settings, at once and for the next time, and the page says in which language it is", async ({
    page,
  }) => {
    await page.goto("/");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("Français").click();
    await expect(page.locator("html")).toHaveAttribute("lang", "fr");
    await expect(page.getByRole("heading", { name: "Aucun brouillon" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: "Aucun brouillon" })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "fr");
    await page.getByRole("button", { name: "Réglages" }).click();
    await page.getByText("English").click();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });

  test.describe(() => {
    test.use({ locale: "fr-FR" });
    test("is what a French system gets without asking", async ({ page }) => {
      await page.goto("/");
      await expect(page.getByRole("heading", { name: "Aucun brouillon" })).toBeVisible();
    });
  });

  for (const [name, reach] of Object.entries(places)) {
    test(`is all there is: ${name}`, async ({ page, demo, watch }) => {
      watch.expected.push(/status of 409/);
      const action = [people.ukr, people.ukrRestricted, people.ukrNone, people.deu];
      const path = await storeDraft(demo, { action, subject: "Pont", body: "Carroyage.", label: secret });
      const draft = { channel: "mail", action: [people.ukr], subject: "Pont", body: "Carroyage.", label: secret };
      if (name.startsWith("sent")) await demo.api("POST", "/api/send", { draft });
      await page.goto("/");
      await inFrench(page);
      await reach(page, new DraftModel(page), path);
      // What other tests of the same program have sent is in the list, in whatever language it was written.
      const subjects = (await messages(demo)).map((m) => m.subject.replace(/[^\w ]/g, "\\$&")).filter((s) => s !== "");
      const theirs = new RegExp([data.source, ...subjects].join("|"), "g");
      expect(await leftInEnglish(page, english(), theirs)).toEqual([]);
    });
  }

  test("the search for English finds some where there is some", async ({ page, demo }) => {
    await openDraft(page, await storeDraft(demo, { action: [people.ukr, people.deu], body: "x", label: secret }));
    await expect(new DraftModel(page).sum()).toHaveText("1 of 2 may not get this");
    expect((await leftInEnglish(page, english(), data)).length).toBeGreaterThan(20);
  });
});

test.describe("the theme", () => {
  const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = "rgb(245, 246, 248)";
  const dark = "rgb(19, 23, 27)";

  test("is the system's, until it is set; what is set stays", async ({ page }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto("/");
    await expect.poll(() => ground(page)).toBe(dark);
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(() => ground(page)).toBe(light);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("Dark", { exact: true }).click();
    await expect.poll(() => ground(page)).toBe(dark);
    await page.reload();
    await expect.poll(() => ground(page)).toBe(dark);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("Light", { exact: true }).click();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => ground(page)).toBe(light);
    await page.getByText("As the system").click();
    await expect.poll(() => ground(page)).toBe(dark);
  });
});

// What scripts in the window's page can use, beside the page's own: they find things by role and name, as a person does. A name
// is a part of it in any case, or a regular expression.

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// until gives what is() gives, as soon as that is something; else it fails and says what it waited for.
const until = async (what, is, ms = 15000) => {
  for (const end = Date.now() + ms; ; await sleep(25)) {
    const got = await is();
    if (got) return got;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
  }
};

const selectors = {
  alert: "[role=alert]",
  button: "button,[role=button],input[type=submit]",
  checkbox: "input[type=checkbox],[role=checkbox]",
  combobox: "[role=combobox],input[aria-haspopup=listbox],select",
  dialog: "[role=dialog],[role=alertdialog],dialog",
  heading: "h1,h2,h3,h4,h5,h6,[role=heading]",
  link: "a[href],[role=link]",
  listitem: "li,[role=listitem]",
  option: "[role=option],option",
  radio: "input[type=radio],[role=radio]",
  region: "[role=region],section[aria-label],section[aria-labelledby]",
  row: "tr,[role=row]",
  status: "[role=status]",
  tab: "[role=tab]",
  textbox: "textarea,[role=textbox],input:not([type]),input[type=text],input[type=search]",
};

const words = (s) => (s ?? "").replace(/\s+/g, " ").trim();

// nameOf is an element's accessible name, near enough.
const nameOf = (e) => {
  const by = (e.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  return words(
    e.getAttribute("aria-label") ||
      by.map((id) => document.getElementById(id)?.textContent).join(" ") ||
      [...(e.labels ?? [])].map((l) => l.textContent).join(" ") ||
      e.getAttribute("placeholder") ||
      e.textContent ||
      e.getAttribute("title"),
  );
};

const matches = (text, name) => name === undefined || (name instanceof RegExp ? name.test(text) : text.toLowerCase().includes(name.toLowerCase()));

// all gives the visible elements of a role and name.
const all = (role, name, within = document) =>
  [...within.querySelectorAll(selectors[role] ?? `[role=${role}]`)].filter((e) => e.checkVisibility() && matches(nameOf(e), name));

// one waits for an element of a role and name.
const one = (role, name, within = document) => until(`${role} ${name ?? ""}; there are: ${all(role, undefined, within).map(nameOf).join(" | ")}`, () => all(role, name, within)[0]);

// saying waits until the page says a text.
const saying = (text) => until(`the page says ${text}`, () => matches(words(document.body.innerText), text));

const click = async (role, name, within = document) => {
  const e = await one(role, name, within);
  e.scrollIntoView({ block: "center" });
  for (const [kind, event] of [["pointerdown", PointerEvent], ["mousedown", MouseEvent], ["pointerup", PointerEvent], ["mouseup", MouseEvent]]) {
    e.dispatchEvent(new event(kind, { bubbles: true, cancelable: true, button: 0 }));
    if (kind === "mousedown") e.focus();
  }
  e.click();
};

// fill puts text into a field, as typed at once.
const fill = async (role, name, text, within = document) => {
  const e = await one(role, name, within);
  e.focus();
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), "value").set.call(e, text); // React replaces the element's own setter
  e.dispatchEvent(new InputEvent("input", { bubbles: true, data: text, inputType: "insertText" }));
};

// press sends a key to what has the focus. Real keys come by xdotool: see windowed.keys.
const press = (key, more = {}) => {
  for (const kind of ["keydown", "keyup"]) {
    (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent(kind, { key, code: key, bubbles: true, cancelable: true, ...more }));
  }
};

// get and post ask the program; both give {status, body}.
const asked = async (response) => ({ status: response.status, body: await response.json().catch(() => null) });
const get = async (path) => asked(await fetch(path));
const post = async (path, value) =>
  asked(await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) }));

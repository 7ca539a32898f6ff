// Opening an account: 入力 → 確認 → 完了 on one page, because the password must not leave wasm between the steps.

import { checkPassword, explain, openAccount, ready, samePassword } from "./sekisho.js";
import { byId, lang, say, tell } from "./words.js";

const form = byId("open-form");
const title = document.title;
const field = (name) => byId(name);
const kana = (text) => text.replace(/[\u3041-\u3096]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0x60));
const digits = (text) => text.normalize("NFKC").replace(/[\s\-‐-―ー()]/g, "");
const tidy = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim();
const valid = { postal: /^\d{7}$/, phone: /^0\d{9,10}$/, kana: /^[ァ-ヶー・ ]+$/, mail: /^[^\s@]+@[^\s@]+\.[^\s@]+$/ };

/** The label beside a field. */
function label(name) {
  return form.querySelector(`label[for="${name}"]`).textContent.trim();
}

/** Full-width digits, half-width kana, hiragana and stray spaces are put right silently, never called a mistake. */
function fold() {
  for (const name of ["family", "given", "address"]) field(name).value = field(name).value.replace(/\s+/g, " ").trim();
  for (const name of ["family_kana", "given_kana"]) field(name).value = kana(tidy(field(name).value));
  for (const name of ["postal", "phone", "birthday_year", "birthday_month", "birthday_day"]) field(name).value = digits(field(name).value);
  field("mail").value = tidy(field("mail").value);
}

function birthday() {
  const [year, month, day] = ["birthday_year", "birthday_month", "birthday_day"].map((name) => Number(digits(field(name).value)));
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = year >= 1900 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && date < new Date() ? date : null;
}

const eras = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { timeZone: "UTC", era: "long", year: "numeric" });

/** The era's year beside the western one; before month and day are known, by the end of the year. */
function era() {
  const year = Number(digits(field("birthday_year").value));
  const whole = birthday();
  const date = whole ?? (year >= 1900 && year <= new Date().getFullYear() ? new Date(Date.UTC(year, 11, 31)) : null);
  byId("birthday-era").textContent = date === null ? "" : say("open_js.era", { era: eras.format(date) });
}
for (const name of ["birthday_year", "birthday_month", "birthday_day"]) field(name).addEventListener("input", era);

/** What the page itself can tell of one field; the edge decides. */
function complaint(name) {
  const value = field(name).value;
  if (value === "") return say("open_js.need", { label: label(name) });
  if (name.endsWith("_kana") && !valid.kana.test(value)) return say("open_js.kana", { label: label(name) });
  if (valid[name] && !valid[name].test(value)) return say(`open_js.${name}`);
  return null;
}

const single = ["family", "given", "family_kana", "given_kana", "postal", "address", "phone", "mail"];
const order = ["family", "given", "family_kana", "given_kana", "birthday", "postal", "address", "phone", "mail", "password", "password-again"];
const control = (name) => field(name === "birthday" ? "birthday_year" : name);

function passwordComplaints() {
  const found = {};
  const [first, second] = [field("password"), field("password-again")];
  if (first.value === "") found.password = say("open_js.need", { label: label("password") });
  else if (refused(first)) found.password = say("open_js.password");
  if (second.value === "") found["password-again"] = say("open_js.need", { label: label("password-again") });
  else if (!samePassword(first, second)) found["password-again"] = say("open_js.differ");
  return found;
}

function refused(input) {
  try {
    return checkPassword(input).verdict === "refuse";
  } catch (error) {
    // Without wasm the rules are not here; the edge has them.
    if (error.code === "not_ready") return false;
    throw error;
  }
}

function show(complaints) {
  for (const name of order) {
    tell(`${name}-error`, complaints[name] ?? null);
    control(name).setAttribute("aria-invalid", String(name in complaints));
  }
  const found = order.filter((name) => name in complaints);
  byId("open-error-list").replaceChildren(
    ...found.map((name) => {
      const entry = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${control(name).id}`;
      link.textContent = complaints[name];
      entry.append(link);
      return entry;
    }),
  );
  byId("open-error-text").textContent = say("open_js.errors", { n: found.length });
  byId("open-error").hidden = found.length === 0;
  if (found.length > 0) byId("open-error").focus();
  return found.length === 0;
}

let step = "input";
function go(next) {
  step = next;
  for (const name of ["input", "confirm", "done"]) {
    byId(`open-${name}`).hidden = name !== next;
    const mark = byId(`step-${name}`);
    if (name === next) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
  }
  const heading = byId(`open-${next}-title`);
  document.title = next === "input" ? title : `${heading.textContent} | ${title}`;
  heading.focus();
}

function fillConfirm() {
  const value = (name) => field(name).value;
  const date = birthday();
  const shown = {
    name: `${value("family")} ${value("given")}`,
    kana: `${value("family_kana")} ${value("given_kana")}`,
    birthday:
      lang === "ja"
        ? `${date.getUTCFullYear()}年${say("open_js.era", { era: eras.format(date) })}${date.getUTCMonth() + 1}月${date.getUTCDate()}日`
        : new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "long" }).format(date),
    postal: value("postal").replace(/^(\d{3})(\d{4})$/, "$1-$2"),
    address: value("address"),
    phone: value("phone"),
    mail: value("mail"),
  };
  for (const [name, text] of Object.entries(shown)) byId(`confirm-${name}`).textContent = text;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await ready;
  fold();
  era();
  const complaints = Object.fromEntries(single.map((name) => [name, complaint(name)]).filter(([, text]) => text !== null));
  if (birthday() === null) complaints.birthday = say("open_js.birthday");
  if (!show({ ...complaints, ...passwordComplaints() })) return;
  fillConfirm();
  tell("confirm-error", null);
  history.pushState({ step: "confirm" }, "");
  go("confirm");
});

byId("open-back").addEventListener("click", () => history.back());
window.addEventListener("popstate", ({ state }) => {
  if (step !== "done") go(state?.step === "confirm" && field("password").value !== "" ? "confirm" : "input");
});

/** The edge's complaints, each at its field. */
function returned({ code, details }) {
  const complaints = {};
  for (const name of Object.keys(details?.fields ?? {})) {
    const known = order.includes(name) ? name : "address";
    complaints[known] = known === "birthday" ? say("open_js.age") : say("open_js.check", { label: label(known) });
  }
  const breached = details?.complaints?.some(({ code }) => code === "breached");
  if (code === "password_refused") complaints.password = say(breached ? "open_js.breached" : "open_js.password");
  go("input");
  history.replaceState({ step: "input" }, "");
  show(complaints);
}

let busy = false;
byId("open-submit").addEventListener("click", async () => {
  if (busy) return;
  busy = true;
  byId("open-submit").textContent = say("open_js.sending");
  try {
    const { account_number: number, receipt } = await openAccount(form);
    byId("account-number").textContent = number;
    byId("receipt").textContent = receipt;
    // The data of an opened account must not wait in the page for whoever comes next.
    form.reset();
    history.replaceState({ step: "done" }, "");
    go("done");
  } catch (error) {
    if (error.code === "fields_refused" || error.code === "password_refused") returned(error);
    else tell("confirm-error", explain(error));
  } finally {
    busy = false;
    byId("open-submit").textContent = submitLabel;
  }
});
const submitLabel = byId("open-submit").textContent;

// From a form of the page to the names and values of a request. A password stays an element until the wasm takes it.

const OPENING = [
  "family", "given", "family_kana", "given_kana", "birthday", "postal", "address", "phone", "mail", "password",
];

const isForm = (source) => typeof HTMLFormElement === "function" && source instanceof HTMLFormElement;

/** The `<input>` behind an input or a `<sekisho-keyboard>`. */
export const field = (source) => {
  const input = source?.localName === "sekisho-keyboard" ? source.field : source;
  if (!(input instanceof HTMLInputElement)) {
    throw new TypeError("sekisho: a password is given as an <input> or a <sekisho-keyboard>, never as a string.");
  }
  return input;
};

const text = (value) => (value instanceof Element ? value.value : value);

const control = (form, name) => {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLElement ? found : undefined;
};

const needed = (form, name) => {
  const found = control(form, name);
  if (!found) throw new TypeError(`sekisho: the form has no control named "${name}".`);
  return found;
};

/** `[names, values]` of a sign-in. */
export const signingIn = (source) => {
  const form = isForm(source);
  const id = form ? needed(source, "id") : source.id;
  const password = form ? needed(source, "password") : source.password;
  const back = form ? control(source, "return") : source.return;
  const pairs = [["id", text(id)], ["password", field(password)]];
  if (text(back)) pairs.push(["return", text(back)]);
  // All that is told of the browser beside what it tells by itself: its clock's zone and its first language.
  pairs.push(["zone", String(-new Date().getTimezoneOffset())], ["language", navigator.language]);
  return split(pairs);
};

/** `[names, values]` of an account opening. */
export const opening = (source) => {
  const form = isForm(source);
  const value = (name) => {
    if (name === "password") return field(form ? needed(source, name) : source[name]);
    if (name === "birthday") return birthday(source, form);
    return text(form ? needed(source, name) : source[name]);
  };
  const pairs = OPENING.map((name) => [name, value(name)]);
  const lang = (form ? undefined : source.lang) ?? document.documentElement.lang;
  pairs.push(["lang", lang.toLowerCase().startsWith("en") ? "en" : "ja"]);
  return split(pairs);
};

/** `[names, values]` of a new password; the current one is left out where it is empty: then a passkey proves who asks. */
export const changing = (source) => {
  const form = isForm(source);
  const found = (name) => (form ? control(source, name) : source[name]);
  const current = found("current") && field(found("current"));
  const pairs = current && current.value !== "" ? [["current", current]] : [];
  pairs.push(["password", field(form ? needed(source, "password") : source.password)]);
  return split(pairs);
};

const birthday = (source, form) => {
  if (!form) return source.birthday;
  const whole = control(source, "birthday");
  if (whole) return whole.value;
  const part = (name, width) => needed(source, `birthday_${name}`).value.trim().padStart(width, "0");
  return `${part("year", 4)}-${part("month", 2)}-${part("day", 2)}`;
};

const split = (pairs) => [pairs.map(([name]) => name), pairs.map(([, value]) => value)];

// The page's sentences, which the server put beside the page in the visitor's language, and the forms of times and sums.

const table = JSON.parse(document.body.dataset.words);

/** The page's language, `ja` or `en`. */
export const lang = document.documentElement.lang;

/** The site's domain as the address bar shows it. */
export const domain = document.body.dataset.domain;

/** The sentence `section.key` with its `{places}` filled. */
export function say(key, places = {}) {
  const dot = key.indexOf(".");
  const sentence = table[key.slice(0, dot)]?.[key.slice(dot + 1)];
  if (sentence === undefined) throw new Error(`there is no sentence ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (_, place) => String(places[place] ?? ""));
}

/** How customers read a code of the edge's; a code that is new here is shown as it is. */
export function named(section, code) {
  return table[section]?.[code] ?? code;
}

const parts = new Intl.DateTimeFormat(lang === "ja" ? "ja-JP" : "en-GB", {
  timeZone: "Asia/Tokyo",
  year: "numeric",
  month: lang === "ja" ? "numeric" : "short",
  day: "numeric",
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** A moment in milliseconds as customers read it, always in Japan's time. */
export function moment(millis) {
  const of = Object.fromEntries(parts.formatToParts(new Date(millis)).map(({ type, value }) => [type, value]));
  return lang === "ja"
    ? `${of.year}年${of.month}月${of.day}日(${of.weekday})${of.hour}:${of.minute}`
    : `${of.weekday}, ${of.day} ${of.month} ${of.year}, ${of.hour}:${of.minute} JST`;
}

/** A whole number with its thousands apart. */
export function grouped(number) {
  return new Intl.NumberFormat("ja-JP").format(number);
}

/** The element with this id; every page's script knows its own page. */
export function byId(id) {
  return document.getElementById(id);
}

/** Shows `text` in the element `id`, or hides it where there is none; an alert takes the focus. */
export function tell(id, text) {
  const place = byId(id);
  place.textContent = text ?? "";
  place.hidden = !text;
  if (text && place.getAttribute("role") === "alert") place.focus();
}

// The login history: newest first, more on demand.

import { ask } from "../sekisho.js";
import { byId, lang, moment, named, say, tell } from "../words.js";

const rows = byId("history-rows");
const more = byId("history-more");
let next;

function cell(row, heading, text) {
  const place = row.insertCell();
  // On a narrow screen each row is a block of its own, and the headings stand beside the values.
  place.dataset.heading = heading;
  place.textContent = text;
}

const headings = [...document.querySelectorAll("#history th")].map((heading) => heading.textContent);

function add(entry) {
  const row = rows.insertRow();
  cell(row, headings[0], moment(entry.at));
  cell(row, headings[1], named("channel", entry.channel));
  cell(row, headings[2], [entry.client, entry[`place_${lang}`]].filter(Boolean).join(" "));
  cell(row, headings[3], named("method", entry.method));
  cell(row, headings[4], named("outcome", entry.outcome));
  row.dataset.outcome = entry.outcome;
}

async function load() {
  try {
    const page = await ask(`/.sekisho/history${next === undefined ? "" : `?before=${next}`}`);
    page.entries.forEach(add);
    next = page.next ?? undefined;
    more.hidden = !page.more;
    const n = rows.rows.length;
    byId("history-status").textContent = n > 0 ? say("history_js.shown", { n }) : say("history_js.empty");
  } catch {
    byId("history-status").textContent = "";
    tell("history-error", say("history_js.failed"));
  }
}

more.addEventListener("click", load);
await load();

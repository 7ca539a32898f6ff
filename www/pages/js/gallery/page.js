// The gallery: the switch of colours, the list of events, and the sample warning.

import { byId } from "../words.js";

const SHOWN = 8;
const TWO_MINUTES = 120_000;

for (const button of document.querySelectorAll(".schemes button")) {
  button.addEventListener("click", () => {
    byId("stage").dataset.scheme = button.dataset.scheme;
    for (const other of document.querySelectorAll(".schemes button")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}

// The list keeps the last few; the same event again only counts.
const list = byId("events");
let last;
let times = 0;
function heard({ type, target, detail }) {
  const where = target.closest?.("article")?.id ?? "idle-demo";
  const line = `${type} (${where})${detail && typeof detail === "object" ? ` ${JSON.stringify(detail)}` : ""}`;
  times = line === last ? times + 1 : 1;
  const item = times > 1 ? list.firstElementChild : document.createElement("li");
  item.textContent = times > 1 ? `${line} ×${times}` : line;
  if (last === undefined) list.replaceChildren();
  if (times === 1) list.prepend(item);
  last = line;
  while (list.children.length > SHOWN) list.lastElementChild.remove();
}
const KINDS = ["input", "sekisho-open", "sekisho-close", "sekisho-done", "sekisho-verdict", "sekisho-passkey-failed",
  "sekisho-confirmed", "sekisho-registered", "sekisho-idle-warning", "sekisho-extended", "sekisho-session-ended"];
for (const kind of KINDS) document.addEventListener(kind, heard);

// Only there for visitors without a session; so is the module that stands for the edge.
byId("idle-open")?.addEventListener("click", async () => {
  const { pretend } = await import("./edge.js");
  byId("idle-sample")?.remove();
  pretend(TWO_MINUTES);
  const warning = document.createElement("sekisho-idle-warning");
  warning.id = "idle-sample";
  warning.addEventListener("sekisho-session-ended", (event) => {
    // A sample's end leads nowhere.
    event.preventDefault();
    pretend(0);
    warning.remove();
  });
  byId("idle-demo").append(warning);
});

// The frame of every page: text size, logging out, and the package's start.

import { byId, say } from "./words.js";

for (const button of document.querySelectorAll("button.size")) {
  button.addEventListener("click", () => {
    const size = button.dataset.size;
    document.documentElement.dataset.text = size;
    document.cookie = `text=${size}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    for (const other of document.querySelectorAll("button.size")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}

// Imported late, so that the text size works even where the package cannot be had.
const { signInWithPasskey, signOut, ready } = await import("./sekisho.js");

for (const id of ["sign-out", "end-session"]) {
  byId(id)?.addEventListener("click", async () => {
    try {
      await signOut();
      location.assign("/logged-out?out=self");
    } catch {
      complain();
    }
  });
}

// Where a passkey is at hand the browser asks for it on the spot, and the login page is not needed.
for (const id of ["nav-login", "go-login"]) {
  byId(id)?.addEventListener("click", async (event) => {
    const { href } = event.currentTarget;
    if (event.ctrlKey || event.metaKey || event.shiftKey || href === location.href) return;
    event.preventDefault();
    await ready;
    try {
      const { next } = await signInWithPasskey({ immediate: true });
      location.assign(next);
    } catch {
      location.assign(href);
    }
  });
}

function complain() {
  const old = byId("sign-out-error");
  const place = old ?? document.createElement("p");
  place.id = "sign-out-error";
  place.className = "notice caution";
  place.setAttribute("role", "alert");
  place.textContent = say("common_js.sign_out_failed");
  if (!old) byId("main").prepend(place);
}

// For tests and style sheets: the elements are defined from here on.
document.documentElement.dataset.sekisho = await ready;

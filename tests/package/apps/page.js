// A login page as a frontend team would write it; `?set` makes it one where a password is set, which loads the larger
// module and the list of common passwords.

import { checkPassword, initAsync, SekishoError, signIn } from "sekisho";

const form = document.querySelector("#login");
const said = document.querySelector("#said");

if (location.search === "?set") {
  const rules = document.createElement("sekisho-password-rules");
  rules.setAttribute("for", "password");
  form.append(rules);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    said.textContent = (await signIn(form)).next;
  } catch (error) {
    said.textContent = error instanceof SekishoError ? error.code : String(error);
  }
});

globalThis.verdict = () => checkPassword(document.querySelector("#password"));
document.documentElement.dataset.sekisho = await initAsync(globalThis.settings);

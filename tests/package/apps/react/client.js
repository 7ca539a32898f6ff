import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { App } from "./app.js";

globalThis.recovered = [];
hydrateRoot(document.querySelector("#root"), createElement(App, { set: location.search === "?set" }), {
  onRecoverableError: (error) => globalThis.recovered.push(String(error)),
});

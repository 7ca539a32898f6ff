// Renders the page on a server, as Next and its like do: package and components are imported where there is no page.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { initAsync } from "sekisho";
import { App } from "./app.js";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const page = (markup) => `<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>login</title><body>
<div id="root">${markup}</div><script type="module" src="./client.js"></script></body></html>`;

const refused = await initAsync().then(() => undefined, (error) => error.message);
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://server");
  const file = join(import.meta.dirname, "built", pathname.split("/").at(-1));
  if (extname(file) && existsSync(file)) {
    return response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
  }
  if (!pathname.endsWith("/")) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  return response.end(page(renderToString(createElement(App, { set: searchParams.has("set") }))));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log(`listening; initAsync: ${refused}`));

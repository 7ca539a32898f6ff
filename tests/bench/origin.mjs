// The origin of the bench: the cheapest server there is, so that what is measured is the worker before it.
// `/page` answers 4 KB; `/echo` answers the headers it was sent.

import { createServer } from "node:http";

const page = Buffer.from(`<!doctype html><title>page</title><p>${"関所".repeat(660)}</p>\n`);

const server = createServer({ keepAliveTimeout: 60_000 }, (request, answer) => {
  if (request.url === "/echo") {
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify(request.headers));
  } else {
    answer.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-length": page.length });
    answer.end(page);
  }
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`listening on ${server.address().port}\n`));
process.once("SIGTERM", () => process.exit(0));

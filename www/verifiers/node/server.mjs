// The smallest application that insists on the statement: it answers to whom it speaks.
//
//   ISSUER=http://localhost:8787 AUDIENCE=https://origin.example PORT=8788 node server.mjs

import { createServer } from "node:http";
import { sekisho } from "./sekisho.mjs";

const { ISSUER, AUDIENCE, JWKS, PORT, FRESH, STALE, PAUSE } = process.env;
const number = (text) => (text === undefined ? undefined : Number(text));
const options = { fresh: number(FRESH), stale: number(STALE), pause: number(PAUSE) };
const guard = sekisho({ issuer: ISSUER, audience: AUDIENCE, jwks: JWKS, ...options });

const server = createServer((request, response) => {
  guard(request, response, () => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.sekisho));
  });
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));

// A browser as the gate sees one: requests with the headers that browsers set, one cookie jar, no redirect followed.
// Node's own fetch writes Fetch Metadata of its own, so this goes through node:http.

import http from "node:http";
import net from "node:net";

const LIMIT = 20_000;

/**
 * Sends one request and answers the whole response.
 *
 * @param {string} base scheme, host and port
 * @param {{method?: string, path: string, headers?: Record<string, string | string[]>, body?: string | Buffer, agent?: http.Agent}} request
 * @returns {Promise<{status: number, headers: Record<string, string>, cookies: string[], bytes: Buffer, text: string, json: any}>}
 */
export function send(base, { method = "GET", path, headers = {}, body, agent = false }) {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const request = http.request({ host: hostname, port, method, path, headers, agent, timeout: LIMIT });
    request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer within ${LIMIT} ms`)));
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString("utf8");
        const isJson = method !== "HEAD" && /^application\/(problem\+)?json/.test(response.headers["content-type"] ?? "");
        resolve({
          status: response.statusCode,
          headers: response.headers,
          cookies: response.headers["set-cookie"] ?? [],
          bytes,
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
    });
    request.end(body);
  });
}

/** Writes `lines` to a socket as they are and answers the status line and everything after it. */
export function raw(base, lines, body = "") {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname);
    const chunks = [];
    socket.setTimeout(LIMIT, () => socket.destroy(new Error("no answer on the raw socket")));
    socket.on("error", reject);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("close", () => {
      const text = Buffer.concat(chunks).toString("latin1");
      resolve({ status: Number(text.split(" ")[1]), text });
    });
    socket.write(`${lines.join("\r\n")}\r\nconnection: close\r\n\r\n${body}`);
  });
}

/** One browser at one site. */
export class Visitor {
  /** @param {string} base the site's origin */
  constructor(base) {
    this.base = base;
    this.agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36";
    /** The session cookie's value, if there is one. */
    this.cookie = undefined;
  }

  async #send(request, metadata) {
    const headers = { "user-agent": this.agent, ...metadata, ...request.headers };
    if (this.cookie !== undefined) headers.cookie ??= `theme=dark; __Host-sekisho=${this.cookie}`;
    const response = await send(this.base, { ...request, headers });
    for (const line of response.cookies) {
      const [, value] = line.match(/^__Host-sekisho=([^;]*)/) ?? [];
      if (value !== undefined) this.cookie = /max-age=0/i.test(line) || value === "" ? undefined : value;
    }
    return response;
  }

  /** Opens a page. */
  navigate(path, headers = {}) {
    const metadata = { accept: "text/html", "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    return this.#send({ path, headers }, metadata);
  }

  /** Fetches from a page's script. */
  get(path, headers = {}) {
    return this.#send({ path, headers }, { accept: "*/*", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" });
  }

  /** Posts JSON from a page's script. */
  post(path, value, headers = {}) {
    const metadata = {
      accept: "*/*", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", origin: this.base,
      "content-type": "application/json",
    };
    return this.#send({ method: "POST", path, headers, body: JSON.stringify(value) }, metadata);
  }
}

/** A password that every rule likes. */
export const PASSWORD = "Momiji#2026-aki";

let people = 0;

/** An opening's form; each call is another person. */
export function person(changes = {}) {
  people += 1;
  return {
    family: "松本", given: "蓮", family_kana: "マツモト", given_kana: "レン", birthday: "1987-06-15", postal: "5300001",
    address: "大阪府大阪市北区梅田1-2-3", phone: "06-6345-9876", mail: `ren.${process.pid}.${people}@example.com`,
    password: PASSWORD, lang: "ja", ...changes,
  };
}

/** A visitor who has just opened an account and logged in to it. */
export async function customer(base, changes = {}) {
  const visitor = new Visitor(base);
  const form = person(changes);
  const opened = await visitor.post("/.sekisho/open", form);
  if (opened.status !== 201) throw new Error(`the opening: ${opened.status} ${opened.text}`);
  const number = opened.json.account_number;
  const login = await visitor.post("/.sekisho/login", { id: number, password: form.password });
  if (login.status !== 200) throw new Error(`the login: ${login.status} ${login.text}`);
  return Object.assign(visitor, { number, form, login, receipt: opened.json.receipt });
}

// A mail server for tests: submission over TLS from the first byte or from STARTTLS on, as a real one does it.

import net from "node:net";
import tls from "node:tls";
import { once } from "node:events";

/** What it keeps of one session: how far it came, and the message if there was one. */
export class Receiver {
  /** @type {{from: string, to: string, data: string, user: string, password: string}[]} */
  messages = [];
  /** Everything that was said without encryption. */
  plain = [];
  #sockets = new Set();

  /**
   * @param {{key: Buffer, cert: Buffer}} keys its certificate
   * @param {object} [options]
   * @param {boolean} [options.implicit] encrypted from the first byte
   * @param {boolean} [options.stripped] somebody on the way has taken STARTTLS out of what is offered
   * @param {string} [options.slipped] what somebody on the way puts behind the answer to STARTTLS
   * @param {number} [options.busy] as many messages are put off before one is taken
   */
  constructor(keys, { implicit = false, stripped = false, slipped = "", busy = 0 } = {}) {
    Object.assign(this, { keys, implicit, stripped, slipped, busy });
  }

  async start() {
    const serve = (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      this.#greet(socket, this.implicit);
    };
    this.server = this.implicit ? tls.createServer(this.keys, serve) : net.createServer(serve);
    this.server.on("tlsClientError", () => {});
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
    return this;
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
  }

  #greet(socket, encrypted) {
    const session = { from: "", to: "", user: "", password: "" };
    socket.write("220 receiver.test ESMTP\r\n");
    this.#talk(socket, encrypted, session);
  }

  #talk(socket, encrypted, session) {
    let text = "";
    let data = false;
    const read = (chunk) => {
      text += chunk.toString("latin1");
      for (;;) {
        const end = text.indexOf(data ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (data ? 5 : 2));
        if (data) {
          data = false;
          if (this.busy > 0) {
            this.busy -= 1;
            socket.write("451 4.3.0 try again\r\n");
          } else {
            this.messages.push({ ...session, data: `${line.replaceAll("\r\n..", "\r\n.")}\r\n` });
            socket.write("250 2.0.0 taken\r\n");
          }
          continue;
        }
        if (!encrypted) this.plain.push(line);
        if (line === "STARTTLS" && !encrypted) {
          socket.off("data", read);
          socket.write(`220 2.0.0 go ahead\r\n${this.slipped}`);
          const secure = new tls.TLSSocket(socket, { isServer: true, ...this.keys });
          secure.on("error", () => {});
          return this.#talk(secure, true, session);
        }
        const [answer, begins] = this.#answer(line, encrypted, session);
        data = begins ?? false;
        socket.write(`${answer}\r\n`);
      }
    };
    socket.on("data", read);
  }

  #answer(line, encrypted, session) {
    const [, verb, rest = ""] = line.match(/^(\w+) ?(.*)$/) ?? [];
    switch (verb?.toUpperCase()) {
      case "EHLO":
        if (encrypted) return ["250-receiver.test\r\n250-8BITMIME\r\n250 AUTH LOGIN PLAIN"];
        return [this.stripped ? "250-receiver.test\r\n250 AUTH PLAIN" : "250-receiver.test\r\n250 STARTTLS"];
      case "AUTH": {
        const [, user, password] = Buffer.from(rest.slice("PLAIN ".length), "base64").toString("utf8").split("\0");
        Object.assign(session, { user, password });
        return ["235 2.7.0 in"];
      }
      case "MAIL":
        session.from = rest.slice("FROM:".length);
        return ["250 2.1.0 ok"];
      case "RCPT":
        session.to = rest.slice("TO:".length);
        return ["250 2.1.5 ok"];
      case "DATA":
        return ["354 go ahead", true];
      case "QUIT":
        return ["221 2.0.0 bye"];
      default:
        return ["502 5.5.1 what?"];
    }
  }
}

/** A message taken apart: its headers unfolded and decoded, its parts as text. */
export function parsed(data) {
  const end = data.indexOf("\r\n\r\n");
  const decode = (value) =>
    value
      .replace(/\?=\s+=\?/g, "?==?")
      .replace(/((?:=\?UTF-8\?B\?[^?]*\?=)+)/g, (words) =>
        Buffer.concat([...words.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)].map(([, word]) => Buffer.from(word, "base64"))).toString("utf8"),
      );
  const lines = data.slice(0, end).replace(/\r\n[ \t]/g, " ").split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => [line.split(":")[0].toLowerCase(), decode(line.slice(line.indexOf(":") + 2))]));
  const [, boundary] = headers["content-type"].match(/boundary="([^"]+)"/);
  const parts = data.slice(end).split(`\r\n--${boundary}`).slice(1, -1).map((part) => {
    const at = part.indexOf("\r\n\r\n");
    return Buffer.from(part.slice(at), "base64").toString("utf8");
  });
  return { headers, text: parts[0], html: parts[1] };
}

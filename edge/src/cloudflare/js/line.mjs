// A connection by the runtime's own sockets: TLS is the runtime's, with its authorities, and the name is the one dialled.

import { connect } from "cloudflare:sockets";

export class Line {
  #socket;
  #reader;
  #writer;

  constructor(hostname, port, encrypted) {
    this.#use(connect({ hostname, port }, { secureTransport: encrypted ? "on" : "starttls", allowHalfOpen: false }));
  }

  #use(socket) {
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
    // What ends it is told to whoever reads or writes; nobody waits for these.
    for (const end of [socket.closed, this.#reader.closed, this.#writer.closed]) end.catch(() => {});
  }

  send(bytes) {
    return this.#writer.write(bytes);
  }

  async receive() {
    const { value, done } = await this.#reader.read();
    return done ? new Uint8Array() : value;
  }

  startTls() {
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    this.#use(this.#socket.startTls());
  }

  close() {
    this.#socket.close().catch(() => {});
  }
}

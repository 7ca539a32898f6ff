// The letters that the edge handed to its mail API, read from the demo origin's records.

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";

/** The demo origin's mailbox. */
export class Mailbox {
  #file;

  /** @param {string} data the origin's data folder */
  constructor(data) {
    this.#file = join(data, "origin.sqlite");
  }

  /**
   * The letters received so far, oldest first.
   *
   * @param {string} [to] only those to this address
   * @returns {{id: number, receivedAt: number, from: object, to: {address: string, name: string}[], subject: string,
   *   text: string, html: string | null}[]} the letters
   */
  letters(to) {
    const database = new DatabaseSync(this.#file, { readOnly: true });
    try {
      const rows = database.prepare("SELECT id, received_at, letter FROM mails ORDER BY id").all();
      const letters = rows.map((row) => ({ id: row.id, receivedAt: row.received_at, ...JSON.parse(row.letter) }));
      return to ? letters.filter((letter) => letter.to.some((one) => one.address === to)) : letters;
    } finally {
      database.close();
    }
  }

  /**
   * Waits for a letter: delivery runs behind the answer that promised it.
   *
   * @param {string} to the address
   * @param {(letter: object) => boolean} which what the letter must be like
   * @param {number} limit milliseconds until it counts as not delivered
   * @returns {Promise<object>} the first such letter
   */
  async letter(to, which = () => true, limit = 10_000) {
    const end = performance.now() + limit;
    for (;;) {
      const found = this.letters(to).find(which);
      if (found) return found;
      if (performance.now() > end) {
        const seen = this.letters(to).map((letter) => letter.subject);
        throw new Error(`no such letter to ${to} within ${limit} ms; there are: ${JSON.stringify(seen)}`);
      }
      await pause(25);
    }
  }
}

// A customer as a program plays one: opens an account and logs in over HTTP, keeping the cookie.

/** A customer of a running house. */
export class Customer {
  /**
   * @param {string} url the site
   * @param {number} index tells this customer from others
   */
  constructor(url, index) {
    this.url = url;
    // No customer of the demo has such an address.
    this.mail = `load${index}@example.com`;
    this.password = `Tsuki-${index}-no-Hikari`.slice(0, 16);
    this.form = {
      family: "佐藤",
      given: "花子",
      family_kana: "サトウ",
      given_kana: "ハナコ",
      birthday: "1985-07-12",
      postal: "1500001",
      address: `東京都渋谷区神宮前${(index % 6) + 1}丁目${index}番`,
      phone: `090${String(10_000_000 + index)}`,
      mail: this.mail,
      password: this.password,
      lang: "ja",
    };
  }

  /**
   * One call of the edge's own interface, as the browser would make it.
   *
   * @param {string} path below /.sekisho/
   * @param {object} [body] makes it a POST
   * @param {string} [cookie] in place of the customer's own
   * @returns {Promise<{status: number, body: any}>} what was answered
   */
  async call(path, body, cookie = this.cookie) {
    const headers = { accept: "application/json", "sec-fetch-site": "same-origin", origin: this.url };
    if (cookie) headers.cookie = cookie;
    if (body) headers["content-type"] = "application/json";
    const answer = await fetch(`${this.url}/.sekisho/${path}`, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await answer.text();
    for (const set of answer.headers.getSetCookie()) {
      const [pair] = set.split(";");
      if (pair.startsWith("__Host-sekisho=")) this.cookie = pair.endsWith("=") ? undefined : pair;
    }
    return { status: answer.status, body: text && JSON.parse(text) };
  }

  /** Opens the account; answers the account number. */
  async open() {
    const { status, body } = await this.call("open", this.form);
    if (status !== 201) throw new Error(`opening: ${status} ${JSON.stringify(body)}`);
    this.number = body.account_number;
    return body.account_number;
  }

  /** Logs in with the password; answers the cookie of the new session. */
  async login() {
    const { status, body } = await this.call("login", { id: this.number, password: this.password });
    if (status !== 200) throw new Error(`login: ${status} ${JSON.stringify(body)}`);
    return this.cookie;
  }
}

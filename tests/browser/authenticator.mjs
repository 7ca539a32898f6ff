// The browser's virtual authenticator: a device with a built-in fingerprint reader that the test holds in its hand.

/** One authenticator in one page. */
export class Authenticator {
  #session;
  #id;

  /** @param {import("playwright-core").Page} page the page whose browser gets the device */
  static async of(page, options = {}) {
    const made = new Authenticator();
    made.#session = await page.context().newCDPSession(page);
    await made.#session.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await made.#session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        ...options,
      },
    });
    made.#id = authenticatorId;
    return made;
  }

  /** The passkeys that the device holds. */
  async credentials() {
    const { credentials } = await this.#session.send("WebAuthn.getCredentials", { authenticatorId: this.#id });
    return credentials;
  }

  /** Puts a passkey of another device on this one, as whoever copied its key would. */
  async copy(credential) {
    await this.#session.send("WebAuthn.addCredential", { authenticatorId: this.#id, credential });
  }

  /** Whether the finger is recognised from now on. */
  async recognises(yes) {
    await this.#session.send("WebAuthn.setUserVerified", { authenticatorId: this.#id, isUserVerified: yes });
  }

  /** Whether the customer touches the device when asked; while not, a ceremony stays open. */
  async touches(yes) {
    await this.#session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: this.#id, enabled: yes });
  }

  /** Takes the device away. */
  async remove() {
    await this.#session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.#id });
  }
}

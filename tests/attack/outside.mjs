// The board worked as a customer works it: seen over the debugging protocol without running anything in the page, so that
// a script of the page cannot learn from the test itself, and clicked by the mouse.

/** The inside of the closed element that `selector` names. */
export class Board {
  #page;
  #session;
  #root;

  static async of(page, selector) {
    const board = new Board();
    board.#page = page;
    board.#session = await page.context().newCDPSession(page);
    const { root } = await board.#session.send("DOM.getDocument", { depth: 0 });
    const { nodeId } = await board.#session.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    const { node } = await board.#session.send("DOM.describeNode", { nodeId, depth: 1, pierce: true });
    const [shadow] = node.shadowRoots;
    const backendNodeIds = [shadow.backendNodeId];
    const { nodeIds } = await board.#session.send("DOM.pushNodesByBackendIdsToFrontend", { backendNodeIds });
    [board.#root] = nodeIds;
    return board;
  }

  /** Clicks the first element inside that `selector` names. */
  async click(selector) {
    const { nodeId } = await this.#session.send("DOM.querySelector", { nodeId: this.#root, selector });
    await this.#session.send("DOM.scrollIntoViewIfNeeded", { nodeId });
    const { model } = await this.#session.send("DOM.getBoxModel", { nodeId });
    const [left, top, , , right, bottom] = model.border;
    await this.#page.mouse.click((left + right) / 2, (top + bottom) / 2);
  }

  /** Whether Shift is on. */
  async #shifted() {
    const { nodeId } = await this.#session.send("DOM.querySelector", { nodeId: this.#root, selector: "[aria-pressed]" });
    const { attributes } = await this.#session.send("DOM.getAttributes", { nodeId });
    return attributes[attributes.indexOf("aria-pressed") + 1] === "true";
  }

  /** Types `text` by clicks on its keys. */
  async type(text) {
    for (const wanted of text) {
      if (/[a-z]/i.test(wanted) && /[A-Z]/.test(wanted) !== (await this.#shifted())) await this.click("[aria-pressed]");
      await this.click(`[data-key="${wanted}"]`);
    }
  }
}

// A hostile script on the page: it replaces what it can reach and writes down every text and number that passes.
// Runs in the page, as one function. `window.spied()` gives what it obtained.

export function spy() {
  const { apply, getOwnPropertyDescriptor: describe, defineProperty: define, ownKeys } = Reflect;
  const decoder = new TextDecoder("latin1");
  const decode = TextDecoder.prototype.decode;
  const isView = ArrayBuffer.isView;
  const rootOf = Node.prototype.getRootNode;
  const Bytes = Uint8Array;
  const ASCII = String.fromCharCode;
  const texts = [];
  const strangers = [];
  const memories = [];
  let at = 0;
  let busy = false;

  const keep = (text) => {
    texts[at] = text;
    at += 1;
  };
  const look = (value, depth) => {
    if (typeof value === "string") keep(value);
    else if (typeof value === "number" && value > 31 && value < 127) keep(`#${ASCII(value)}`);
    else if (value instanceof ArrayBuffer || isView(value)) {
      // What is large is a wasm memory, or a view of one: whoever has it reads the password there.
      const whole = isView(value) ? value.buffer : value;
      if (whole.byteLength >= 500_000) memories[memories.length] = whole.byteLength;
      else keep(apply(decode, decoder, [value]));
    } else if (value instanceof WebAssembly.Memory) {
      memories[memories.length] = value.buffer.byteLength;
    } else if (value instanceof Node) {
      const root = apply(rootOf, value, []);
      if (root instanceof ShadowRoot) strangers[strangers.length] = value;
    } else if (depth > 0 && value !== null && typeof value === "object") {
      for (const key of ownKeys(value).slice(0, 50)) {
        const found = describe(value, key);
        if (found?.get === undefined) look(found?.value, depth - 1);
      }
    }
  };
  // What the spy itself calls is not written down.
  const quietly = (act) => {
    if (busy) return;
    busy = true;
    try {
      act();
    } catch {
      // A prototype is no instance: there is nothing to see in it.
    } finally {
      busy = false;
    }
  };
  const note = (self, args, result) =>
    quietly(() => {
      look(self, 0);
      for (let one = 0; one < args.length; one += 1) look(args[one], 1);
      look(result, 1);
    });
  const { construct } = Reflect;
  const wrapped = (original) =>
    new Proxy(original, {
      apply(target, self, args) {
        const result = apply(target, self, args);
        note(self, args, result);
        return result;
      },
      construct(target, args, self) {
        const made = construct(target, args, self);
        note(undefined, args, made);
        return made;
      },
    });
  const replace = (owner, key) => {
    const found = describe(owner, key);
    if (!found?.configurable || key === "constructor") return;
    if (typeof found.value === "function") define(owner, key, { ...found, value: wrapped(found.value) });
    else if (found.get || found.set) {
      define(owner, key, { ...found, get: found.get && wrapped(found.get), set: found.set && wrapped(found.set) });
    }
  };

  const owners = [
    Document, Node, Element, HTMLElement, HTMLInputElement, ShadowRoot, DocumentFragment, EventTarget, Event, MouseEvent, UIEvent,
    PointerEvent, KeyboardEvent, InputEvent, CustomEvent, TextEncoder, TextDecoder, XMLHttpRequest, WebSocket, MessagePort,
    BroadcastChannel, Request, Response, Headers, FormData, Storage, CSSStyleSheet, CSSStyleDeclaration, ResizeObserver, Map, Set,
    WeakMap, WeakSet, WeakRef, FinalizationRegistry, Promise, Crypto, CanvasRenderingContext2D, NamedNodeMap, Attr, DOMTokenList,
    Uint8Array, Object.getPrototypeOf(Uint8Array), ArrayBuffer, DataView, WebAssembly.Memory, WebAssembly.Table,
    WebAssembly.Instance, String, RegExp, Function, Number,
  ].map((constructor) => constructor.prototype);
  const namespaces = [Reflect, JSON, Object, WebAssembly, crypto, CSS, String, Array, navigator.credentials, history, console];
  for (const owner of [...owners, ...namespaces]) for (const key of ownKeys(owner)) replace(owner, key);
  for (const key of ["map", "push", "join", "concat", "slice", "splice", "filter", "forEach", "indexOf"]) replace(Array.prototype, key);
  for (const key of ["fetch", "setTimeout", "clearTimeout", "queueMicrotask", "structuredClone", "getComputedStyle", "matchMedia"]) {
    replace(window, key);
  }
  for (const name of ["Uint8Array", "TextEncoder", "TextDecoder", "Request", "CustomEvent", "Event", "CSSStyleSheet"]) {
    window[name] = wrapped(window[name]);
  }

  // Listening, watching, and the second door: the package itself, imported again.
  for (const type of ["click", "pointerdown", "mousedown", "input", "beforeinput", "keydown", "change", "selectionchange"]) {
    const heard = (event) => {
      look(event.composedPath(), 1);
      look(event.target, 0);
      look(event.data, 0);
      look(event.detail, 1);
    };
    addEventListener(type, (event) => quietly(() => heard(event)), true);
  }
  const everything = { subtree: true, childList: true, attributes: true, characterData: true, attributeOldValue: true };
  const changed = (records) => {
    for (const record of records) {
      look(record.target, 0);
      look(record.oldValue, 0);
      look([...record.addedNodes], 1);
    }
  };
  new MutationObserver((records) => quietly(() => changed(records))).observe(document, everything);
  const pointed = ({ clientX, clientY }) => {
    look(document.elementFromPoint(clientX, clientY), 0);
    look(document.elementsFromPoint(clientX, clientY), 1);
    look(document.caretPositionFromPoint?.(clientX, clientY)?.offsetNode, 0);
    look(getSelection().toString(), 0);
  };
  addEventListener("click", (event) => quietly(() => pointed(event)));

  window.spied = () => {
    // From here on nothing is written down: reading what was obtained would go on for ever.
    busy = true;
    const inside = strangers.map((node) => node.outerHTML ?? node.textContent);
    return { texts, inside, memories };
  };
}

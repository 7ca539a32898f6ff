// What wasm-bindgen's glue reads and writes the wasm memory with, taken from the browser when this module is loaded. The
// bundle puts these in place of the globals of the same names: the glue looks methods up at the time of use, and a script
// that has replaced `subarray` or a getter by then would be handed the memory with the password in it.

const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
const getter = (owner, name) => getOwnPropertyDescriptor(owner, name).get;

const typed = Object.getPrototypeOf(globalThis.Uint8Array.prototype);
const bufferOf = getter(typed, "buffer");
const offsetOf = getter(typed, "byteOffset");
const lengthOf = getter(typed, "byteLength");
const setOf = typed.set;
const viewedOf = getter(globalThis.DataView.prototype, "buffer");
const sizeOf = getter(globalThis.ArrayBuffer.prototype, "byteLength");
const memoryOf = getter(WebAssembly.Memory.prototype, "buffer");
const { decode } = globalThis.TextDecoder.prototype;
const { encode, encodeInto } = globalThis.TextEncoder.prototype;

export class Uint8Array extends globalThis.Uint8Array {
  get buffer() {
    return apply(bufferOf, this, []);
  }
  get byteLength() {
    return apply(lengthOf, this, []);
  }
  get length() {
    return apply(lengthOf, this, []);
  }
  set(source, at) {
    apply(setOf, this, [source, at]);
  }
  subarray(start, end) {
    return new Uint8Array(apply(bufferOf, this, []), apply(offsetOf, this, []) + start, end - start);
  }
}

export class DataView extends globalThis.DataView {
  /** All that the glue asks of the buffer: whether the memory has grown since. */
  get buffer() {
    return { detached: apply(sizeOf, apply(viewedOf, this, []), []) === 0 };
  }
}
for (const name of ownKeys(globalThis.DataView.prototype)) {
  if (!/^[gs]et/.test(String(name))) continue;
  const original = globalThis.DataView.prototype[name];
  const value = function (...args) {
    return apply(original, this, args);
  };
  defineProperty(DataView.prototype, name, { value });
}

export class TextDecoder {
  #decoder;
  constructor(label, options) {
    this.#decoder = new globalThis.TextDecoder(label, options);
  }
  decode(bytes) {
    return apply(decode, this.#decoder, [bytes]);
  }
}

export class TextEncoder {
  #encoder = new globalThis.TextEncoder();
  encode(text) {
    return apply(encode, this.#encoder, [text]);
  }
  encodeInto(text, bytes) {
    return apply(encodeInto, this.#encoder, [text, bytes]);
  }
}

/** The same for the wasm memory itself: its own getter comes before the one that a page can replace. */
export const shield = (memory) => {
  defineProperty(memory, "buffer", { get: () => apply(memoryOf, memory, []) });
};

// Importing this touches neither the DOM nor the network, so that it can be rendered on a server; `initAsync` begins.
export * from "./dist/sekisho.js";

// The same page before a fake edge, which must be there before the package is loaded.

import { FakeEdge } from "./node_modules/sekisho/testing/index.js";

globalThis.edge = new FakeEdge();
globalThis.fetch = edge.fetch;
await import("./page.js");

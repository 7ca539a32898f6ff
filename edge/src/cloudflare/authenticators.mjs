// What the operator supplies about authenticator models: a file of its own beside the worker, since it may be large.
import text from "./authenticators.json";

export const authenticators = () => text;

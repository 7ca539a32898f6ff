// Requests where wasm does not run: the same paths and the same errors, from the plain fields.

const answer = async (sent) => {
  let response;
  try {
    response = await sent;
  } catch (error) {
    throw { code: error?.name === "AbortError" ? "aborted" : "network", status: 0 };
  }
  const read = await response.json().catch(() => undefined);
  if (response.ok && typeof read === "object") return read;
  const code = typeof read?.code === "string" ? read.code : "unavailable";
  throw { code, status: response.status, document: read };
};

const ours = { credentials: "same-origin", cache: "no-store", redirect: "error" };

export const send = (path, names, values, signal) => {
  const body = {};
  names.forEach((name, at) => {
    const value = values[at];
    body[name] = typeof value === "string" ? value : value.value;
  });
  const headers = { "content-type": "application/json", accept: "application/json" };
  return answer(fetch(path, { ...ours, method: "POST", headers, body: JSON.stringify(body), signal }));
};

export const session = () =>
  answer(fetch("/.sekisho/session", { ...ours, headers: { accept: "application/json", "sekisho-background": "?1" } }));

export const same = (one, other) => one.value === other.value;


// The one error that the functions of this package throw on purpose.

const SENTENCES = {
  network: "The server could not be reached.",
  aborted: "The request was aborted.",
  passkey_not_allowed: "The passkey was not confirmed.",
  passkey_unsupported: "Passkeys are not available here.",
  passkey_security: "The passkey does not belong to this domain.",
};

export class SekishoError extends Error {
  constructor({ code, status, document }) {
    super(SENTENCES[code] ?? document?.title ?? code);
    this.name = "SekishoError";
    this.code = code;
    this.status = status;
    this.ref = typeof document?.ref === "string" ? document.ref : null;
    const details = {};
    for (const name of ["fields", "complaints", "until", "left"]) {
      if (document?.[name] !== undefined) details[name] = document[name];
    }
    this.details = details;
  }
}

/** Turns the wasm side's plain rejection into a `SekishoError`. */
export const answered = async (promise) => {
  try {
    return await promise;
  } catch (problem) {
    throw problem?.code ? new SekishoError(problem) : problem;
  }
};

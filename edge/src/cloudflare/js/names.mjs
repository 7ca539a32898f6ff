// Names that the runtime knows in every language, so that no table of them travels with the worker.

/** The country with this code in `language`, or nothing. */
export const country = (code, language) => new Intl.DisplayNames([language], { type: "region", fallback: "none" }).of(code) ?? "";

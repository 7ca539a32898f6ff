// Pages that stand between a customer and what they asked for: where they lead on to.

const query = new URLSearchParams(location.search);

/** The page that was asked for, if it is one of this site; else the home page. */
export function back() {
  const asked = query.get("return") ?? "";
  const url = URL.canParse(asked, location.origin) ? new URL(asked, location.origin) : null;
  if (!asked.startsWith("/") || url?.origin !== location.origin) return "/home";
  const path = url.pathname + url.search;
  // Once its dots are gone, a path may begin with two slashes, and would lead to another site.
  return path.startsWith("//") ? "/home" : path;
}

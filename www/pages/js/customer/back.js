// Pages that stand between a customer and what they asked for: where they lead on to.

const query = new URLSearchParams(location.search);

/** The page that was asked for, if it is one of this site; else the home page. */
export function back() {
  const asked = query.get("return") ?? "";
  const url = URL.canParse(asked, location.origin) ? new URL(asked, location.origin) : null;
  const ours = asked.startsWith("/") && url?.origin === location.origin;
  // Whole, with the origin that was looked at: a path by itself may begin with two slashes once its dots are gone.
  return ours ? url.href : "/home";
}

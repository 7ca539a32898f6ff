// The platform's own counter of requests, where it has one.

/** Whether `client` is within its limit, this request included. */
export async function isWithin(env, client) {
  return !env.CLIENTS || (await env.CLIENTS.limit({ key: client })).success;
}

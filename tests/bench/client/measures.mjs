// What is measured in the page. Each function is sent there as it stands: it may use nothing from outside itself.

/** From the import to the first frame in which the board is there. */
export async function firstBoard({ module, kind }) {
  const began = performance.now();
  const loaded = await import(module);
  if (kind === "ours") await loaded.initAsync({ rules: false });
  else loaded.start();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - began;
}

/** A new layout of the board's keys, laid out by the browser each time. */
export async function relayout({ module, kind, times }) {
  const loaded = await import(module);
  let again;
  if (kind === "ours") {
    await loaded.initAsync({ rules: false });
    const board = document.querySelector("sekisho-keyboard");
    again = () => (board.close(), board.show());
  } else {
    again = loaded.shuffler();
  }
  const once = () => (again(), document.body.offsetHeight);
  for (let time = 0; time < 5; time += 1) once();
  const began = performance.now();
  for (let time = 0; time < times; time += 1) once();
  return (performance.now() - began) / times;
}

/** One check of a password, its findings included. */
export async function check({ module, kind, times, passwords }) {
  const loaded = await import(module);
  let verdict = loaded.verdict;
  if (kind === "ours") {
    await loaded.initAsync({ rules: true });
    const input = document.querySelector("#password");
    verdict = (text) => ((input.value = text), loaded.checkPassword(input));
    // The list of common passwords comes by itself, a little later.
    while (!verdict("Password123").codes.includes("common")) await new Promise((done) => setTimeout(done, 20));
  }
  for (const password of passwords) verdict(password);
  const began = performance.now();
  for (let time = 0; time < times; time += 1) verdict(passwords[time % passwords.length]);
  return (performance.now() - began) / times;
}

/** From the import until the timer watches the page. */
export async function firstIdle({ module, kind }) {
  const began = performance.now();
  const loaded = await import(module);
  if (kind === "ours") await loaded.initAsync({ rules: false });
  else await loaded.start();
  return performance.now() - began;
}

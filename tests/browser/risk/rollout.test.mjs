// Who is asked for a mail address, by channel: the phone's customers here, and on the PC site nobody yet.

import { after, before, test } from "node:test";
import { House, logIn, settled, visit } from "../house.mjs";

const PHONE = {
  userAgent: "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};

let house;
before(async () => {
  const config = (toml) => toml.replace("channels = []", 'channels = ["smartphone-site"]');
  house = await House.start({ config });
});
after(() => house.stop());

test("the page asks where the rollout has come, and elsewhere the settings show the way all the same", async () => {
  const customer = await house.customer();
  const phone = await house.visitor(PHONE);
  await logIn(phone, customer);
  await phone.locator("#address-card").waitFor();

  const desk = await house.visitor();
  await logIn(desk, customer);
  await desk.locator("#detail-number", { hasText: customer.number }).waitFor();
  await desk.locator("#address-card").waitFor({ state: "hidden" });
  await visit(desk, "/settings");
  await desk.click("#go-address");
  await desk.waitForURL("**/home*");
  await settled(desk);
  await desk.locator("#address-card").waitFor();
});

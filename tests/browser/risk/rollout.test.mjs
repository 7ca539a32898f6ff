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
  house = await House.start({ config, asks: true });
});
after(() => house.stop());

test("the login leads over the page where the rollout has come, and elsewhere the settings show the way all the same", async () => {
  const customer = await house.customer();
  const phone = await house.visitor(PHONE);
  await visit(phone, "/login");
  await phone.fill("#login-id", customer.number);
  await phone.fill("#login-password", customer.password);
  await phone.click("#login-submit");
  await phone.waitForURL("**/address?return=/home");
  await phone.locator("#address-card").waitFor();

  const desk = await house.visitor();
  await logIn(desk, customer);
  await desk.locator("#detail-number", { hasText: customer.number }).waitFor();
  await desk.locator("#ask-address").waitFor({ state: "hidden" });
  await visit(desk, "/settings");
  await desk.click("#go-address");
  await desk.waitForURL("**/address?return=/settings");
  await settled(desk);
  await desk.locator("#address-card").waitFor();
});

"use strict";

// Looks into a page as a person would. Reads what to do from standard input, as JSON: the browser,
// the page, steps such as ["click", selector] or ["press", key], and what to read in the end.
// Prints the text of each of those, the page's address and whatever went wrong in it.

const { chromium } = require("playwright-core");
const order = JSON.parse(require("fs").readFileSync(0, "utf8"));

async function main() {
  const browser = await chromium.launch({
    executablePath: order.browser,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => errors.push(message.text()));
  await page.goto(order.page);
  for (const [what, where] of order.steps) {
    if (what === "press") await page.keyboard.press(where);
    else await page[what](where);
  }
  const read = {};
  for (const selector of order.read) {
    const found = page.locator(selector).first();
    read[selector] = (await found.isVisible()) ? await found.textContent() : null;
  }
  console.log(JSON.stringify({ read, errors, hash: new URL(page.url()).hash }));
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

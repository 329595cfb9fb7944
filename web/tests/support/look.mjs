// A page as a program for accessibility, a narrow screen and a camera see it.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PICTURES = join(WEB, "../target/screenshots");
const AXE = readFileSync(join(WEB, "node_modules/axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** WCAG 1.4.10: no scrolling in two directions at 320 CSS pixels. */
const NARROW = 320;
const WIDE = 1280;

/** Looks at the page that is shown, wide and narrow; the pictures go to target/screenshots. */
export async function look(page, name) {
  mkdirSync(PICTURES, { recursive: true });
  for (const width of [WIDE, NARROW]) {
    await page.setViewportSize({ width, height: 900 });
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(scrolls <= width, `${name} is ${scrolls} wide on a screen of ${width}`);
    const violations = await page.evaluate(`${AXE}; axe.run({ runOnly: ${JSON.stringify(RULES)} })
      .then(({ violations }) =>
        violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(" "))]))`);
    assert.deepEqual(violations, [], `${name} at ${width}`);
    await page.screenshot({ path: join(PICTURES, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: WIDE, height: 900 });
}

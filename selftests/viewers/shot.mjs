// SPDX-License-Identifier: GPL-2.0-only
// Takes a picture of a page: browser.mjs shot.mjs PAGE FILE.png [WIDTH HEIGHT [FILTER]]. FILTER is typed into the page's filter.
export default async (page, [file, picture, width = 1280, height = 900, filter = '']) => {
	await page.open(file, { width: +width, height: +height });
	await page.eval(`(f => { const e = document.querySelector('input[type=search], input'); if (f && e) { e.value = f; e.dispatchEvent(new Event('input', { bubbles: true })); } })(${JSON.stringify(filter)})`);
	await page.frames();
	await page.shot(picture);
};

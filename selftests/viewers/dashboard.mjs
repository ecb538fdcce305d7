// SPDX-License-Identifier: GPL-2.0-only
// Looks at a page of gmemtrace dashboard: browser.mjs dashboard.mjs PAGE FOLDER. Prints "ok NAME" or "no NAME: WHY";
// FOLDER gets screenshots. With a third argument, the page has no uPlot.
const OVERFLOW = 'document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className).slice(0, 5).join() || "?" : ""';

// Numbers of canvases, and of those that have pixels of more than one color.
const DRAWN = `[...document.querySelectorAll("canvas")].map(c => {
	const p = new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer);
	return new Set(p).size > 2; })`;

// A page of a gmemtrace that was built without npm.
async function withoutPlots(page, file, check, is)
{
	await page.open(file, { width: 360, height: 1000 });
	is('no plots', await page.eval('document.querySelectorAll("canvas, .plot").length'), 0);
	is('every series has an open table', await page.eval('[...document.querySelectorAll(".trend")].filter(t => !t.querySelector("details[open] tbody tr")).length'), 0);
	check('the page gives the reason', /uPlot was not available/.test(await page.eval('document.getElementById("about").textContent')));
	is('no horizontal overflow', await page.eval(OVERFLOW), '');
	await page.eval('document.querySelector(".group li button").click()');
	is('no errors, no requests', page.problems.join('; '), '');
}

export default async (page, [file, folder, tables]) => {
	const lines = [];
	const check = (name, good, why = '') => lines.push(good ? `ok ${name}` : `no ${name}: ${why}`);
	const is = (name, got, want) => check(name, got === want, `got ${got}, wanted ${want}`);

	if (tables) {
		await withoutPlots(page, file, check, is);
		await page.shot(`${folder}/360.png`);
		return lines;
	}

	for (const [width, dark] of [[1920, false], [1280, true], [768, false], [360, false], [360, true]]) {
		await page.open(file, { width, height: 1000, dark });
		is(`${width} px${dark ? ', dark' : ''}: no horizontal overflow`, await page.eval(OVERFLOW), '');
		await page.shot(`${folder}/${width}${dark ? '-dark' : ''}.png`);
	}
	await page.open(file, { width: 1280, height: 900 });
	// From the start of navigation to the end of the scripts.
	const ready = await page.eval('performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd');
	check('interactive in less than a second', ready < 1000, `${ready} ms`);
	lines.push(`# interactive after ${Math.round(ready)} ms`);

	await page.eval('document.querySelector(".group li button").click()');
	await page.frames();
	const focus = 'document.activeElement.closest(".trend")?.querySelector("h3").textContent';
	is('a change of the summary leads to its plot', await page.eval(focus), await page.eval('document.querySelector(".group .what").firstChild.textContent'));
	const drawn = await page.eval(DRAWN);
	check('plots are drawn', drawn.length > 0 && drawn.every(Boolean), `${drawn}`);
	const cursor = 'document.activeElement.parentElement.querySelector(".cursor").textContent';
	const at = await page.eval(cursor);
	check('the change is described', /regression|improvement/.test(at), at);
	await page.shot(`${folder}/trend.png`);

	await page.key('ArrowLeft');
	const before = await page.eval(cursor);
	check('the left arrow chooses the run before', before !== at && before.length > 10, before);
	await page.key('ArrowDown');
	is('the down arrow chooses the next change', await page.eval(cursor), at);
	await page.key('Enter');
	is('Enter opens the samples', await page.eval('document.getElementById("detail").open'), true);
	check('the samples are drawn, and in a table', await page.eval('document.querySelectorAll("#detail .dot").length > 1 && document.querySelectorAll("#detail tbody tr").length >= document.querySelectorAll("#detail .dot").length'));
	await page.shot(`${folder}/samples.png`);
	await page.key('Escape');
	is('Escape closes them', await page.eval('document.getElementById("detail").open'), false);
	check('the focus returns to the plot', await page.eval('document.activeElement.classList.contains("plot")'));
	await page.key('Tab');
	await page.key('Tab');
	check('the focus is visible', await page.eval('parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2'));

	await page.eval('document.querySelectorAll(".trend details").forEach(d => { d.open = true; })');
	await page.frames();
	is('every plot has a table', await page.eval('[...document.querySelectorAll(".trend")].filter(t => !t.querySelector("tbody tr")).length'), 0);
	const shown = '[...document.querySelectorAll(".trend")].filter(t => !t.hidden)';
	await page.eval('{ const f = document.getElementById("filter"); f.value = document.querySelector(".trend h3").textContent.replaceAll(" / ", " "); f.dispatchEvent(new Event("input")); }');
	is('the filter leaves what matches', await page.eval(`${shown}.map(t => t.id).join()`), 'trend-0');
	await page.eval('{ const f = document.getElementById("filter"); f.value = "no such name"; f.dispatchEvent(new Event("input")); }');
	is('the filter hides the others', await page.eval(`${shown}.length`), 0);
	is('no element is made of a name', await page.eval('document.querySelectorAll("img, iframe").length + document.querySelectorAll("script").length + (window.hacked ? 10 : 0)'), 3);
	is('no errors, no requests', page.problems.join('; '), '');
	return lines;
};

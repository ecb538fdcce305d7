// SPDX-License-Identifier: GPL-2.0-only
// Drives headless Chromium over its debugging pipe, without packages: node browser.mjs SCRIPT.mjs ARG..
// SCRIPT exports default async (page, args); what it returns is printed, a line each. An error ends with status 1.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const profile = mkdtempSync(join(tmpdir(), 'gmem-browser-'));
const browser = spawn(process.env.CHROMIUM || 'chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run',
	'--disable-dev-shm-usage', '--disable-background-networking', '--hide-scrollbars', `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
	{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const waiting = new Map(), listeners = [];
let nr = 0, rest = '';

browser.stdio[4].on('data', chunk => {
	const parts = (rest + chunk).split('\0');
	rest = parts.pop();
	for (const m of parts.map(p => JSON.parse(p))) {
		if (m.id) {
			const { done, fail } = waiting.get(m.id);
			waiting.delete(m.id);
			m.error ? fail(new Error(m.error.message)) : done(m.result);
		} else {
			listeners.forEach(l => l(m));
		}
	}
});

function send(method, params = {}, sessionId = undefined)
{
	browser.stdio[3].write(JSON.stringify({ id: ++nr, method, params, sessionId }) + '\0');
	return new Promise((done, fail) => waiting.set(nr, { done, fail }));
}

class Page {
	problems = [];		// console errors, exceptions, and requests other than the page's own file
	constructor(session) { this.session = session; }
	send(method, params) { return send(method, params, this.session); }

	// Returns what the expression yields, which may be a promise.
	async eval(expression)
	{
		const r = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
		if (r.exceptionDetails)
			throw new Error(`${expression}: ${r.exceptionDetails.exception?.description}`);
		return r.result.value;
	}

	async open(file, { width = 1280, height = 900, dark = false } = {})
	{
		await this.resize(width, height);
		await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
		const loaded = new Promise(done => listeners.push(m => m.method === 'Page.loadEventFired' && done()));
		await this.send('Page.navigate', { url: pathToFileURL(resolve(file)).href });
		await loaded;
		await this.frames();
	}

	resize(width, height) { return this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }); }

	// Waits until what was asked for is drawn.
	frames() { return this.eval('new Promise(d => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(d, 60))))'); }

	async key(key)
	{
		const text = key === 'Enter' ? '\r' : undefined, code = { Enter: 13, Escape: 27, Tab: 9, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Home: 36, End: 35 }[key];
		await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, windowsVirtualKeyCode: code, text });
		await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode: code });
		await this.frames();
	}

	async shot(path, full = false)
	{
		const { cssContentSize } = await this.send('Page.getLayoutMetrics');
		const clip = full ? { x: 0, y: 0, width: cssContentSize.width, height: Math.min(cssContentSize.height, 6000), scale: 1 } : undefined;
		const { data } = await this.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: full, clip });
		writeFileSync(path, Buffer.from(data, 'base64'));
	}
}

async function newPage()
{
	const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
	const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
	const page = new Page(sessionId);

	listeners.push(m => {
		if (m.method === 'Runtime.exceptionThrown')
			page.problems.push(m.params.exceptionDetails.exception?.description || m.params.exceptionDetails.text);
		if (m.method === 'Log.entryAdded' && m.params.entry.level === 'error')
			page.problems.push(m.params.entry.text);
		if (m.method === 'Runtime.consoleAPICalled' && m.params.type === 'error')
			page.problems.push(m.params.args.map(a => a.value).join(' '));
		if (m.method === 'Network.requestWillBeSent' && !m.params.request.url.startsWith('file:'))
			page.problems.push(`request: ${m.params.request.url.slice(0, 80)}`);
	});
	for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
		await page.send(domain + '.enable');
	return page;
}

let status = 0;
const ended = new Promise((done, fail) => {
	browser.on('error', fail);
	browser.on('exit', code => fail(new Error(`chromium ended with status ${code}`)));
});
try {
	const { default: script } = await import(pathToFileURL(resolve(process.argv[2])).href);
	const lines = await Promise.race([newPage().then(page => script(page, process.argv.slice(3))), ended]);
	for (const line of lines || [])
		console.log(line);
} catch (e) {
	console.error(`browser.mjs: ${e.message}`);
	status = 1;
}
browser.removeAllListeners('exit');
const gone = new Promise(done => browser.exitCode === null ? browser.on('exit', done) : done());
browser.kill();
await gone;
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
process.exit(status);

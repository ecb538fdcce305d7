// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
// Page of gmemtrace dashboard. All names reach the page by el(), as text: nothing in them is markup.
(() => {
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const [TIME, COMMIT, KERNEL, CONFIG, TOOL, FILE] = [0, 1, 2, 3, 4, 5];
const byId = id => document.getElementById(id);
const plots = typeof uPlot === 'function';
const cards = [];	// by trend: { trend, card, plot, select }

// el('td', { class: 'l' }, 'text', child): the only way by which the page grows.
function el(tag, attributes, ...children)
{
	const svg = ['svg', 'rect', 'circle', 'line', 'text'].includes(tag);
	const e = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);

	for (const [key, value] of Object.entries(attributes || {})) {
		if (key.startsWith('on'))
			e.addEventListener(key.slice(2), value);
		else if (value !== null && value !== false)
			e.setAttribute(key, value === true ? '' : value);
	}
	e.append(...children.filter(c => c !== null && c !== undefined));
	return e;
}

const plural = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

// Units that are scaled; others follow the number as they are.
const SCALES = {
	ns: [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']],
	us: [[1e6, 's'], [1e3, 'ms'], [1, 'µs']],
	s: [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']],
	bytes: [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'bytes']],
	'': [[1e9, 'G'], [1e6, 'M'], [1, '']],
};

function format(v, unit, digits = 4)
{
	const scales = SCALES[unit] || SCALES[''];
	const [by, name] = (v && scales.find(s => Math.abs(v) >= s[0])) || [1, unit in SCALES ? unit : ''];
	const text = String(Number((v / by).toPrecision(digits)));

	return (unit in SCALES ? `${text} ${name}` : `${text}${name} ${unit}`).trim();
}

function percent(from, to)
{
	if (!from)
		return 'from 0';
	const p = 100 * (to - from) / Math.abs(from);
	return `${p > 0 ? '+' : '−'}${Math.abs(p) < 100 ? Math.abs(p).toFixed(1) : Math.abs(p).toPrecision(3)} %`;
}

const day = run => new Date(1000 * run[TIME]).toISOString().slice(0, 16).replace('T', ' ');
const short = text => /^[0-9a-f]{12,}$/.test(text) ? text.slice(0, 9) : text;
const runName = run => short(run[COMMIT]) || run[KERNEL] || day(run);
const trendName = t => [t.suite, t.scenario, t.name].filter(Boolean).join(' / ');

// {"size":"4K","vms":2} as "size=4K vms=2".
function brief(json)
{
	const flat = v => v !== null && typeof v === 'object' ? JSON.stringify(v) : String(v);

	return json && Object.entries(JSON.parse(json)).map(([k, v]) => `${k}=${flat(v)}`).join(' ');
}

// What all trends share tells none from another.
const differs = key => new Set(data.trends.map(t => t[key])).size > 1;
const shownKeys = ['variant', 'parameters', 'machine'].filter(differs);
const trendNote = t => shownKeys.map(k => k === 'variant' ? t[k] : brief(t[k])).filter(Boolean).join(', ');
const runOf = (t, i) => data.runs[t.run[i]];
const isAlert = c => c.worse && (c.state === 'open' || c.state === 'investigating');

function commitLink(run)
{
	const commit = run[COMMIT];

	if (!commit)
		return el('span', {}, run[KERNEL] || 'unknown');
	if (!data.link)
		return el('code', { title: commit }, short(commit));
	return el('a', { href: data.link.replace('%s', encodeURIComponent(commit)), class: 'mono', title: commit }, short(commit));
}

// Path that cannot become a URL of another kind, whatever is in it.
const localPath = path => './' + (data.recordings + path).split('/').map(encodeURIComponent).join('/').replace(/%2E/g, '.');

function recordingLink(t, i)
{
	const more = t.more[i];

	if (!more || !more.recording)
		return null;
	// Relative to the folder of the results file.
	return el('a', { href: localPath(runOf(t, i)[FILE].replace(/[^/]*$/, '') + more.recording) }, more.recording);
}

// --- head ---

function showHead()
{
	document.title = data.title;
	byId('title').textContent = data.title;
	const scenarios = new Set(data.trends.map(t => t.suite + '/' + t.scenario)).size;
	byId('about').textContent = `${plural(data.runs.length, 'run')} of ${plural(scenarios, 'scenario')}, ` +
		`${plural(data.trends.length, 'series').replace('seriess', 'series')}. Change points: E-Divisive, window ${data.window}, p < ${data.max_p}, ` +
		`at least ${+(100 * data.min_magnitude).toPrecision(3)} % unless set per series. ${data.tool}.` +
		(plots ? '' : ' Tables only: uPlot was not available when gmemtrace was built.');
	if (data.faults.length) {
		byId('faults').hidden = false;
		byId('faults').querySelector('ul').append(...data.faults.map(f => el('li', { class: 'warn mono' }, f)));
	}
}

function showTiles()
{
	const all = data.trends.flatMap(t => t.changes);
	const off = data.trends.filter(t => t.off).length;
	const tiles = [
		[all.filter(isAlert).length + off, 'regressions not accepted', 'worse'],
		[all.filter(c => c.worse && !isAlert(c)).length, 'accepted, invalid or fixed', 'settled'],
		[all.filter(c => !c.worse).length, 'improvements', 'better'],
	];
	if (data.trends.some(t => t.baseline !== null))
		tiles.push([off, 'worse than the baseline', 'worse']);
	byId('tiles').append(...tiles.map(([n, what, kind]) =>
		el('div', { class: 'tile' }, el('b', { class: n ? kind : null }, String(n)), el('span', {}, what))));
}

// --- changes by commit ---

const sign = (t, c) => `${c.after > c.before ? '▲' : '▼'} ${percent(c.before, c.after)}`;
const kindOf = c => isAlert(c) ? 'worse' : c.worse ? 'settled' : 'better';

function changeItem([trend, change])
{
	const t = data.trends[trend], c = t.changes[change];

	return el('li', {}, el('button', { type: 'button', onclick: () => showTrend(trend, c.at) },
		el('span', { class: `size ${kindOf(c)}` }, sign(t, c)),
		el('span', { class: 'what' }, trendName(t), trendNote(t) ? el('span', { class: 'dim' }, ' ' + trendNote(t)) : null,
			c.note ? el('span', { class: 'dim' }, ` — ${c.note}`) : null),
		c.worse ? el('span', { class: `state ${kindOf(c)}` }, c.state) : null));
}

function changeList(title, kind, marks)
{
	const list = el('ul', {}, ...marks.slice(0, 8).map(changeItem)), rest = marks.slice(8);

	if (!marks.length)
		return null;
	if (rest.length)
		list.append(el('li', {}, el('details', { ontoggle: e => {
			if (e.target.open && e.target.children.length === 1)
				e.target.append(el('ul', {}, ...rest.map(changeItem)));
		} }, el('summary', {}, `${rest.length} more`))));
	return el('div', {}, el('h4', { class: kind }, `${title} (${marks.length})`), list);
}

function groupCard(g)
{
	const run = data.runs[g.run], of = m => data.trends[m[0]].changes[m[1]];
	const byKind = kind => g.marks.filter(m => kindOf(of(m)) === kind)
		.sort((a, b) => Math.abs(Math.log(of(b).after / of(b).before)) - Math.abs(Math.log(of(a).after / of(a).before)));
	const t = data.trends[g.marks[0][0]], before = runOf(t, of(g.marks[0]).at - 1);

	return el('article', { class: `card group${byKind('worse').length ? ' alert' : ''}` },
		el('h3', {}, run[COMMIT] || !run[KERNEL] ? 'Commit ' : 'Kernel ', commitLink(run)),
		el('p', { class: 'dim' }, `${day(run)}${run[KERNEL] && run[COMMIT] ? ', kernel ' + run[KERNEL] : ''}; the run before is of `, commitLink(before)),
		changeList('Regressions', 'worse', byKind('worse')),
		changeList('Regressions accepted, invalid or fixed', 'settled', byKind('settled')),
		changeList('Improvements', 'better', byKind('better')));
}

function showGroups()
{
	const shown = data.groups.slice(0, 20), rest = data.groups.slice(20);

	byId('groups').append(...shown.map(groupCard));
	if (!data.groups.length)
		byId('groups').append(el('p', { class: 'dim' }, 'No series changed.'));
	if (rest.length)
		byId('groups').append(el('button', { type: 'button', onclick: e => e.target.replaceWith(...rest.map(groupCard)) },
			`Show ${rest.length} older commits`));
}

// --- samples of a run ---

function stats(v)
{
	const s = [...v].sort((a, b) => a - b);
	const at = q => s[Math.min(s.length - 1, Math.floor(q * s.length))];
	return { min: s[0], median: (s[(s.length - 1) >> 1] + s[s.length >> 1]) / 2, max: s[s.length - 1], p90: at(0.9) };
}

function samplePlot(t, samples)
{
	const low = Math.min(...samples), high = Math.max(...samples), wide = high - low || 1, median = stats(samples).median;
	const y = v => 90 - 74 * (v - low) / wide, x = i => 80 + 610 * (i + 0.5) / samples.length;

	return el('svg', { viewBox: '0 0 700 110', role: 'img', 'aria-label': 'Samples in order of measurement; the table below has them' },
		el('line', { class: 'axis', x1: 80, x2: 690, y1: 90, y2: 90 }), el('line', { class: 'mid', x1: 80, x2: 690, y1: y(median), y2: y(median), 'stroke-dasharray': '4 4' }),
		el('text', { x: 74, y: 20, 'text-anchor': 'end' }, format(high, t.unit)), el('text', { x: 74, y: 94, 'text-anchor': 'end' }, format(low, t.unit)),
		...samples.map((v, i) => el('circle', { class: 'dot', cx: x(i), cy: y(v), r: 4 })));
}

function histogramPlot(t, slots)
{
	const most = Math.max(...slots.map(s => s[2]), 1), w = 610 / slots.length;

	return el('svg', { viewBox: '0 0 700 130', role: 'img', 'aria-label': 'Histogram; the table below has its numbers' },
		...slots.map((s, i) => el('rect', { class: 'slot', x: 80 + i * w, width: Math.max(w - 1, 0.5), y: 106 - 96 * s[2] / most, height: 96 * s[2] / most })),
		el('line', { class: 'axis', x1: 80, x2: 690, y1: 106, y2: 106 }), el('text', { x: 74, y: 16, 'text-anchor': 'end' }, String(most)),
		el('text', { x: 80, y: 124 }, format(slots[0][0], t.unit)), el('text', { x: 690, y: 124, 'text-anchor': 'end' }, format(slots[slots.length - 1][1], t.unit)));
}

function table(caption, head, rows)
{
	return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, el('table', {}, el('caption', {}, caption),
		el('thead', {}, el('tr', {}, ...head.map(h => el('th', { scope: 'col' }, h)))),
		el('tbody', {}, ...rows.map(r => el('tr', {}, ...r.map(c => el('td', {}, c)))))));
}

function sampleParts(t, i)
{
	const samples = t.samples[i], more = t.more[i] || {}, parts = [];

	if (samples) {
		const s = stats(samples), shown = more.repeats > samples.length ? `${samples.length} of ${more.repeats} repeats` : plural(samples.length, 'repeat');
		parts.push(el('h3', {}, shown), samplePlot(t, samples),
			el('p', { class: 'dim' }, `min ${format(s.min, t.unit)}, median ${format(s.median, t.unit)}, max ${format(s.max, t.unit)}`),
			el('details', {}, el('summary', {}, 'Table of repeats'), table('Repeats in order', ['repeat', t.unit || 'value'], samples.map((v, k) => [String(k + 1), String(v)]))));
	}
	if (more.histogram && more.histogram.length)
		parts.push(el('h3', {}, 'Histogram'), histogramPlot(t, more.histogram), el('details', {}, el('summary', {}, 'Table of the histogram'),
			table('Histogram', ['from', 'to', 'count'], more.histogram.map(s => [format(s[0], t.unit), format(s[1], t.unit), String(s[2])]))));
	return parts.length ? parts : [el('p', { class: 'dim' }, 'The run has one value, and no histogram.')];
}

function changeParts(t, i)
{
	const c = t.changes.find(x => x.at === i);

	if (!c)
		return [];
	const entry = { commit: runOf(t, i)[COMMIT] || runOf(t, i)[KERNEL], match: `${t.scenario}/${t.name}`.replace(/[\\*?[\]]/g, '\\$&'), state: 'accepted', note: 'why' };
	return [el('h3', { class: kindOf(c) }, `${c.worse ? 'Regression' : 'Improvement'} ${percent(c.before, c.after)}`, ' ', c.worse ? el('span', { class: 'state' }, c.state) : ''),
		el('p', {}, `Level before ${format(c.before, t.unit)}, after ${format(c.after, t.unit)}; p ${c.p}.${c.note ? ' ' + c.note : ''}`),
		c.worse ? el('p', { class: 'dim' }, 'To settle it, add to "changes" of dashboard.json (state: investigating, invalid, accepted):') : null,
		c.worse ? el('pre', { tabindex: 0 }, JSON.stringify(entry, null, 1).replace(/\n */g, ' ')) : null];
}

function showDetail(t, i)
{
	const run = runOf(t, i), recording = recordingLink(t, i), fact = (name, ...v) => [el('dt', {}, name), el('dd', {}, ...v)];

	byId('detail-h').textContent = `${trendName(t)}: ${format(t.value[i], t.unit)}`;
	byId('detail-body').replaceChildren(...[...changeParts(t, i),
		el('dl', {}, ...fact('commit', commitLink(run)), ...fact('time', day(run) + ' UTC'),
			...(run[KERNEL] ? fact('kernel', run[KERNEL]) : []), ...(t.variant ? fact('variant', t.variant) : []),
			...(t.parameters ? fact('parameters', brief(t.parameters)) : []), ...(run[CONFIG] ? fact('config', run[CONFIG]) : []),
			...(t.machine ? fact('machine', brief(t.machine)) : []), ...(run[TOOL] ? fact('tool', run[TOOL]) : []),
			...fact('file', run[FILE]), ...(recording ? fact('recording', recording) : [])),
		...sampleParts(t, i)].filter(Boolean));
	byId('detail').showModal();
}

// --- trends ---

const label = (run, axis) => axis === 'time' ? day(run).slice(5, 10) : axis === 'kernel' ? run[KERNEL] || '-' : short(run[COMMIT]).slice(0, 9) || '-';

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Draws the levels between change points, the changes and the run that is chosen.
function drawMarks(u, entry)
{
	const t = entry.trend, c = u.ctx, px = devicePixelRatio, n = t.value.length;
	const X = i => u.valToPos(i, 'x', true), Y = v => u.valToPos(v, 'y', true);
	const line = (x1, y1, x2, y2, color, width, dash) => {
		c.strokeStyle = color; c.lineWidth = width * px; c.setLineDash(dash.map(d => d * px));
		c.beginPath(); c.moveTo(x1, y1); c.lineTo(x2, y2); c.stroke();
	};

	c.save();
	if (t.baseline !== null)
		line(u.bbox.left, Y(t.baseline), u.bbox.left + u.bbox.width, Y(t.baseline), css('--dim'), 1.5, [2, 4]);
	t.changes.forEach((change, k) => {
		const from = k ? t.changes[k - 1].at : 0, color = css('--' + kindOf(change)), x = X(change.at - 0.5);
		line(X(from), Y(change.before), X(change.at - 1), Y(change.before), css('--level'), 1.5, []);
		if (k === t.changes.length - 1)
			line(X(change.at), Y(change.after), X(n - 1), Y(change.after), css('--level'), 1.5, []);
		line(x, u.bbox.top, x, u.bbox.top + u.bbox.height, color, 1.5, [4, 3]);
		c.fillStyle = color; c.font = `600 ${12 * px}px system-ui,sans-serif`;
		// On the side of the lower level there is room at the top, unless the axis is too near.
		const left = change.after > change.before ? x - u.bbox.left > 80 * px : u.bbox.left + u.bbox.width - x < 80 * px;
		c.textAlign = left ? 'right' : 'left';
		c.fillText(sign(t, change), x + (left ? -5 : 5) * px, u.bbox.top + 12 * px);
	});
	if (entry.at >= 0) {
		c.setLineDash([]); c.strokeStyle = css('--focus'); c.lineWidth = 2.5 * px;
		c.beginPath(); c.arc(X(entry.at), Y(t.value[entry.at]), 7 * px, 0, 7); c.stroke();
	}
	c.restore();
}

function options(entry, width)
{
	const t = entry.trend, axis = { stroke: css('--dim'), grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line'), width: 1 }, font: '11px system-ui,sans-serif' };
	const all = t.value.concat(t.baseline === null ? [] : [t.baseline]), low = Math.min(...all), high = Math.max(...all), pad = (high - low) * 0.15 || Math.abs(high) * 0.05 || 1;

	return {
		width, height: 190, legend: { show: false }, padding: [14, 12, 0, 0],
		cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
		scales: { x: { time: false, range: [-0.6, t.value.length - 0.4] }, y: { range: [low - pad, high + pad] } },
		axes: [{ ...axis, size: 30, space: 78, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
			values: (u, at) => at.map(i => Number.isInteger(i) && i >= 0 && i < t.value.length ? label(runOf(t, i), byId('axis').value) : '') },
		{ ...axis, size: (u, labels) => Math.min(130, 20 + 6.4 * Math.max(6, ...(labels || []).map(l => l.length))), space: 34, values: (u, at) => at.map(v => format(v, t.unit, 6)) }],
		series: [{}, { stroke: css('--data'), width: 1, points: { show: true, size: 6, fill: css('--data'), stroke: css('--data') } }],
		hooks: { draw: [u => drawMarks(u, entry)], setCursor: [u => { if (u.cursor.idx !== null && u.cursor.left >= 0) tell(entry, u.cursor.idx); }] },
	};
}

function drawPlot(entry)
{
	const box = entry.box, width = Math.max(box.clientWidth, 120);

	if (entry.plot)
		entry.plot.destroy();
	entry.plot = new uPlot(options(entry, width), [entry.trend.value.map((v, i) => i), entry.trend.value], box);
	entry.width = width;
}

// Describes a run below the plot, which a screen reader reads out.
function tell(entry, i)
{
	const t = entry.trend, run = runOf(t, i), c = t.changes.find(x => x.at === i);

	entry.cursor.textContent = `${runName(run)}${run[KERNEL] && run[COMMIT] ? ', ' + run[KERNEL] : ''}, ${day(run)}: ${format(t.value[i], t.unit)}` +
		(c ? `, ${c.worse ? 'regression' : 'improvement'} ${percent(c.before, c.after)}${c.worse ? ', ' + c.state : ''}` : '');
}

function choose(entry, i)
{
	entry.at = Math.max(0, Math.min(i, entry.trend.value.length - 1));
	tell(entry, entry.at);
	if (entry.plot)
		entry.plot.redraw(false);
}

function nextChange(entry, step)
{
	const at = entry.trend.changes.map(c => c.at), later = at.filter(i => i > entry.at), earlier = at.filter(i => i < entry.at);

	return step > 0 ? later[0] ?? entry.at : earlier[earlier.length - 1] ?? entry.at;
}

function onKey(e, entry)
{
	const last = entry.trend.value.length - 1, now = entry.at < 0 ? last : entry.at;
	const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last, ArrowUp: nextChange(entry, -1), ArrowDown: nextChange(entry, 1) };

	if (e.key === 'Enter' || e.key === ' ')
		showDetail(entry.trend, now);
	else if (e.key in to)
		choose(entry, to[e.key]);
	else
		return;
	e.preventDefault();
}

function trendTable(t)
{
	const change = i => t.changes.find(c => c.at === i);

	return table(`${trendName(t)}, oldest first`, ['commit', 'value', 'change', 'samples', 'kernel', 'time'], t.value.map((v, i) => {
		const run = runOf(t, i), c = change(i);
		return [commitLink(run), format(v, t.unit), c ? el('span', { class: kindOf(c) }, sign(t, c)) : '',
			el('button', { type: 'button', 'aria-label': `Samples of run ${i + 1}`, onclick: () => showDetail(t, i) }, String(t.samples[i] ? t.samples[i].length : 1)),
			run[KERNEL] || '-', day(run)];
	}));
}

function changeChips(entry)
{
	const t = entry.trend;

	if (!t.changes.length)
		return null;
	return el('div', { class: 'chips' }, ...t.changes.map(c => el('button', { type: 'button', class: kindOf(c), onclick: () => { choose(entry, c.at); showDetail(t, c.at); } },
		`${sign(t, c)} at ${runName(runOf(t, c.at))}${c.worse ? ', ' + c.state : ''}`)));
}

function trendCard(t, index)
{
	const entry = { trend: t, at: -1, plot: null }, id = `trend-${index}`;
	const fill = e => { if (e.target.open && e.target.children.length === 1) e.target.append(trendTable(t)); };
	const details = el('details', { ontoggle: fill }, el('summary', {}, `Table of ${plural(t.value.length, 'run')}`));

	entry.cursor = el('div', { class: 'cursor dim', 'aria-live': 'polite' });
	entry.box = el('div', { class: 'plot', tabindex: 0, role: 'application', 'aria-roledescription': 'plot', 'aria-label': `${trendName(t)}: ${plural(t.value.length, 'run')}, ${plural(t.changes.length, 'change')}. Arrow keys choose a run, Enter shows its samples; a table follows.`,
		onkeydown: e => onKey(e, entry), onfocus: () => { if (entry.at < 0) choose(entry, t.value.length - 1); },
		onclick: () => { if (entry.plot && entry.plot.cursor.idx !== null && entry.plot.cursor.left >= 0) { choose(entry, entry.plot.cursor.idx); showDetail(t, entry.at); } } });
	entry.card = el('article', { class: `card trend${t.changes.some(isAlert) || t.off ? ' alert' : ''}`, id, 'aria-labelledby': id + '-h' },
		el('div', { class: 'top' }, el('h3', { id: id + '-h' }, trendName(t)), el('span', { class: 'now' }, format(t.value[t.value.length - 1], t.unit))),
		el('div', { class: 'sub dim' }, `${t.higher ? 'higher' : 'lower'} is better`, trendNote(t) ? ` · ${trendNote(t)}` : '',
			t.baseline === null ? '' : ` · baseline ${format(t.baseline, t.unit)}`, t.off ? el('span', { class: 'worse' }, `, level is ${percent(t.baseline, t.level)}`) : ''),
		plots ? entry.box : null, plots ? entry.cursor : null, changeChips(entry), details);
	if (!plots)
		details.open = true;
	return entry;
}

function isShown(t)
{
	const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean), text = `${trendName(t)} ${trendNote(t)}`.toLowerCase(), show = byId('show').value;

	return words.every(w => text.includes(w)) && (show === 'all' || (show === 'changed' ? t.changes.length > 0 : t.changes.some(isAlert) || t.off));
}

function applyFilter()
{
	let n = 0;

	for (const entry of cards) {
		entry.card.hidden = !isShown(entry.trend);
		n += !entry.card.hidden;
	}
	byId('shown').textContent = `${n} of ${cards.length} shown`;
}

function showTrend(index, at)
{
	const entry = cards[index];

	if (entry.card.hidden) {
		byId('filter').value = '';
		byId('show').value = 'all';
		applyFilter();
	}
	entry.card.scrollIntoView({ block: 'center' });
	choose(entry, at);
	if (plots)
		entry.box.focus({ preventScroll: true });
}

// Draws plots when they come into view, so that the page is ready before all are drawn.
function drawOnSight()
{
	const seen = new IntersectionObserver(list => {
		for (const e of list.filter(x => x.isIntersecting)) {
			const entry = cards[e.target.dataset.index];
			if (!entry.plot)
				drawPlot(entry);
		}
	}, { rootMargin: '300px' });
	const resized = new ResizeObserver(list => {
		for (const e of list) {
			const entry = cards[e.target.dataset.index];
			if (entry.plot && e.target.clientWidth && e.target.clientWidth !== entry.width)
				entry.plot.setSize({ width: entry.width = e.target.clientWidth, height: 190 });
		}
	});

	cards.forEach((entry, i) => {
		entry.box.dataset.index = i;
		seen.observe(entry.box);
		resized.observe(entry.box);
	});
}

function redrawAll()
{
	cards.filter(c => c.plot).forEach(drawPlot);
}

showHead();
showTiles();
showGroups();
cards.push(...data.trends.map(trendCard));
byId('trends').append(...cards.map(c => c.card));
applyFilter();
byId('controls').addEventListener('submit', e => e.preventDefault());
byId('filter').addEventListener('input', applyFilter);
byId('show').addEventListener('change', applyFilter);
byId('axis').addEventListener('change', redrawAll);
byId('close').addEventListener('click', () => byId('detail').close());
byId('detail').addEventListener('click', e => { if (e.target === byId('detail')) byId('detail').close(); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);
if (plots)
	drawOnSight();
})();

// SPDX-License-Identifier: GPL-2.0-only
// Perfetto's trace processor, the engine of ui.perfetto.dev: reads a trace, answers queries.
// Usage: node trace-processor.mjs FOLDER TRACE QUERY..
// FOLDER has the engine (see get-trace-processor). Prints for each query a line "# N", N from 1, then a line
// for each row, with tabs between columns.
// Exit status: 0, or 1 if the engine refuses the trace or a query; prints the reason.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

const [folder, trace, ...queries] = process.argv.slice(2);
const file = (name) => resolve(folder, name);
const CHUNK = 16 << 20; // the engine takes at most 64 MiB at once

// Provides the parts of a web worker that the engine uses. The engine fetches its own code, and detects 64-bit
// memory by compiling a module of 23 bytes: that must fail, as the code in FOLDER is for 32 bits.
function be_a_worker() {
	const { Module } = WebAssembly;

	globalThis.self = globalThis;
	globalThis.WorkerGlobalScope = Object;
	globalThis.location = { href: pathToFileURL(folder).href };
	globalThis.XMLHttpRequest = class {
		open() {}
		send() {
			this.response = readFileSync(file("trace_processor.wasm"));
		}
	};
	WebAssembly.Module = class extends Module {
		constructor(code) {
			if (code.length === 23)
				throw new Error("memory of 32 bits, please");
			super(code);
		}
	};
	console.log = console.warn = console.error;
}

// Starts the engine, which announces nothing: it is ready when it has a buffer for requests.
async function start() {
	const made = "const wasmBridge = new wasm_bridge_1.WasmBridge();";
	const source = readFileSync(file("engine_bundle.node.js"), "utf8");

	if (!source.includes(made))
		throw new Error("unknown version of the engine: cannot find where it creates its bridge");
	be_a_worker();
	vm.runInThisContext(source.replace(made, `${made} self.bridge = wasmBridge;`));
	while (!self.bridge.reqBufferAddr)
		await new Promise((done) => setTimeout(done, 10));
	return self.bridge;
}

async function connect() {
	const bridge = await start();
	const { EngineBase } = await import(pathToFileURL(file("engine.mjs")));
	const port = {};
	const engine = new (class extends EngineBase {
		rpcSendRequestBytes(data) {
			port.onmessage({ data });
		}
	})();

	port.postMessage = (data) => engine.onRpcResponseBytes(data);
	bridge.initialize(port);
	return engine;
}

function* rows(result) {
	const columns = result.columns();

	for (const row = result.iter({}); row.valid(); row.next())
		yield columns.map((name) => row.get(name));
}

try {
	const engine = await connect();
	const bytes = readFileSync(trace);

	for (let at = 0; at < bytes.length; at += CHUNK)
		await engine.parse(bytes.subarray(at, at + CHUNK));
	await engine.notifyEof();
	for (const [i, query] of queries.entries()) {
		process.stdout.write(`# ${i + 1}\n`);
		for (const row of rows(await engine.query(query)))
			process.stdout.write(`${row.join("\t")}\n`);
	}
	process.exitCode = 0;
} catch (error) {
	console.error(error?.message ?? error);
	process.exitCode = 1;
}

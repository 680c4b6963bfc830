/**
 * Lines a second and peak memory of reading events and of suggesting rules, on a generated log, beside Debian's
 * aa-logprof on the start of the same log:
 * `npm run bench:audit -- [--megabytes N] [--slice-lines N] [--root DIR] [--seed N]`. `--root` names a folder with a
 * Debian system that has apparmor-utils; without it, root gets a tree of Debian 13 made for this, and for anyone else
 * the machine's own aa-logprof is run, if there is one.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { isRoot } from "../../sandbox/mmdebstrap";
import { debianTree } from "../../sandbox/tree";
import { step } from "../../setup/progress";
import { wholeNumber } from "../whole-number";
import { type GeneratedLog, writeLog } from "./log";
import { logprofRoot, runLogprof } from "./logprof";
import type { PipelineName, PipelineResult } from "./pipeline";
import { auditTable, type LogprofMeasurement } from "./table";

interface Options {
	megabytes: number;
	sliceLines: number;
	seed: number;
	root?: string;
}

function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			megabytes: { type: "string", default: "1000" },
			"slice-lines": { type: "string", default: "40000" },
			seed: { type: "string", default: "1" },
			root: { type: "string" },
		},
	});
	return {
		megabytes: wholeNumber("megabytes", values.megabytes),
		sliceLines: wholeNumber("slice-lines", values["slice-lines"]),
		seed: wholeNumber("seed", values.seed),
		...(values.root === undefined ? {} : { root: values.root }),
	};
}

async function main(): Promise<void> {
	const options = readOptions();
	const folder = mkdtempSync(join(tmpdir(), "bench-audit-"));
	try {
		await measure(options, folder);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function measure(options: Options, folder: string): Promise<void> {
	const path = join(folder, "syslog");
	const log = await step(`a log of ${options.megabytes} MB`, () =>
		writeLog(path, options.megabytes * 1e6, options.seed),
	);
	const events = await step("events", () => measurePipeline("events", log));
	const suggest = await step("suggest", () => measurePipeline("suggest", log));
	const root =
		options.root ?? (isRoot() ? (await debianTree("trixie", ["apparmor", "apparmor-utils"])).folder : undefined);
	const logprof = await measureLogprof({ ...options, ...(root === undefined ? {} : { root }) }, log, folder);
	console.log(auditTable(log, { events, suggest }, logprof));
	if (!logprof)
		console.log("\naa-logprof is left out: it is not installed here, and no --root names a system with it.");
}

/** A process of its own, started with this one's loader. */
async function measurePipeline(name: PipelineName, { path, records }: GeneratedLog): Promise<PipelineResult> {
	const { stdout } = await execa(process.execPath, [...process.execArgv, join(__dirname, `${name}.ts`), path]);
	const result = JSON.parse(stdout) as PipelineResult;
	if (result.records !== records) throw new Error(`${name} read ${result.records} records, the log has ${records}`);
	return result;
}

async function measureLogprof(
	{ root, sliceLines }: Options,
	log: GeneratedLog,
	folder: string,
): Promise<LogprofMeasurement | undefined> {
	const place = logprofRoot(root);
	if (root !== undefined && place === undefined) throw new Error(`--root ${root}: has no usr/sbin/aa-logprof`);
	if (place === undefined) return undefined;
	const lines = Math.min(sliceLines, log.lines);
	const slice = join(folder, "slice");
	await writeSlice(log.path, slice, lines);
	const result = await step(`aa-logprof on ${lines} lines`, () => runLogprof(place, slice));
	await writeSlice(log.path, slice, 0);
	const idle = await step("aa-logprof on an empty log", () => runLogprof(place, slice));
	return { lines, seconds: result.seconds, idleSeconds: idle.seconds, results: result.results };
}

/** The first lines of a log. */
async function writeSlice(from: string, to: string, lines: number): Promise<void> {
	const file = createWriteStream(to);
	let left = lines;
	if (left > 0) {
		for await (const line of createInterface({ input: createReadStream(from) })) {
			file.write(`${line}\n`);
			if (--left === 0) break;
		}
	}
	await new Promise<void>((resolve, reject) => file.on("error", reject).end(resolve));
}

void main();

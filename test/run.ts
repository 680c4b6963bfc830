/**
 * Runs the tests, all tiers or those named, and ends with one line that counts them. What the slower tiers
 * need (system packages, Pulumi, the images of the hosts) is made first, where its progress can be seen.
 */
import { availableParallelism } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { startVitest, type TestCase, type TestModule, type TestSuite, type Vitest } from "vitest/node";
import { clusterBinaries } from "../sandbox/cluster/binaries";
import { nodeImage } from "../sandbox/cluster/node-image";
import { sandboxImage } from "../sandbox/image";
import { exitOnSignals } from "../sandbox/interrupt";
import { ensureSystemPackages } from "../setup/packages";
import { ensureToolchain } from "../toolchain";
import { agentTestPackages } from "./agent/packages";
import { releasesUnderTest } from "./e2e/releases";
import { sshdPackages } from "./engine/sshd";
import { ensureDebianParsers } from "./parser/debian-parser";

/** The tiers in their order, the fastest first, with what each needs. */
const tiers: Record<string, () => Promise<void>> = {
	unit: async () => {},
	parser: ensureDebianParsers,
	agent: () => ensureSystemPackages(agentTestPackages),
	engine: async () => {
		await ensureSystemPackages(sshdPackages);
		await ensureToolchain();
		await clusterBinaries();
	},
	package: async () => {
		await ensureToolchain();
		await clusterBinaries();
	},
	e2e: async () => {
		await ensureToolchain();
		for (const release of releasesUnderTest) await sandboxImage(release);
		await nodeImage();
	},
};

interface Count {
	passed: number;
	/** Each with its name and why: in a long log, what is at its end is what is read. */
	failed: string[];
	skipped: string[];
}

function count(vitest: Vitest): Count {
	const result: Count = { passed: 0, failed: [], skipped: [] };
	for (const testModule of vitest.state.getTestModules()) {
		for (const test of testModule.children.allTests()) {
			const { state } = test.result();
			if (state === "passed") result.passed++;
			else if (state === "failed") result.failed.push(`${test.fullName}: ${firstLine(test.result().errors?.[0])}`);
			else result.skipped.push(`${test.fullName}: ${skipReason(test)}`);
		}
		// A file that cannot be loaded, or a hook that fails, has no test to count.
		for (const part of [testModule, ...testModule.children.allSuites()])
			for (const error of part.errors()) result.failed.push(`${nameOf(part)}: ${firstLine(error)}`);
	}
	for (const error of vitest.state.getUnhandledErrors()) result.failed.push(`outside any test: ${firstLine(error)}`);
	return result;
}

function nameOf(part: TestModule | TestSuite): string {
	return part.type === "suite" ? part.fullName : part.relativeModuleId;
}

function firstLine(error: unknown): string {
	const message = (error as { message?: unknown } | undefined)?.message ?? error ?? "no reason given";
	return stripVTControlCharacters(String(message)).split("\n", 1)[0] ?? "";
}

function skipReason(test: TestCase): string {
	const result = test.result();
	return (result.state === "skipped" && result.note) || "no reason given";
}

async function main(): Promise<void> {
	const named = process.argv.slice(2);
	const unknown = named.filter((name) => !Object.hasOwn(tiers, name));
	if (unknown.length > 0)
		throw new Error(`no such tier: ${unknown.join(", ")}; there are ${Object.keys(tiers).join(", ")}`);
	exitOnSignals();
	const total: Count = { passed: 0, failed: [], skipped: [] };
	for (const tier of named.length > 0 ? named : Object.keys(tiers)) {
		await tiers[tier]?.();
		const start = Date.now();
		console.log(`\n── ${tier}`);
		const vitest = await startVitest("test", [], {
			project: [tier],
			watch: false,
			reporters: ["default"],
			// Most tests wait for another process, so a free core would be idle; an emulated host has two.
			maxWorkers: tier === "e2e" ? Math.max(1, Math.floor(availableParallelism() / 2)) : availableParallelism(),
		});
		const counted = count(vitest);
		await vitest.close();
		total.passed += counted.passed;
		total.failed.push(...counted.failed);
		total.skipped.push(...counted.skipped);
		console.log(`── ${tier}: ${Math.round((Date.now() - start) / 1000)} s`);
	}
	for (const skipped of total.skipped) console.log(`skipped: ${skipped}`);
	for (const failed of total.failed) console.log(`failed: ${failed}`);
	console.log(`${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`);
	process.exit(total.failed.length > 0 || total.passed === 0 ? 1 : 0);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});

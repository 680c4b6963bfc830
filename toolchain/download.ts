import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { cached, cachePath } from "../setup/cache";
import { step } from "../setup/progress";

/** Where Pulumi's installer and plugins are downloaded from. */
const downloadHosts = ["get.pulumi.com", "api.pulumi.com"];
const probeMs = 4000;
/** So long an answer of "cannot be reached" is believed, so that not every command waits for a new one. */
const unreachableForMs = 3_600_000;

let reachable: Promise<boolean> | undefined;

/** Whether Pulumi's downloads answer at all: told in seconds, where a download would try for minutes. */
function downloadsReachable(): Promise<boolean> {
	reachable ??= probe();
	return reachable;
}

async function probe(): Promise<boolean> {
	const note = cachePath("downloads-unreachable");
	const noted = statSync(note, { throwIfNoEntry: false });
	if (noted && Date.now() - noted.mtimeMs < unreachableForMs) return false;
	try {
		const signal = AbortSignal.timeout(probeMs);
		await Promise.all(downloadHosts.map((host) => fetch(`https://${host}/`, { method: "HEAD", signal })));
		return true;
	} catch {
		process.stderr.write(`▸ Pulumi's downloads (${downloadHosts.join(", ")}) cannot be reached from this machine\n`);
		mkdirSync(dirname(note), { recursive: true });
		writeFileSync(note, "");
		return false;
	}
}

const firstLine = (error: unknown) => (error as Error).message.split("\n")[0];

/** The official CLI of the SDK's version, downloaded into the cache; nothing where it cannot be had. */
export async function downloadedPulumi(): Promise<string | undefined> {
	if (!(await downloadsReachable())) return undefined;
	try {
		const folder = await cached("pulumi-official", (root) =>
			step("Pulumi CLI, downloaded", async () => {
				const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
				await PulumiCommand.install({ root });
			}),
		);
		return join(folder, "bin", "pulumi");
	} catch (error) {
		process.stderr.write(`▸ the Pulumi CLI could not be downloaded: ${firstLine(error)}\n`);
		return undefined;
	}
}

/** Tries to download an official resource plugin into the plugin cache below `home`. */
export async function installPlugin(pulumi: string, home: string, name: string, version: string): Promise<boolean> {
	if (!(await downloadsReachable())) return false;
	try {
		await step(`Pulumi plugin ${name} ${version}, downloaded`, () =>
			execa(pulumi, ["plugin", "install", "resource", name, version], {
				env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
				stdin: "ignore",
				timeout: 120_000,
			}),
		);
		return true;
	} catch (error) {
		process.stderr.write(`▸ the plugin ${name} could not be downloaded: ${firstLine(error)}\n`);
		return false;
	}
}

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureToolchain, PulumiError } from "../../toolchain";
import { builtPulumi } from "../../toolchain/build";
import { passphraseFile, toolchainEnvironment } from "../../toolchain/environment";
import { summarise } from "../../toolchain/events";
import { findPlugin, findPulumi, onPath, pulumiHome } from "../../toolchain/find";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-test-"));
	vi.stubEnv("HOME", join(folder, "home"));
	vi.stubEnv("PULUMI_APPARMOR_CACHE", join(folder, "cache"));
	vi.stubEnv("PATH", [join(folder, "cache", "bin"), join(folder, "bin")].join(":"));
	for (const name of Object.keys(process.env).filter(
		(name) => name.startsWith("PULUMI_") && name !== "PULUMI_APPARMOR_CACHE",
	)) {
		vi.stubEnv(name, undefined);
	}
});
afterEach(() => {
	vi.unstubAllEnvs();
	rmSync(folder, { recursive: true, force: true });
});

function program(path: string): string {
	const file = join(folder, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, "#!/bin/sh\n");
	chmodSync(file, 0o755);
	return file;
}

describe("finding Pulumi", () => {
	it("takes the one on PATH, else the one in ~/.pulumi/bin", () => {
		expect(findPulumi()).toBeUndefined();
		const installed = program("home/.pulumi/bin/pulumi");
		expect(findPulumi()).toBe(installed);
		const first = program("bin/pulumi");
		expect(findPulumi()).toBe(first);
	});

	it("does not take for the machine's what this toolchain has put on PATH itself", () => {
		program("cache/bin/pulumi");
		expect(onPath("pulumi")).toBeUndefined();
		vi.stubEnv("PULUMI_HOME", join(folder, "cache", "home"));
		expect(pulumiHome()).toBe(join(folder, "home", ".pulumi"));
		vi.stubEnv("PULUMI_HOME", join(folder, "elsewhere"));
		expect(pulumiHome()).toBe(join(folder, "elsewhere"));
	});

	it("finds a plugin on PATH, beside the CLI, or of that very version in the plugin cache", () => {
		const pulumi = program("opt/pulumi");
		const home = join(folder, "home", ".pulumi");
		const find = (version?: string) => findPlugin({ kind: "resource", name: "command", version }, pulumi, home);
		program("home/.pulumi/plugins/resource-command-v1.0.0/pulumi-resource-command");
		expect(find("1.2.1")).toBeUndefined();
		const cached = program("home/.pulumi/plugins/resource-command-v1.2.1/pulumi-resource-command");
		expect(find("1.2.1")).toBe(cached);
		const beside = program("opt/pulumi-resource-command");
		expect(find("1.2.1")).toBe(beside);
		const ambient = program("bin/pulumi-resource-command");
		expect(find("1.2.1")).toBe(ambient);
	});

	it("looks beside what a link to the CLI points to", () => {
		const beside = program("opt/pulumi-language-nodejs");
		program("opt/pulumi");
		symlinkSync(join(folder, "opt", "pulumi"), join(folder, "pulumi"));
		expect(findPlugin({ kind: "language", name: "nodejs" }, join(folder, "pulumi"), folder)).toBe(beside);
	});
});

describe("a machine that has everything", () => {
	it("keeps its Pulumi as it is: nothing is built, no stand-in made", async () => {
		for (const name of [
			"pulumi",
			"pulumi-language-nodejs",
			"pulumi-resource-command",
			"pulumi-resource-kubernetes",
			"pulumi-resource-pulumi-nodejs",
		]) {
			program(`bin/${name}`);
		}
		mkdirSync(join(folder, "home", ".pulumi"), { recursive: true });
		writeFileSync(
			join(folder, "home", ".pulumi", "credentials.json"),
			JSON.stringify({ current: "https://api.pulumi.com" }),
		);
		const toolchain = await ensureToolchain();
		expect(toolchain.pulumi).toBe(join(folder, "bin", "pulumi"));
		expect(toolchain.official).toEqual({ cli: true, language: true, command: true, kubernetes: true });
		const env = toolchain.env();
		expect(
			Object.keys(env)
				.filter((name) => name.startsWith("PULUMI_"))
				.sort(),
		).toEqual(["PULUMI_APPARMOR_CACHE", "PULUMI_IGNORE_AMBIENT_PLUGINS", "PULUMI_SKIP_UPDATE_CHECK"]);
		expect(onPath("pulumi-language-nodejs", env.PATH)).toBe(join(folder, "bin", "pulumi-language-nodejs"));
	});
});

it("a machine without Pulumi and Go is told what to install, and nothing is left behind", async () => {
	await expect(builtPulumi(join(folder, "nowhere"))).rejects.toThrow(/Install Pulumi .* or Go/);
	expect(() => statSync(join(folder, "cache", "pulumi-3.259.0-built"))).toThrow();
});

describe("the environment", () => {
	it("keeps stacks in the cache with a passphrase of their own, where the user has no place for them", () => {
		const env = toolchainEnvironment(join(folder, "own"), [join(folder, "first")]);
		expect(env).toMatchObject({
			PULUMI_HOME: join(folder, "own"),
			PULUMI_BACKEND_URL: `file://${join(folder, "cache", "stacks")}`,
			PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, "cache", "stacks", "passphrase"),
		});
		expect(env.PATH?.split(":")[0]).toBe(join(folder, "first"));
	});

	it("leaves alone what the user has chosen", () => {
		vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
		expect(toolchainEnvironment(pulumiHome(), [])).toEqual({
			PATH: process.env.PATH,
			PULUMI_SKIP_UPDATE_CHECK: "true",
			PULUMI_IGNORE_AMBIENT_PLUGINS: "false",
		});
		vi.stubEnv("PULUMI_BACKEND_URL", undefined);
		vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "");
		expect(toolchainEnvironment(pulumiHome(), [])).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
	});

	it("makes one passphrase, for this user only", () => {
		const file = passphraseFile(join(folder, "stacks"));
		expect(statSync(file).mode & 0o777).toBe(0o600);
		const passphrase = readFileSync(file, "utf8");
		expect(passphrase.length).toBeGreaterThanOrEqual(32);
		expect(readFileSync(passphraseFile(join(folder, "stacks")), "utf8")).toBe(passphrase);
		expect(readFileSync(passphraseFile(join(folder, "others")), "utf8")).not.toBe(passphrase);
	});
});

describe("the engine's events", () => {
	it("become steps, counts and diagnostics; passing and debugging remarks are left out", () => {
		const metadata = (op: string) => ({ op, urn: `urn:${op}`, diffs: op === "update" ? ["stdin"] : null });
		expect(
			summarise([
				{ resourcePreEvent: { metadata: metadata("create") } },
				{ resOutputsEvent: { metadata: metadata("create") } },
				{ resOutputsEvent: { metadata: metadata("update") } },
				{ diagnosticEvent: { severity: "info", message: "passing", ephemeral: true } },
				{ diagnosticEvent: { severity: "debug", message: "detail" } },
				{ diagnosticEvent: { severity: "error", message: "<{%reset%}>wrong<{%reset%}>", urn: "urn:a" } },
				{ summaryEvent: { resourceChanges: { create: 1, update: 1 } } },
			]),
		).toEqual({
			steps: [
				{ op: "create", urn: "urn:create", diffs: [] },
				{ op: "update", urn: "urn:update", diffs: ["stdin"] },
			],
			diagnostics: [{ severity: "error", message: "wrong", urn: "urn:a" }],
			summary: { create: 1, update: 1 },
		});
	});
});

describe("PulumiError", () => {
	const events = { summary: {}, steps: [], diagnostics: [{ severity: "error", message: "the host is gone" }] };
	it("says the engine's errors, else the end of what was printed", () => {
		expect(new PulumiError("pulumi up", 1, "out", "warning", events).message).toBe(
			"pulumi up ended with status 1:\nthe host is gone",
		);
		const silent = { ...events, diagnostics: [] };
		expect(new PulumiError("pulumi up", undefined, "out", "", silent).message).toBe(
			"pulumi up ended with a signal:\nout",
		);
	});
});

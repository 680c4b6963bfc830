import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { cached } from "../setup/cache";
import { systemPath } from "../setup/packages";
import { type Report, step } from "../setup/progress";
import { identitySize } from "./identity";
import type { Image } from "./image";
import { onAbruptEnd } from "./interrupt";
import { tool } from "./mmdebstrap";
import { accelerator, commonKernelArguments, qemuArguments, quoted } from "./qemu";
import { tiedToThisProcess } from "./tie";

const bootTimeoutMs = 600_000;
const waits = "sandbox image waits";

/**
 * The image with the memory of a machine that has booted it, from which hosts start in a few seconds instead of booting
 * themselves. The image has to say on its console that it waits, and go on once its identity disk is filled.
 */
export async function bootedImage(image: Image, title: string): Promise<Image> {
	const accel = accelerator(process.env);
	const { stdout } = await execa("qemu-system-x86_64", ["--version"], { env: { PATH: systemPath } });
	// Memory can be read back only by the same QEMU with the same devices.
	const hash = createHash("sha256").update(
		JSON.stringify([stdout, qemuArguments(machineOf(image, "", "", ""), accel)]),
	);
	const key = join("booted", `${basename(dirname(image.disk))}-${hash.digest("hex").slice(0, 12)}`);
	const folder = await cached(key, (temporary) =>
		step(`${title}, booted once`, (report) => save(image, temporary, accel, report)),
	);
	return { ...image, disk: join(folder, "disk.qcow2"), memory: join(folder, "memory") };
}

function machineOf(image: Image, disk: string, identity: string, console: string) {
	const kernelArguments = [...commonKernelArguments, "sandbox.wait"];
	return { ...image, disk, identity, console, kernelArguments, forwards: new Map<number, number>() };
}

async function save(image: Image, folder: string, accel: "tcg" | "kvm", report: Report): Promise<void> {
	const [disk, identity, console] = ["disk.qcow2", "identity", "console.log"].map((name) => join(folder, name));
	const machine = machineOf(image, disk as string, identity as string, console as string);
	await tool("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image.disk, machine.disk]);
	// The guest sees the size of this one, whatever is put in its place.
	writeFileSync(machine.identity, "");
	truncateSync(machine.identity, identitySize);
	const command = ["qemu-system-x86_64", ...qemuArguments(machine, accel), "-qmp", "stdio"];
	const [program, ...args] = tiedToThisProcess("KILL", command);
	const qemu = spawn(program, args, {
		stdio: ["pipe", "pipe", "inherit"],
		env: { ...process.env, PATH: systemPath },
	});
	const settled = onAbruptEnd(() => qemu.kill("SIGKILL"));
	try {
		const monitor = new Monitor(qemu);
		report("boot");
		await waitForConsole(qemu, machine.console);
		report("memory");
		await monitor.execute("qmp_capabilities");
		// Not stopped before: what is read back later would be stopped too.
		await monitor.execute("migrate", { uri: `exec:cat > ${quoted(join(folder, "memory"))}` });
		for (;;) {
			const { status, "error-desc": why } = await monitor.execute("query-migrate");
			if (status === "completed") break;
			if (status === "failed" || status === "cancelled") throw new Error(`QEMU cannot save its memory: ${why}`);
			await sleep(100);
		}
	} finally {
		const ended = new Promise((resolve) => qemu.once("exit", resolve));
		if (qemu.exitCode === null && qemu.kill("SIGKILL")) await ended;
		settled();
	}
}

async function waitForConsole(qemu: { exitCode: number | null }, file: string): Promise<void> {
	const end = Date.now() + bootTimeoutMs;
	for (;;) {
		const log = existsSync(file) ? readFileSync(file, "utf8") : "";
		if (log.includes(waits)) return;
		if (qemu.exitCode !== null || Date.now() > end || log.includes("Kernel panic"))
			throw new Error(`the image did not boot; its console ended with:\n${log.slice(-2000) || "(nothing)"}`);
		await sleep(200);
	}
}

/** QEMU's own protocol: a line of JSON asks, a line answers; events come in between. */
class Monitor {
	private answered: (answer: Record<string, unknown>) => void = () => {};

	constructor(private readonly qemu: ChildProcessByStdio<Writable, Readable, null>) {
		const lines = createInterface({ input: qemu.stdout });
		lines.on("line", (line) => {
			const answer = JSON.parse(line) as Record<string, unknown>;
			if ("return" in answer || "error" in answer) this.answered(answer);
		});
		lines.on("close", () => this.answered({ error: "it has ended" }));
	}

	async execute(command: string, args: object = {}): Promise<Record<string, unknown>> {
		const answer = await new Promise<Record<string, unknown>>((resolve) => {
			this.answered = resolve;
			this.qemu.stdin.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
		});
		if ("error" in answer) throw new Error(`QEMU does not "${command}": ${JSON.stringify(answer.error)}`);
		return answer.return as Record<string, unknown>;
	}
}

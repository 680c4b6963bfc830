import type { SandboxHost } from "../../sandbox";

/** A program of the host that reads files: what a profile lets it read shows what the kernel enforces. */
export const readerPath = "/opt/reader/bin/reader";

/** A policy for the reader; `body` is added to what it needs to run and to read /etc/hosts. */
export function readerPolicy(name: string, body = ""): string {
	return [
		"abi <abi/3.0>,",
		"include <tunables/global>",
		`profile ${name} ${readerPath} {`,
		"  include <abstractions/base>",
		`  ${readerPath} mr,`,
		"  /etc/hosts r,",
		...(body === "" ? [] : [`  ${body}`]),
		"}",
		"",
	].join("\n");
}

export async function installReader(host: SandboxHost): Promise<void> {
	await host.run(`install -D /bin/cat ${readerPath}`);
}

export interface Attempt {
	/** What came of it: the file was read, permission was refused, or the kernel killed the reader. */
	outcome: "read" | "refused" | "killed";
	/** What the kernel logged of it: ALLOWED, DENIED or nothing. */
	logged: string;
}

/** Has the reader read a file that no policy here allows. */
export async function attempt(host: SandboxHost, file = "/etc/hostname"): Promise<Attempt> {
	const mark = `attempt ${Math.random()}`;
	await host.run(`echo '${mark}' > /dev/kmsg`);
	const { exitCode, stderr } = await host.run(`${readerPath} ${file}`, { reject: false });
	const { stdout } = await host.run("dmesg");
	const records = stdout.slice(stdout.indexOf(mark)).split("\n");
	const record = records.find((line) => line.includes("apparmor=") && line.includes(`name="${file}"`));
	return {
		outcome: exitCode === 0 ? "read" : /Permission denied/.test(stderr) ? "refused" : "killed",
		logged: /apparmor="(\w+)"/.exec(record ?? "")?.[1] ?? "nothing",
	};
}

/** The modes of the loaded profiles, as `aa-status` says. */
export async function loadedModes(host: SandboxHost): Promise<Record<string, string>> {
	const { stdout } = await host.run("aa-status --json");
	return JSON.parse(stdout).profiles;
}

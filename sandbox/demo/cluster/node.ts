import type { SandboxHost } from "../../index";
import type { Intrusion } from "../application";

const port = 8080;

/** The mode in which the kernel of a node has a profile; undefined where it has none of the name. */
export async function modeOn(node: SandboxHost, profile: string): Promise<string | undefined> {
	const { stdout } = await node.run("cat /sys/kernel/security/apparmor/profiles");
	return new RegExp(`^${profile} \\((.*)\\)$`, "m").exec(stdout)?.[1];
}

/** What the application's process runs under on a node. */
export async function confinementOn(node: SandboxHost): Promise<string> {
	const { stdout } = await node.run(
		"cat /proc/$(pgrep --oldest --full '^/usr/bin/perl /opt/myapp/bin/myapp')/attr/current",
	);
	return stdout.replaceAll("\0", "").trim();
}

/** The application's answer to a GET request from its node, which needs no program for that but bash. */
export async function get(node: SandboxHost, podIp: string, path: string): Promise<string> {
	const request = String.raw`GET ${path} HTTP/1.0\r\n\r\n`;
	const script = `exec 3<>/dev/tcp/${podIp}/${port} && printf '${request}' >&3 && cat <&3`;
	const { stdout } = await node.run(`timeout 30 bash -c "${script}"`);
	const body = stdout.split(/\r?\n\r?\n/)[1];
	if (body === undefined) throw new Error(`myapp at ${podIp} on ${node.name} answers: ${stdout || "nothing"}`);
	return body.trim();
}

/** Has the application try one intrusion, and tells whether it came through. */
export async function intrude(node: SandboxHost, podIp: string, intrusion: Intrusion) {
	const answer = await get(node, podIp, `/intrude/${intrusion}`);
	return { answer, blocked: answer.startsWith("refused") };
}

import { join } from "node:path";
import type { SandboxHost } from "../index";

/** The port that the demo's application listens on. */
export const applicationPort = 8080;

/** What the application does on request as an intruder would, by the last part of the URL. */
export const intrusions = {
	"read-shadow": "read /etc/shadow",
	"write-outside": "write /usr/local/bin/backdoor",
	"start-shell": "start /bin/sh",
} as const;

export type Intrusion = keyof typeof intrusions;

/** Puts the application on a host as an administrator would, and starts it. */
export async function installApplication(host: SandboxHost): Promise<void> {
	await host.copyIn(join(__dirname, "myapp"), "/opt/myapp/bin/myapp", "0755");
	await host.copyIn(join(__dirname, "myapp.service"), "/etc/systemd/system/myapp.service");
	await host.run(
		[
			"mkdir -p /opt/myapp/config /opt/myapp/data /var/log/myapp",
			"echo 'Welcome to myapp.' > /opt/myapp/config/greeting.conf",
			"systemctl daemon-reload",
			"systemctl enable --quiet --now myapp.service",
		].join(" && "),
	);
}

/** Far longer than the application takes to start, on an emulated host that has half a core to itself. */
const startTimeoutMs = 60_000;

/** The application's answer to a GET request, waiting for it to come up after a restart. */
export async function get(host: SandboxHost, path: string): Promise<{ status: number; body: string }> {
	const url = `http://127.0.0.1:${host.forwarded(applicationPort)}${path}`;
	const deadline = Date.now() + startTimeoutMs;
	for (;;) {
		try {
			const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
			return { status: answer.status, body: (await answer.text()).trim() };
		} catch (error) {
			if (Date.now() > deadline) throw new Error(`myapp does not answer on ${url}`, { cause: error });
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}
}

/** Uses the application as its users do. */
export async function exercise(host: SandboxHost, visits: number): Promise<string[]> {
	const answers: string[] = [];
	for (let visit = 0; visit < visits; visit++) {
		const { status, body } = await get(host, "/");
		if (status !== 200) throw new Error(`myapp failed at its ordinary work: ${status} ${body}`);
		answers.push(body);
	}
	return answers;
}

/** Has the application try one intrusion, and tells whether it came through. */
export async function intrude(host: SandboxHost, intrusion: Intrusion): Promise<{ blocked: boolean; answer: string }> {
	const { body } = await get(host, `/intrude/${intrusion}`);
	return { blocked: body.startsWith("refused"), answer: body };
}

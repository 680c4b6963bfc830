import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Console } from "../../src/cli/console";
import { displayFor } from "../../src/cli/status";
import type { KubernetesObject } from "../../src/cluster/status-loaders";
import { daemonSet, hash, pod, profile, report } from "../cluster/status-objects";
import { cli } from "./cli";

/** Answers from files, and keeps what it was asked: a "get" from "list", an "exec" from the file of the pod's name. */
const fakeKubectl = `#!/bin/sh
cd "$(dirname "$0")" || exit
printf '%s\\n' "$*" >>asked
answer() {
	[ ! -f "$1.error" ] || { cat "$1.error" >&2; exit 1; }
	exec cat "$1"
}
while :; do
	case $1 in
		get) answer list ;;
		exec) answer "$4" ;;
		*) shift ;;
	esac
done
`;

const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-status-"));
const path = process.env.PATH ?? "";
const bin = join(folder, "bin");
/** In one step: a look at the same time sees the old text or the new one. */
function put(name: string, text: string): void {
	writeFileSync(join(folder, "next"), text);
	renameSync(join(folder, "next"), join(bin, name));
}
const asked = () => readFileSync(join(bin, "asked"), "utf8").trimEnd().split("\n");

function cluster(objects: KubernetesObject[], answers: Record<string, string>): void {
	put("list", JSON.stringify({ kind: "List", items: objects }));
	for (const [name, text] of Object.entries(answers)) put(name, text);
}

beforeEach(() => {
	rmSync(bin, { recursive: true, force: true });
	mkdirSync(bin);
	put("kubectl", fakeKubectl);
	chmodSync(join(bin, "kubectl"), 0o755);
	process.env.PATH = `${bin}${delimiter}${path}`;
});
afterAll(() => {
	process.env.PATH = path;
	rmSync(folder, { recursive: true, force: true });
});

const twoNodes = [daemonSet("profiles", 2), pod("profiles", "n1", "p1"), pod("profiles", "n2", "p2")];
const good = report([profile("myapp")]);
const bad = report([profile("myapp", "complain", { ok: false, error: "line 3: \u001b[31mno" })], { state: "failed" });

const heading = "NODE  PROFILE  DECLARED  ACTUAL    CONTENT   READY  LAST ERROR OR NOTE\n";

describe("status --kube", () => {
	it("shows each profile on each node: exit code 1 where something is off", async () => {
		cluster(twoNodes, { p1: good, p2: bad });
		expect(await cli(["status", "--kube"])).toEqual({
			code: 1,
			stdout: `${heading}n1    myapp    enforce   enforce   01234567  yes\nn2    myapp    enforce   complain  01234567  yes    line 3: \\x1b[31mno\n`,
			stderr: "off: 2 nodes, 2 profiles on them, 1 not as declared\n",
		});
		put("p2", good);
		expect(await cli(["status", "--kube"])).toMatchObject({
			code: 0,
			stderr: "all as declared: 2 nodes, 2 profiles on them\n",
		});
	});

	it("hands kubectl's options on, and asks the loader's container", async () => {
		cluster([daemonSet("profiles", 1), pod("profiles", "n1", "p1")], { p1: good });
		const options = ["--kubeconfig", "/k", "--context", "c d", "--namespace", "shop"];
		await cli(["status", "--kube", ...options]);
		await cli(["status", "--kube"]);
		const list = "--selector app.kubernetes.io/name=pulumi-apparmor-loader --output json --request-timeout 60s";
		const ask = "exec --namespace kube-system p1 --container loader -- cat /run/pulumi-apparmor/status.json";
		expect(asked()).toEqual([
			`--kubeconfig /k --context c d get daemonsets.apps,pods --namespace shop ${list}`,
			`--kubeconfig /k --context c d ${ask}`,
			`get daemonsets.apps,pods --all-namespaces ${list}`,
			ask,
		]);
	});

	it("chooses a distribution, and asks no loader of another", async () => {
		cluster([...twoNodes, daemonSet("canary", 1), pod("canary", "n3", "p3")], { p3: good });
		const { code, stdout } = await cli(["status", "--kube", "--distribution", "canary", "--json"]);
		expect(code).toBe(0);
		expect(JSON.parse(stdout)).toEqual([
			{
				distribution: "canary",
				namespace: "kube-system",
				node: "n3",
				profile: "myapp",
				declaredMode: "enforce",
				mode: "enforce",
				policyHash: hash,
				ready: true,
				state: "declared",
				message: null,
			},
		]);
		expect(asked().filter((line) => line.startsWith("exec"))).toHaveLength(1);
	});

	it("asks every loader of many nodes once", async () => {
		const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
		cluster([daemonSet("profiles", 40), ...names.map((name) => pod("profiles", name, `pod-${name}`))], {
			...Object.fromEntries(names.map((name) => [`pod-${name}`, good])),
		});
		expect(await cli(["status", "--kube"])).toMatchObject({ code: 0 });
		const execs = asked().filter((line) => line.startsWith("exec"));
		expect(execs.map((line) => line.split(" ")[3]).sort()).toEqual(names.map((name) => `pod-${name}`).sort());
	});

	it("says of each loader that cannot be asked why, and shows the others", async () => {
		const objects = [...twoNodes, pod("profiles", "n3", "p3"), pod("profiles", "n4", "p4")];
		const crashed = pod("profiles", "n5", "p5", {
			ready: false,
			state: { waiting: { reason: "CrashLoopBackOff" } },
			lastState: { terminated: { exitCode: 1, message: "myapp, line 3: syntax error" } },
		});
		cluster([...objects, crashed], {
			p1: good,
			"p2.error":
				"cat: can't open '/run/pulumi-apparmor/status.json': No such file or directory\ncommand terminated with exit code 1\n",
			"p3.error": "error: Internal error occurred: error executing command: dial tcp 10.0.0.3:10250: i/o timeout\n",
			p4: "{",
		});
		const { code, stdout } = await cli(["status", "--kube", "--json"]);
		expect(code).toBe(1);
		expect(JSON.parse(stdout).map((row: { node: string; message: string }) => [row.node, row.message])).toEqual([
			["n1", null],
			["n2", "its loader p2 has not finished its first look yet"],
			[
				"n3",
				"its loader p3 cannot be asked: Internal error occurred: error executing command: dial tcp 10.0.0.3:10250: i/o timeout",
			],
			["n4", "its loader p4 says what cannot be understood (is this command of its version?): it is no JSON: {"],
			["n5", "myapp, line 3: syntax error"],
		]);
	});

	const forbidden = (verb: string, resource: string, group: string, where: string) =>
		`Error from server (Forbidden): x is forbidden: User "eve" cannot ${verb} resource "${resource}" in API group "${group}" ${where}\n`;
	it.each([
		[
			"a right to list",
			"list",
			forbidden("list", "daemonsets", "apps", "at the cluster scope") +
				forbidden("list", "pods", "", "at the cluster scope"),
			"error: this login has no right to list daemonsets.apps in all namespaces; where you may do so in one namespace only, name it with --namespace\nerror: this login has no right to list pods in all namespaces; where you may do so in one namespace only, name it with --namespace\n",
		],
		[
			"a right to ask",
			"p1",
			forbidden("create", "pods/exec", "", 'in the namespace "kube-system"'),
			"error: this login has no right to create pods/exec in the namespace kube-system\n",
		],
		[
			"a login",
			"list",
			"error: You must be logged in to the server (Unauthorized)\n",
			"error: the cluster does not accept this login: You must be logged in to the server (Unauthorized)\nerror: log in again, or choose another with --context or --kubeconfig\n",
		],
		[
			"a cluster that answers",
			"list",
			'E1124 13:00:00.000000   1 memcache.go:265] "Unhandled Error"\nThe connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
			"error: the cluster cannot be reached: The connection to the server localhost:8080 was refused - did you specify the right host or port?\nerror: is it up, and is this the right one? --context and --kubeconfig choose another\n",
		],
		[
			"the context",
			"list",
			"Error in configuration: context was not found for specified context: c\n",
			"error: kubectl cannot list the loaders: Error in configuration: context was not found for specified context: c\n",
		],
	])("exit code 2 without %s", async (_, what, error, words) => {
		cluster([daemonSet("profiles", 1), pod("profiles", "n1", "p1")], { [`${what}.error`]: error });
		expect(await cli(["status", "--kube"])).toEqual({ code: 2, stdout: "", stderr: words });
	});

	it("exit code 2 where there is no distribution, or none of this name", async () => {
		cluster(twoNodes, { p1: good, p2: good });
		expect(await cli(["status", "--kube", "--distribution", "canary"])).toEqual({
			code: 2,
			stdout: "",
			stderr: 'error: no distribution "canary" is found in the cluster; there are profiles\n',
		});
		cluster([], {});
		const { code, stderr } = await cli(["status", "--kube", "-n", "shop"]);
		expect(code).toBe(2);
		expect(stderr).toMatch(/^error: no distribution is found in the namespace shop: no DaemonSet is labelled /);
	});

	it("exit code 2 without kubectl, or without --kube", async () => {
		process.env.PATH = join(folder, "nothing");
		const missing = await cli(["status", "--kube"]);
		expect(missing.code).toBe(2);
		expect(missing.stderr).toMatch(/^error: kubectl is not in PATH: /);
		const { code, stderr } = await cli(["status"]);
		expect(code).toBe(2);
		expect(stderr).toMatch(/^error: which status\? .*\/usr\/local\/lib\/pulumi-apparmor\/apparmor-agent\.sh status\n$/);
	});

	it("tells a person who waits how far it is, and wipes that", async () => {
		cluster(twoNodes, { p1: good, p2: good });
		const { stderr } = await cli(["status", "--kube"], "", { interactive: true });
		expect(stderr).toBe("\r\u001b[Kasked 1 of 2 loaders\r\u001b[Kall as declared: 2 nodes, 2 profiles on them\n");
	});
});

describe("status --kube --watch", () => {
	const main = join(__dirname, "../../src/cli/main.ts");
	const line = (node: string, found: string) =>
		`kube-system/profiles ${node} myapp: ${found} (declared enforce, content 01234567)`;

	interface Seen {
		stdout: string;
		stderr: string;
	}
	const lines = (count: number) => (seen: Seen) => seen.stdout.split("\n").length > count;

	/** Runs until something is seen, does something, and so on; then Ctrl-C. */
	async function watched(args: string[], steps: [until: (seen: Seen) => boolean, then: () => void][]) {
		const child = execa("tsx", ["--conditions=import", main, "status", "--kube", "--watch", ...args], {
			preferLocal: true,
			reject: false,
			timeout: 200_000,
		});
		const seen: Seen = { stdout: "", stderr: "" };
		for (const name of ["stdout", "stderr"] as const)
			child[name].on("data", (chunk) => {
				seen[name] += chunk;
			});
		let ended = false;
		void child.then(() => {
			ended = true;
		});
		for (const [until, then] of steps) {
			while (!until(seen) && !ended) await sleep(50);
			then();
		}
		child.kill("SIGINT");
		const { exitCode, stdout, stderr } = await child;
		return { exitCode, stdout: stdout.split("\n"), stderr: stderr.split("\n") };
	}

	it("tells changes only, and ends on Ctrl-C with the last verdict", async () => {
		cluster(twoNodes, { p1: good, p2: good });
		const { exitCode, stdout, stderr } = await watched(
			[],
			[
				[lines(2), () => put("p2", bad)],
				[lines(3), () => {}],
			],
		);
		expect({ exitCode, stdout }).toEqual({
			exitCode: 1,
			stdout: [line("n1", "enforce"), line("n2", "enforce"), `${line("n2", "complain")}: line 3: \\x1b[31mno`],
		});
		expect(stderr).toEqual([
			"all as declared: 2 nodes, 2 profiles on them",
			"off: 2 nodes, 2 profiles on them, 1 not as declared",
		]);
	}, 240_000);

	it("goes on when the cluster is away for a moment", async () => {
		cluster(twoNodes, { p1: good, p2: good });
		const { exitCode, stdout, stderr } = await watched(
			["--json"],
			[
				[lines(1), () => put("list.error", "Unable to connect to the server: dial tcp: no route to host\n")],
				[
					({ stderr }) => stderr.includes("cannot be reached"),
					() => {
						rmSync(join(bin, "list.error"));
						put("p1", bad);
					},
				],
				[lines(2), () => {}],
			],
		);
		expect(exitCode).toBe(1);
		expect(stdout.map((text) => JSON.parse(text)[0].mode)).toEqual(["enforce", "complain"]);
		expect(stderr).toContain(
			"error: the cluster cannot be reached: Unable to connect to the server: dial tcp: no route to host",
		);
	}, 240_000);

	it("ends with an error where the first look fails", async () => {
		put("list.error", "Unable to connect to the server: dial tcp: no route to host\n");
		expect(await cli(["status", "--kube", "--watch"])).toMatchObject({ code: 2, stdout: "" });
	});

	it("draws one picture again and again on a terminal", () => {
		let stdout = "";
		const write = (text: string) => {
			stdout += text;
			return true;
		};
		const output = { write, drained: async () => {} };
		const console = { stdout: output, stderr: output, colour: false, terminal: true } as Console;
		const row = {
			...{ distribution: "profiles", namespace: "kube-system", node: "n1", profile: "myapp", declaredMode: "enforce" },
			...{ mode: "enforce", policyHash: hash, ready: true, state: "declared" as const, message: null },
		};
		displayFor({}, console).show([row], [row]);
		expect(stdout).toBe(
			"\u001b[HNODE  PROFILE  DECLARED  ACTUAL   CONTENT   READY  LAST ERROR OR NOTE\u001b[K\nn1    myapp    enforce   enforce  01234567  yes\u001b[K\nall as declared: 1 node, 1 profile on them\u001b[K\n\u001b[J",
		);
	});
});

import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { execaSync } from "execa";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
	type AgentProgram,
	agentPath,
	agentScript,
	agentVersion,
	applyCommand,
	deliveredScript,
	installCommand,
	parseApplyResult,
	parseHostFacts,
	removeCommand,
	shellQuote,
	statusCommand,
	uninstallCommand,
} from "../../src/agent/agent";
import { agentParts } from "../../src/agent/assemble";
import { prepare, sha256, shells } from "./host";

beforeAll(prepare);

const programs = Object.keys(agentParts) as AgentProgram[];

describe.each(programs)("the program %s", (program) => {
	test("has nothing that shellcheck objects to", () => {
		const { stdout } = execaSync("shellcheck", ["-s", "sh", "-"], { input: agentScript(program), reject: false });
		expect(stdout).toBe("");
	});

	test("has each of its parts once, and defines each function that it calls, and calls each that it defines", () => {
		const script = agentScript(program);
		for (const part of agentParts[program]) expect(script.split(partText(part)), part).toHaveLength(2);
		const everywhere = new Set(allParts.flatMap((part) => functionsOf(partText(part))));
		const called = [...everywhere].filter((name) => calls(script, name)).sort();
		expect(functionsOf(script).sort()).toEqual(called);
	});

	test("is delivered without comments and indentation", () => {
		const lines = deliveredScript(program).split("\n");
		expect(lines[0]).toBe("#!/bin/sh");
		expect(lines[1]).toMatch(/^# apparmor-agent\.sh: /);
		expect(lines.slice(2, -1).filter((line) => /^(\s|#|$)/.test(line) && !/^ {2}\S/.test(line))).toEqual([]);
		expect(deliveredScript(program).length).toBeLessThan(agentScript(program).length * 0.85);
	});

	test.each(shells)("under %s, says how each of its commands is used, and refuses those of the other", (shell) => {
		const [file, ...args] = shell.split(" ");
		const run = (command: string) =>
			execaSync(file as string, [...args, "-s", command], { input: deliveredScript(program), reject: false });
		const { stderr, exitCode } = run("sing");
		expect(exitCode).toBe(2);
		const [first, ...usages] = stderr.split("\n");
		expect(first).toBe("apparmor-agent: usage: apparmor-agent.sh COMMAND");
		expect(usages.flatMap((usage) => usage.trim().split(" ")[0]?.split("|"))).toEqual(commands[program]);
		for (const other of programs.filter((name) => name !== program))
			for (const command of commands[other] ?? []) expect(run(command), command).toMatchObject({ exitCode: 2, stderr });
	});

	test("says in its head how each of its commands is used, and no other", () => {
		const heads = agentScript(program).matchAll(/^# {3}apparmor-agent\.sh (\w+)/gm);
		expect([...heads].map(([, command]) => command).sort()).toEqual(commands[program]?.toSorted());
	});
});

const commands: Record<AgentProgram, string[]> = {
	host: ["install", "uninstall", "apply", "remove", "status", "converge"],
	loader: ["serve", "ready"],
};

const folder = path.join(__dirname, "..", "..", "src", "agent", "parts");
const allParts = [...new Set<string>(Object.values(agentParts).flat())];
const partText = (part: string) => readFileSync(path.join(folder, `${part}.sh`), "utf8");

const functionsOf = (script: string) => [...script.matchAll(/^(\w+)\(\) \{/gm)].map(([, name]) => name as string);

/** Whether a script has `name` where a command is, or hands it on by its name, as main, each_profile and trap are. */
function calls(script: string, name: string): boolean {
	const code = script.replaceAll(/^\s*#.*$/gm, "");
	return new RegExp(
		String.raw`(^|[;&|(){!]|\b(if|then|else|elif|do|until|while|each_profile|trap))[ \t]*${name}( (?!\| )|;|$|\))` +
			String.raw`|^\t[a-z |]*\b${name}\b[a-z |]*\) "\$command"`,
		"m",
	).test(code);
}

test("every part is of a program, and short enough to read in a sitting", () => {
	expect(readdirSync(folder).sort()).toEqual(allParts.map((part) => `${part}.sh`).sort());
	for (const part of allParts) expect(partText(part).split("\n").length, part).toBeLessThan(300);
});

test("the agent of hosts is named by its content", () => {
	expect(agentVersion()).toBe(sha256(deliveredScript("host")).slice(0, 12));
});

describe("command lines", () => {
	test("any word reaches the program as it is", () => {
		const echo = (word: string) =>
			execaSync("dash", ["-c", `printf %s ${shellQuote(word)}`], { stripFinalNewline: false }).stdout;
		const word = fc.string({ unit: "grapheme" }).filter((text) => !/[\0\n\r]/.test(text));
		fc.assert(
			fc.property(word, (text) => echo(text) === text),
			{ numRuns: 100 },
		);
		expect(shellQuote("")).toBe("''");
		expect(shellQuote("it's $(id)")).toBe("'it'\\''s $(id)'");
		for (const bad of ["a\nb", "a\0b", "a\rb"]) expect(() => shellQuote(bad)).toThrow("NUL or a line break");
	});

	test("install is three commands that sudoers can name", () => {
		const command = installCommand({ sudo: true, owner: "org/app/dev" });
		const [first, second, third, ...rest] = command.split(" && ");
		expect(rest).toEqual([]);
		expect(first).toBe("sudo -n mkdir -p -m 0755 /usr/local/lib/pulumi-apparmor");
		expect(second).toMatch(/^sudo -n tee (\S+\.new) >\/dev\/null$/);
		const incoming = /tee (\S+)/.exec(second ?? "")?.[1];
		expect(third).toBe(`sudo -n sh ${incoming} install --owner org/app/dev --version ${agentVersion()}`);
		expect(installCommand({ owner: "org/app/dev" })).not.toContain("sudo");
		// Two stacks at the same moment do not write over each other's.
		expect(installCommand({ owner: "org/app/production" })).not.toContain(incoming);
	});

	test("apply passes on all that it is told, quoted", () => {
		const command = applyCommand({
			sudo: true,
			name: "myapp",
			owner: "org/app/dev",
			mode: "enforce",
			policyHash: "abc",
			attachments: ["/opt/my app/*", "/opt/{a,b}"],
			restartUnits: ["a.service"],
			adopt: true,
			lines: {
				sources: ["profiles/my app.hbs", "b"],
				runs: [
					{ start: 1, source: 0, line: 3 },
					{ start: 4, source: 1, line: 1 },
				],
			},
		});
		expect(command).toContain(
			`then sudo -n ${agentPath} apply myapp --owner org/app/dev --mode enforce --policy-hash abc ` +
				"--attachment '/opt/my app/*' --attachment '/opt/{a,b}' --restart a.service --adopt " +
				"--source 'profiles/my app.hbs' --source b --lines 1:0:3,4:1:1; else",
		);
		expect(applyCommand({ name: "x", owner: "o", mode: "kill" })).toContain(
			`then ${agentPath} apply x --owner o --mode kill; else`,
		);
	});

	test("on a host that was installed anew, delete succeeds and apply says what to do", () => {
		// No agent is installed on the machine that runs the tests.
		const run = (command: string) => execaSync("sh", ["-c", command], { reject: false });
		expect(run(removeCommand({ name: "x", owner: "o" }))).toMatchObject({ exitCode: 0, stdout: "" });
		expect(run(uninstallCommand({ sudo: true, owner: "o" }))).toMatchObject({ exitCode: 0, stdout: "" });
		const apply = run(applyCommand({ name: "x", owner: "o", mode: "enforce" }));
		expect(apply.exitCode).toBe(1);
		expect(apply.stderr).toContain("no agent on this host");
	});

	test("status names one profile or none", () => {
		expect(statusCommand({ sudo: true, name: "x" })).toBe(`sudo -n ${agentPath} status x`);
		expect(statusCommand({})).toBe(`${agentPath} status`);
	});
});

describe("answers", () => {
	test("are found among the noise of a login", () => {
		const result = { name: "x", mode: "enforce", loaded: true };
		expect(parseApplyResult(`Welcome!\n{"not": "ours"}\n${JSON.stringify(result)}\n{broken\nbye\n`)).toEqual(result);
	});

	test.each(["", "Welcome!\n", '{"name":"x"'])("%j is no answer", (stdout) => {
		expect(() => parseApplyResult(stdout)).toThrow('the agent\'s answer to "apply" did not arrive');
		expect(() => parseHostFacts(stdout)).toThrow('the agent\'s answer to "install" did not arrive');
	});
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureToolchain, PulumiError, PulumiProject } from "../../toolchain";

const checkout = dirname(dirname(__dirname));
const versions = (name: "dependencies" | "devDependencies") => require("../../package.json")[name];

const program = `
import * as apparmor from "pulumi-apparmor";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHlhbGxhIGhvc3Qga2V5IGZvciB0ZXN0cyBvbmx5";
const myapp = new apparmor.AppArmorProfile("myapp", {
	hosts: [{ name: "web-1", connection: { host: "127.0.0.1", privateKey: "k", hostKey } }],
	attachment: "/opt/myapp/bin/myapp",
	template: "custom-application",
	values: {
		configDir: "/opt/myapp/config",
		dataDir: "/opt/myapp/data",
		logDir: "/var/log/myapp",
		temporaryPrefix: process.env.HOSTILE ?? "/tmp/myapp-",
	},
	mode: apparmor.Mode.Complain,
});
export const policy = myapp.policyText;
`;

describe("the package as users install it", () => {
	const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-package-"));
	const files: string[] = [];
	let project: PulumiProject;

	beforeAll(async () => {
		const toolchain = await ensureToolchain();
		const packed = await execa("npm", ["pack", "--json", "--pack-destination", folder], { cwd: checkout });
		const [described] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[\n")));
		files.push(...described.files.map(({ path }: { path: string }) => path));
		const app = join(folder, "app");
		mkdirSync(app);
		writeFileSync(join(app, "Pulumi.yaml"), "name: app\nruntime: nodejs\n");
		writeFileSync(join(app, "index.ts"), program);
		const { typescript, "@types/node": node } = versions("devDependencies");
		writeFileSync(
			join(app, "package.json"),
			JSON.stringify({
				name: "app",
				private: true,
				main: "index.ts",
				dependencies: { "pulumi-apparmor": `file:../${described.filename}` },
				devDependencies: { typescript, "@types/node": node },
			}),
		);
		await execa("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: app });
		project = new PulumiProject({ toolchain, program: app, stateFolder: join(folder, "state") });
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	it("has the code, the agent, the templates and the plugin's description, and no test equipment", () => {
		for (const file of [
			"dist/index.js",
			"dist/index.d.ts",
			"src/index.ts",
			"dist/cli/main.js",
			"src/agent/parts/host-main.sh",
			"src/agent/parts/loader-main.sh",
			"templates/custom-application.hbs",
			"PulumiPlugin.yaml",
			"schema.json",
			"README.md",
			"LICENSE",
			"CHANGELOG.md",
		])
			expect(files).toContain(file);
		expect(files.filter((file) => /^(toolchain|sandbox|test|setup|bench|quickstart)\//.test(file))).toEqual([]);
	});

	it("works in an empty Pulumi project", async () => {
		const { summary, steps } = await project.preview({ stack: "dev" });
		expect(summary).toEqual({ create: 4 });
		const commands = steps.filter(({ urn }) => urn.includes("command:remote:Command"));
		expect(commands.map(({ urn }) => urn.split("::").at(-1)).sort()).toEqual(["myapp:agent@web-1", "myapp@web-1"]);
	});

	it("refuses a wrong input at preview, in words and with the line of the program", async () => {
		const error = await project.preview({ stack: "dev", env: { HOSTILE: '/tmp/x" rw,' } }).catch((thrown) => thrown);
		expect(error).toBeInstanceOf(PulumiError);
		const output = `${error.stdout}${error.stderr}`;
		expect(output).toContain('AppArmorProfile "myapp" has a problem:');
		expect(output).toContain('- values.temporaryPrefix: "/tmp/x\\" rw," contains a quote (") (custom-application.hbs:');
		expect(output).not.toContain("__pulumiInputPropertiesError");
		for (const [frame] of output.matchAll(/\n\s+at .*/g)) expect(frame).toMatch(/app\/index\.ts:\d+:\d+\)?$/);
	});

	it("brings the command pulumi-apparmor", async () => {
		const command = (args: string[], input: string) =>
			execa("npx", ["--no-install", "pulumi-apparmor", ...args], {
				cwd: join(folder, "app"),
				input,
				reject: false,
				stripFinalNewline: false,
			});
		const policy = "profile app {\n  /etc/hosts r,\n}\n";
		expect(await command(["check", "--quiet"], policy)).toMatchObject({ exitCode: 0, stdout: "<stdin>: ok\n" });
		expect(await command(["check"], "profile app {\n  /etc/hosts\n}\n")).toMatchObject({
			exitCode: 1,
			stdout: expect.stringMatching(/^<stdin>:2:/),
		});
		const rendered = await command(["render", "custom-application", "-n", "app", "-a", "/opt/app"], "");
		expect(rendered).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("values.dataDir: is missing") });
	});
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { cli } from "./cli";

const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-suggest-"));
const policy = join(folder, "myapp.apparmor");
const template = join(folder, "myapp.hbs");
/** A host's policy without a single abstraction, so that the machine's own makes no difference. */
const include = join(folder, "apparmor.d");
mkdirSync(include);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
	writeFileSync(policy, "profile myapp /opt/myapp {\n  /etc/myapp.conf r,\n  deny /etc/gshadow r, # never\n}\n");
	writeFileSync(
		template,
		'profile {{profile.name}} {{path profile.attachment}} {\n{{#each dirs}}\n  {{path this "/**"}} r,\n{{/each}}\n  deny /etc/gshadow r,\n}\n',
	);
});

let serial = 0;
const opened = (name: string, more = "") =>
	`audit: type=1400 audit(1700000000.1:${++serial}): apparmor="ALLOWED" operation="open" class="file" profile="myapp${more}" name="${name}" pid=9 comm="myapp" requested_mask="r" denied_mask="r" fsuid=0 ouid=33\n`;
const log = opened("/etc/myapp.conf") + opened("/srv/{a}") + opened("/etc/gshadow") + opened("/etc/shadow");

const suggest = (args: string[], input = log) => cli(["suggest", "--include", include, ...args], input);
const apply = (patch: string) => execa("git", ["apply", "--unsafe-paths", "-p0", "-"], { cwd: "/", input: patch });

describe("suggest", () => {
	it("proposes what the policy neither allows nor denies, and comments out what is dangerous", async () => {
		const { code, stdout, stderr } = await suggest(["--profile", policy]);
		expect(code).toBe(0);
		expect(stdout).toBe(
			"profile myapp {\n  # dangerous: it holds the accounts' password hashes\n  # /etc/shadow r,\n  /srv/\\{a\\} r,\n}\n",
		);
		expect(stderr).toMatch(/^4 lines, 4 AppArmor records$/m);
		expect(stderr).toMatch(/^dangerous: myapp: \/etc\/shadow r, \(once\): .*password hashes$/m);
	});

	it("makes a patch that applies, after which nothing harmless is missing", async () => {
		const { stdout } = await suggest(["--profile", policy, "--format", "patch", "--quiet"]);
		await apply(stdout);
		expect(readFileSync(policy, "utf8")).toBe(
			"profile myapp /opt/myapp {\n  /etc/myapp.conf r,\n  deny /etc/gshadow r, # never\n  # dangerous: it holds the accounts' password hashes\n  # /etc/shadow r,\n  /srv/\\{a\\} r,\n}\n",
		);
		const harmless = opened("/etc/myapp.conf") + opened("/srv/{a}");
		expect(await suggest(["--profile", policy, "--exit-code"], harmless)).toMatchObject({ code: 0 });
		expect(await suggest(["--profile", policy, "--exit-code"])).toMatchObject({ code: 1 });
	});

	it("makes a patch for a template, which renders to the new policy", async () => {
		const spec = ["--name", "myapp", "--attachment", "/opt/myapp", "--set", "dirs=[/etc]"];
		const events = opened("/srv/x") + opened("/srv/{{a,b},c}") + opened("/bin/y", "//worker");
		const { code, stdout } = await suggest(["--profile", template, ...spec, "--format", "patch"], events);
		expect(code).toBe(0);
		await apply(stdout);
		const rendered = await cli(["render", template, ...spec]);
		expect(rendered.stdout).toMatch(
			/^profile myapp \/opt\/myapp \{\n {2}\/etc\/\*\* r,\n {2}deny \/etc\/gshadow r,\n(.*\n)*\}\n$/,
		);
		expect(rendered.stdout).toMatch(/^ {2}\/srv\/x r,$/m);
		expect(rendered.stdout).toMatch(/^ {2}\/srv\/\\\{\\\{a,b\\\},c\\\} r,$/m);
		expect(await suggest(["--profile", template, ...spec, "--exit-code"], opened("/srv/x"))).toMatchObject({ code: 0 });
	});

	it("has everything as JSON", async () => {
		const { stdout } = await suggest(["--profile", policy, "--format", "json"]);
		expect(JSON.parse(stdout)).toMatchObject([
			{ kind: "rule", profile: "myapp", text: "/etc/shadow r,", level: "dangerous", provenance: { count: 1 } },
			{ kind: "rule", profile: "myapp", text: "/srv/\\{a\\} r,", level: "ok", severity: expect.any(Number) },
		]);
	});

	it("keeps to one profile's events", async () => {
		const events = opened("/srv/a") + opened("/srv/b").replace('"myapp"', '"other"');
		const { stdout } = await suggest(["--only", "other"], events);
		expect(stdout).toBe("profile other {\n  /srv/b r,\n}\n");
	});

	it.each([
		[["--format", "patch"], /--format patch needs the policy to patch/],
		[["--profile", "-"], /standard input is either the policy \(--profile -\) or the log/],
		[["--profile", "/no/such.hbs"], /^error: the template \/no\/such.hbs is rendered for a profile: give its --name$/m],
		[["--profile", "/no/such.hbs", "--name", "myapp"], /\/no\/such.hbs.*cannot be read: there is no such file/],
	])("%j: exit code 2", async (args, words) => {
		const { code, stdout, stderr } = await suggest(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(words);
	});
});

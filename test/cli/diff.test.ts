import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli } from "./cli";

const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-diff-"));
const file = (name: string, ...rules: string[]) => {
	const path = join(folder, name);
	writeFileSync(path, `profile app /opt/app {\n${rules.map((rule) => `  ${rule}\n`).join("")}}\n`);
	return path;
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const before = file("before", "/{etc,srv}/app r,", "capability chown,");
const same = file("same", "capability chown,", "/srv/app r,", "/etc/app r,");
const after = file("after", "/etc/app rw,", "audit capability chown,");
const broken = file("broken", "/etc/app");

describe("diff", () => {
	it("finds policies equal that only look different", async () => {
		expect(await cli(["diff", before, same])).toEqual({ code: 0, stdout: "", stderr: "" });
	});

	it("names what is widened, narrowed and audited differently, with its rule and place", async () => {
		const { code, stdout } = await cli(["diff", before, after]);
		expect(code).toBe(1);
		const [widened, narrowed, audited] = stdout.split(/^(?=\S)/m);
		expect(widened).toMatch(
			/^widened\n {2}app: newly allowed by "\/etc\/app rw," \(.*after line 2\): file w, for example \/etc\/app\n$/,
		);
		expect(narrowed).toMatch(/^narrowed\n {2}app: no longer allowed.*before line 2.*file r, for example \/srv\/app\n$/);
		expect(audited).toMatch(/^audited differently\n {2}app: .*capability chown.*\n$/);
	});

	it("has it as JSON, and takes one policy from standard input", async () => {
		const { code, stdout } = await cli(["diff", "--json", "-", after], "profile app /opt/app {\n  /etc/app rw,\n}\n");
		expect(code).toBe(1);
		expect(JSON.parse(stdout)).toMatchObject({
			equal: false,
			widened: [{ profile: "app", class: "capability" }],
			narrowed: [],
			auditChanged: [],
		});
	});

	it("exits with 2 where a policy cannot be read, and names its file and line", async () => {
		const { code, stdout, stderr } = await cli(["diff", before, broken]);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(new RegExp(`^error: ${broken}[:,] ?(line )?2`));
	});
});

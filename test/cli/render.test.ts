import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli } from "./cli";

const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-render-"));
const template = join(folder, "app.hbs");
const values = join(folder, "values.yaml");
writeFileSync(
	template,
	'profile {{profile.name}} {{path profile.attachment}} {\n  {{path dataDir "/**"}} r,\n  deny {{path dataDir "/secret"}} r,\n}\n',
);
writeFileSync(values, "dataDir: /srv/data\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const app = ["render", template, "--name", "app", "--attachment", "/opt/app"];

describe("render", () => {
	it("prints the policy with its mode, from a values file", async () => {
		expect(await cli([...app, "--values", values])).toEqual({
			code: 0,
			stdout: "profile app /opt/app {\n  /srv/data/** r,\n  deny /srv/data/secret r,\n}\n",
			stderr: "",
		});
	});

	it("takes values on the command line over those of the file, and from standard input", async () => {
		const set = await cli([...app, "--values", values, "--set", "dataDir=/srv/other"]);
		expect(set.stdout).toContain("/srv/other/** r,");
		const piped = await cli([...app, "--values", "-"], '{"dataDir": "/srv/piped"}');
		expect(piped.stdout).toContain("/srv/piped/** r,");
	});

	it("has one hash in every mode", async () => {
		const hashes = await Promise.all(
			["complain", "enforce"].map((mode) => cli([...app, "--values", values, "--mode", mode, "--hash"])),
		);
		expect(hashes[0]?.stdout).toMatch(/^[0-9a-f]{64}\n$/);
		expect(hashes[1]?.stdout).toBe(hashes[0]?.stdout);
		expect((await cli([...app, "--values", values, "--mode", "complain"])).stdout).toContain("flags=(complain)");
	});

	it.each([
		[[...app], /^error: values.dataDir: is missing \(.*app.hbs:2\)$/m],
		[[...app, "-s", "dataDir"], /expected KEY=VALUE/],
		[[...app, "--values", template], /is neither YAML nor JSON|must be an object/],
		[[...app, "-s", 'dataDir="/srv\\n/** rw,"'], /^error: values.dataDir: /m],
		[
			["render", "no-such", "-n", "app"],
			/there is no template called "no-such" in the package, which has .*custom-application/,
		],
		[["render", template, "-n", "a b"], /^error: name: /m],
	])("%j: exit code 2, and says what is wrong", async (args, words) => {
		const { code, stdout, stderr } = await cli(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(words);
	});
});

import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Host, policy, prepare, shells } from "./host";

beforeAll(prepare);

/** apparmor_parser itself judges, names and preprocesses the policy here; only the loading is feigned. */
describe.each(shells)("with the real apparmor_parser, under %s", (shell) => {
	let host: Host;
	afterEach(() => host.destroy());

	function fresh(): void {
		host = new Host(shell);
		host.env = { FAKE_REAL: "yes" };
	}

	test("a policy with includes, children and hats is applied, and its blocks are those of the includes", async () => {
		fresh();
		const body = "include <abstractions/private-files>\ndeny /etc/shadow r,\n/bin/x cx -> kid,\n^hat { /y r, }";
		const text = `abi <abi/3.0>,\ninclude <tunables/global>\n${policy("myapp", "complain", body, "kid")}`;
		const run = await host.apply("myapp", "complain", text);
		expect(run).toMatchObject({ status: 0, stderr: "", json: { mode: "complain", changed: true } });
		expect(run.json.blocksInComplain).toContain("deny /etc/shadow r,");
		expect(run.json.blocksInComplain).toContain("deny @{HOME}/.*history mrwkl,");
		// What the include comments out or allows is not there.
		expect(run.json.blocksInComplain.every((rule: string) => /^(audit )?deny .*,$/.test(rule))).toBe(true);
	});

	test.each([
		["/etc/x rq,", /^ {2}my\.hbs:12: .*\(line 2 of the rendered policy: " {2}\/etc\/x rq,"\)$/m],
		[
			"bad rule,",
			/^ {2}my\.hbs:12: syntax error, unexpected TOK_ID.*\(line 2 of the rendered policy: " {2}bad rule,"\)$/m,
		],
		["capability nonsense,", /^ {2}my\.hbs:12: Invalid capability nonsense\. \(line 2 /m],
		["include <abstractions/nonesuch>", /^ {2}my\.hbs:12: Could not open 'abstractions\/nonesuch' \(line 2 /m],
		['include "BROKEN"', /^ {2}\/\S.*\/broken:2: syntax error/m],
		["@{NONESUCH}/x r,", /NONESUCH/],
		["/x{a,b r,", /Unclosed grouping/],
	])("%j is refused in words about the template", async (body, words) => {
		fresh();
		host.write("broken", "/x r,\nbad rule,\n");
		// The parser's lexer takes no blanks in the path of an include.
		const broken = `/proc/self/cwd/broken`;
		const run = await host.run(
			["apply", "myapp", "--owner", "o", "--mode", "enforce", "--source", "my.hbs", "--lines", "1:0:11"],
			policy("myapp", "enforce", body.replace("BROKEN", broken)),
			{ cwd: host.root },
		);
		expect(run).toMatchObject({ status: 1, stdout: "" });
		expect(run.stderr).toMatch(words);
		expect(run.stderr).not.toContain("pulumi-apparmor.new");
		expect(host.remains()).toEqual([]);
	});

	test("a policy of no profile, or of a namespace, is refused", async () => {
		fresh();
		for (const text of [
			"# pulumi-apparmor: end of policy\n",
			policy("myapp", "enforce").replace("myapp", ":ns:myapp"),
		]) {
			const run = await host.apply("myapp", "enforce", text);
			expect(run.stderr).toContain("must declare the profile myapp and no other");
		}
	});
});

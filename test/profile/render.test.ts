import { describe, expect, it } from "vitest";
import { parseParserVersion } from "../../src/policy/knowledge/parser-version";
import { attachmentProblem, profileNameProblem } from "../../src/profile/names";
import { RenderError, renderPolicy } from "../../src/profile/render";
import { specProblems } from "../../src/profile/spec";
import { loadTemplate, TemplateNotFound } from "../../src/templates/load";
import { renderProfile } from "../../src/templates/render";

const values = {
	configDir: "/opt/myapp/config",
	dataDir: "/opt/myapp/data",
	logDir: "/var/log/myapp",
	temporaryPrefix: "/tmp/myapp-",
};
const spec = { name: "myapp", attachment: "/opt/myapp/bin/myapp", template: "custom-application", values } as const;

describe("the template custom-application", () => {
	it("holds no path but those of its values and what it refuses", () => {
		const text = renderProfile({ ...spec, mode: "enforce" });
		const paths = text.split("\n").filter((line) => /^\s+(owner )?"?\//.test(line));
		expect(paths.map((line) => line.trim())).toEqual([
			"/opt/myapp/bin/myapp mr,",
			"/opt/myapp/config/ r,",
			"/opt/myapp/config/** r,",
			"/opt/myapp/data/ r,",
			"/opt/myapp/data/** rwkl,",
			"/var/log/myapp/ r,",
			"/var/log/myapp/** rw,",
			"owner /tmp/myapp-* rwk,",
		]);
		expect(text).toContain("abi <abi/3.0>,");
		expect(text).toContain("\nprofile myapp /opt/myapp/bin/myapp {\n");
	});

	it("gives the same bytes for the same input, and follows the order of lists", () => {
		const full = { ...spec, mode: "enforce", values: { ...values, networkFamilies: ["inet", "inet6"] } } as const;
		expect(renderProfile(full)).toBe(renderProfile(structuredClone(full)));
		expect(renderProfile(full)).toMatch(/network inet stream,\n {2}network inet6 stream,\n/);
	});

	it("declares ABI 4.0 where every host has it", () => {
		expect(renderProfile({ ...spec, mode: "enforce", parserVersion: "4.1.0" })).toContain("abi <abi/4.0>,");
	});
});

describe("renderPolicy", () => {
	const parser = { major: 3, minor: 0 };
	const policy = (text: string, mode: "enforce" | "complain" = "enforce", attachment?: string) =>
		renderPolicy({ name: "myapp", attachment, source: { policy: text }, mode, parser });
	const hashOf = (text: string, mode: "enforce" | "complain") => policy(text, mode).hash;

	it("hashes the policy without its mode", () => {
		const text = "profile myapp /x {\n  deny /y w,\n}\n";
		expect(hashOf(text, "complain")).toBe(hashOf(text, "enforce"));
		expect(hashOf(text.replace("{", "flags=(complain) {"), "enforce")).toBe(hashOf(text, "enforce"));
		expect(hashOf(text.replace("/y", "/z"), "complain")).not.toBe(hashOf(text, "complain"));
		expect(hashOf(text, "enforce")).toMatch(/^[0-9a-f]{64}$/);
	});

	it.each([
		["/x r,\n", "policy: declares no profile; expected: profile myapp PATH { … }"],
		[
			"profile myapp /x {\n}\nprofile b /y {\n}\n",
			'policy: declares 2 profiles, "myapp" (policy:1), "b" (policy:3); one resource is one profile',
		],
		[
			"\nprofile other /x {\n}\n",
			'policy:2: the policy declares the profile "other", but "myapp" was asked for: write "profile myapp …" there, or set the property profileName',
		],
		[
			"profile myapp /x {\n  /a r\n  /b\n}\n",
			'policy:2: expected "," at the end of the rule, found "/b"\npolicy:3: expected permissions, such as "r", behind the path "/b", found "}"',
		],
	])("refuses %j", (text, message) => {
		expect(() => policy(text)).toThrow(new RenderError(message));
	});

	it("refuses an attachment that is not the policy's", () => {
		expect(() => policy("profile myapp /x {\n}\n", "enforce", "/y")).toThrow(
			new RenderError("policy:1: the policy attaches to /x, but the attachment is /y"),
		);
		expect(policy("profile myapp {\n}\n").attachment).toBeUndefined();
		expect(policy("profile myapp /x {\n}\n").attachment).toBe("/x");
	});

	it("warns of what blocks in complain mode all the same, and only there", () => {
		const text = "profile myapp /x {\n  /bin/a px,\n  /bin/b cx -> b,\n  /bin/c Pix,\n  profile b {\n  }\n}\n";
		expect(policy(text, "complain").warnings).toEqual([
			'blocked even in complain mode where that profile is not loaded: line 2: "/bin/a px" needs a loaded profile for /bin/a',
		]);
		expect(policy(text, "enforce").warnings).toEqual([]);
	});
});

describe("names", () => {
	it.each(["myapp", "my-app_2.0+x", "_x", "9", "a".repeat(200)])("%j is one", (name) => {
		expect(profileNameProblem(name)).toBeUndefined();
	});
	it.each([
		"",
		"a/b",
		"..",
		"a..b",
		"a b",
		"-x",
		".x",
		"a;b",
		"$(x)",
		"`x`",
		"a\nb",
		"é",
		"a'b",
		"unconfined",
		"x.dpkg-new",
		"x~",
		"a".repeat(201),
	])("%j is none", (name) => {
		expect(profileNameProblem(name)).toEqual(expect.any(String));
	});
	it("an attachment is an absolute path", () => {
		for (const path of ["/x", "/opt/{a,b}/**", "@{bin}/x", "/my app/x"])
			expect(attachmentProblem(path)).toBeUndefined();
		for (const path of ["", "x", "./x", "bin/x", "/a/../b", "/a/./b"])
			expect(attachmentProblem(path)).toEqual(expect.any(String));
	});
	it("a parser's version is a release from 3.0 on", () => {
		expect(parseParserVersion("3.0.8")).toEqual({ major: 3, minor: 0 });
		expect(parseParserVersion("4.1.0~beta1")).toEqual({ major: 4, minor: 1 });
		for (const text of ["", "2.13", "four", "4", "4.x"]) expect(parseParserVersion(text)).toBeUndefined();
	});
});

describe("specProblems", () => {
	const properties = (changes: Record<string, unknown>) =>
		specProblems({ ...spec, mode: "enforce", ...changes } as never).map(({ property }) => property);
	it("finds nothing wrong with a good spec", () => {
		expect(properties({})).toEqual([]);
	});
	it("finds everything at once", () => {
		expect(
			properties({
				name: "a/b",
				attachment: "x",
				mode: "enforced",
				policy: "x",
				parserVersion: "1",
				values: { profile: 1 },
			}),
		).toEqual(["name", "attachment", "mode", "policy", "values", "values.profile", "parserVersion"]);
	});
	it("says which modes there are", () => {
		expect(specProblems({ ...spec, mode: "enforced" as never })).toEqual([
			{ property: "mode", reason: '"enforced" is none of enforce, complain, kill, unconfined, disabled' },
		]);
	});
	it("wants one of template and policy", () => {
		expect(properties({ template: undefined, values: undefined })).toEqual(["template"]);
		expect(properties({ template: "" })).toEqual(["template"]);
		expect(properties({ policy: 1, template: undefined, values: undefined })).toEqual(["policy"]);
	});
});

describe("loadTemplate", () => {
	it("says which templates there are", () => {
		expect(() => loadTemplate("nginxx")).toThrow(
			/no template called "nginxx" in the package, which has .*custom-application/,
		);
	});
	it("says where it looked for a file", () => {
		expect(() => loadTemplate("./profiles/x.hbs")).toThrow(TemplateNotFound);
		expect(() => loadTemplate("./profiles/x.hbs")).toThrow(
			/there is no such file \(looked for \/.*\/profiles\/x\.hbs\)/,
		);
		expect(() => loadTemplate("/nowhere/x")).toThrow(TemplateNotFound);
	});
});

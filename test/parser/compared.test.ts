import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { comparePolicies } from "../../src/policy/compare/compare";
import { type DebianParser, parserOf } from "./debian-parser";

const component = fc.constantFrom(
	"a",
	"b",
	"*",
	"**",
	"?",
	"[ab]",
	"[^a]",
	"{a,b}",
	"a*",
	"*a",
	"a**",
	"{,a}",
	"{a,b/c}",
	"\\*",
);
const path = fc
	.tuple(fc.array(component, { minLength: 1, maxLength: 2 }), fc.boolean())
	.map(([parts, folder]) => `/${parts.join("/")}${folder ? "/" : ""}`);
const qualifiers = fc
	.tuple(
		fc.constantFrom("", "", "", "priority=1 ", "priority=-1 "),
		fc.constantFrom("", "", "audit "),
		fc.constantFrom("", "", "deny "),
	)
	.map((parts) => parts.join(""));
const rules: Record<string, fc.Arbitrary<string>> = {
	file: fc
		.tuple(qualifiers, fc.constantFrom("", "owner "), path, fc.constantFrom("r", "w", "rw", "ra", "rk", "m", "rwk"))
		.map(([qualified, owner, glob, permissions]) => `${qualified}${owner}${glob} ${permissions},`),
	// Without names behind "->": their table is compiled in the order of the rules, which changes no effect.
	exec: fc
		.tuple(path, fc.constantFrom("ix", "px", "Px", "cx", "pix", "ux", "rix"))
		.map((parts) => `${parts.join(" ")},`),
	capability: fc
		.tuple(qualifiers, fc.constantFrom("chown", "kill", "chown kill", ""))
		.map(([qualified, names]) => `${qualified}capability ${names},`),
	signal: fc
		.tuple(
			qualifiers,
			fc.constantFrom("", "send", "(send receive)"),
			fc.constantFrom("", "set=hup", "set=(hup term)"),
			fc.constantFrom("", "peer=a", "peer=**"),
		)
		.map(([qualified, ...parts]) => `${qualified}signal ${parts.join(" ")},`),
	ptrace: fc
		.tuple(qualifiers, fc.constantFrom("", "read", "(read trace)"), fc.constantFrom("", "peer=a", "peer=a*"))
		.map(([qualified, ...parts]) => `${qualified}ptrace ${parts.join(" ")},`),
	dbus: fc
		.tuple(
			qualifiers,
			fc.constantFrom("", "send", "receive", "(send receive)"),
			fc.constantFrom("", "bus=system"),
			fc.constantFrom("", "path=/a", "path=/**"),
			fc.constantFrom("", "member=Get", "member={Get,Set}"),
		)
		.map(([qualified, ...parts]) => `${qualified}dbus ${parts.join(" ")},`),
	unix: fc
		.tuple(
			qualifiers,
			fc.constantFrom("", "(send receive)", "(connect)"),
			fc.constantFrom("", "type=stream"),
			fc.constantFrom("", "peer=(label=a)", "peer=(addr=@a*)"),
		)
		.map(([qualified, ...parts]) => `${qualified}unix ${parts.join(" ")},`),
	mount: fc
		.tuple(fc.constantFrom("", "options=ro ", "options=(rw, nosuid) ", "options in (ro, noexec) "), path, path)
		.map(([options, source, target]) => `mount ${options}${source} -> ${target},`),
};

/** A profile, and the same with rules added, taken away, repeated or put in another order. */
const pair = fc
	.constantFrom(...Object.values(rules))
	.chain((rule) =>
		fc.record({
			rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
			more: fc.array(rule, { maxLength: 1 }),
			less: fc.boolean(),
			reversed: fc.boolean(),
		}),
	)
	.map(({ rules: before, more, less, reversed }) => {
		const after = [...(less ? before.slice(1) : before), ...more];
		return { before, after: reversed ? after.reverse() : after };
	});

const policy = (body: string[]) =>
	`abi <abi/4.0>,\nprofile t {\n  /zz r,\n${body.map((rule) => `  ${rule}\n`).join("")}}\n`;

describe("comparePolicies, beside what apparmor_parser 4.1 compiles", () => {
	let parser: DebianParser;
	beforeAll(async () => {
		parser = await parserOf("trixie");
	});

	it("calls policies equal that are compiled to the same bytes, and no others", async () => {
		let [equal, different] = [0, 0];
		await fc.assert(
			fc.asyncProperty(pair, async ({ before, after }) => {
				const [a, b] = [policy(before), policy(after)];
				// Rules that the parser refuses to have beside each other are not what is compared here.
				const compiled = await Promise.all([a, b].map((text) => parser.compile(text).catch(() => undefined)));
				fc.pre(compiled.every((bytes) => bytes !== undefined));
				const [one, other] = compiled as [Buffer, Buffer];
				const include = () => [{ file: "abi", text: "" }];
				if (one.equals(other)) equal++;
				else different++;
				const same = comparePolicies(a, b, { include }).equal;
				if (one.equals(other)) expect(same).toBe(true);
				// Below a deny, the parser leaves bits of other rules behind that nothing can reach.
				else if (!/deny/.test(a + b)) expect(same).toBe(false);
			}),
			// The same pairs each time: a rare quirk of the compiled form must not fail a run that changed nothing.
			{ numRuns: 150, seed: 20261124 },
		);
		// A property that saw only one kind of pair would prove little.
		expect(equal).toBeGreaterThan(10);
		expect(different).toBeGreaterThan(10);
	});
});

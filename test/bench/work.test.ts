import { describe, expect, it } from "vitest";
import { rulesOf, wanted } from "../../bench/fleet/work";
import { renderProfile } from "../../src/index";

const policies = (count: number, mode: "complain" | "enforce", revision?: number) =>
	wanted(count, mode, revision).profiles.map((profile) =>
		renderProfile({ ...profile, mode, template: "custom-application" }),
	);

describe("wanted", () => {
	it("no two profiles are the same policy, nor have the same name", () => {
		expect(new Set(policies(10, "enforce").map(rulesOf)).size).toBe(10);
		expect(new Set(wanted(10, "enforce").profiles.map(({ name }) => name)).size).toBe(10);
	});

	it("a revision changes one profile's policy and leaves the others alone", () => {
		const [before, first, second] = [undefined, 1, 2].map((revision) => policies(3, "complain", revision));
		expect(first?.[0]).not.toBe(before?.[0]);
		expect(second?.[0]).not.toBe(first?.[0]);
		expect(first?.slice(1)).toEqual(before?.slice(1));
	});

	it("a mode changes every policy", () => {
		const enforced = policies(3, "enforce");
		policies(3, "complain").forEach((policy, index) => {
			expect(policy).not.toBe(enforced[index]);
		});
	});
});

it("rulesOf keeps what AppArmor reads: no comment, no empty line, no indentation, every rule", () => {
	expect(rulesOf("# by hand\n\nprofile a /a {\n\t/x r,\n  # why\n  /y w, # kept\n}\n")).toBe(
		"profile a /a {\n/x r,\n/y w, # kept\n}",
	);
});

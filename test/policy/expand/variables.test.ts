import { describe, expect, it } from "vitest";
import { VariableError, Variables } from "../../../src/policy/expand/variables";

function variables(values: Record<string, string[]>): Variables {
	const result = new Variables();
	for (const [name, list] of Object.entries(values)) result.set(name, list);
	return result;
}

describe("Variables", () => {
	it("puts a single value in as it is, several as an alternation", () => {
		const known = variables({ one: ["/srv"], two: ["a", "b"] });
		expect(known.expand("@{one}/x")).toBe("/srv/x");
		expect(known.expand("/y/@{two}.conf")).toBe("/y/{a,b}.conf");
	});

	it("has one slash at the seams, and keeps those that begin a path", () => {
		const known = variables({ dir: ["/x/", "/y/"] });
		expect(known.expand("/p/@{dir}/q")).toBe("/p/{x,y}/q");
		expect(known.expand("/p@{dir}q")).toBe("/p{/x/,/y/}q");
		expect(known.expand("@{dir}/q")).toBe("{/x,/y}/q");
	});

	it("puts the variables in values in, every combination of them", () => {
		const known = variables({ a: ["x", "y"], b: ["@{a}1@{a}"] });
		expect(known.values("b")).toEqual(["x1x", "x1y", "y1x", "y1y"]);
	});

	it("leaves escaped references and @ before an alternation alone", () => {
		const known = variables({ a: ["x"] });
		expect(known.expand("\\@{a}/@{a,b}/@{a}")).toBe("\\@{a}/@{a,b}/x");
	});

	it("names a variable that is not set, and one that refers to itself", () => {
		const known = variables({ a: ["@{b}"], b: ["@{a}"] });
		expect(() => known.expand("/@{nope}")).toThrow(expect.objectContaining({ code: "undefined-variable" }));
		expect(() => known.expand("/@{a}")).toThrow(expect.objectContaining({ code: "recursive-variable" }));
	});

	it("refuses values that double forty times, at once", () => {
		const doubling = Object.fromEntries(
			Array.from({ length: 40 }, (_, index) => [`a${index + 1}`, [`@{a${index}}@{a${index}}`]]),
		);
		const known = variables({ a0: ["x", "y"], ...doubling });
		expect(() => known.expand("@{a40}")).toThrow(VariableError);
	});

	it("sets a variable for the time of a call", () => {
		const known = variables({ name: ["outer"] });
		expect(known.with({ name: "inner" }, () => known.expand("@{name}"))).toBe("inner");
		expect(known.expand("@{name}")).toBe("outer");
	});
});

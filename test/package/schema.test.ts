import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import * as apparmor from "../../src/index";
import { inferredSchema } from "./inferred-schema";

describe("the schema that other languages see", () => {
	const inferred = inferredSchema();
	const schema = JSON.parse(inferred);

	it("is the one in schema.json; `npm run schema` writes it anew", () => {
		expect(inferred).toBe(readFileSync(join(__dirname, "..", "..", "schema.json"), "utf8"));
	});

	it("has every component that the package exports", () => {
		const components = Object.entries(apparmor)
			.filter(([, value]) => typeof value === "function" && value.prototype instanceof pulumi.ComponentResource)
			.map(([name]) => `pulumi-apparmor:index:${name}`);
		expect(components.length).toBeGreaterThan(1);
		expect(Object.keys(schema.resources).sort()).toEqual(components.sort());
	});

	it("describes every property, and says nothing of what a reader of another language cannot follow", () => {
		const properties: [string, { description?: string }][] = [];
		const visit = (path: string, node: unknown) => {
			if (typeof node !== "object" || node === null) return;
			for (const [key, value] of Object.entries(node)) {
				if (["properties", "inputProperties"].includes(key))
					properties.push(...Object.entries(value as object).map(([name, one]) => [`${path}.${name}`, one] as never));
				visit(`${path}.${key}`, value);
			}
		};
		visit("", schema);
		expect(properties.length).toBeGreaterThan(20);
		for (const [path, { description }] of properties) expect(description, path).toMatch(/^[A-Z]/);
		expect(inferred).not.toContain("[object Object]");
		expect(inferred).not.toMatch(/\{@link/);
	});

	it("has the modes by their names", () => {
		const mode = schema.types["pulumi-apparmor:index:Mode"];
		expect(mode.enum.map(({ value }: { value: string }) => value)).toEqual(Object.values(apparmor.Mode));
	});
});

import * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";

/** The reasons for which a resource's inputs are refused, each of which starts with its property. */
export function refusedInputs(make: () => unknown): string[] {
	try {
		make();
	} catch (error) {
		expect(pulumi.InputPropertiesError.isInstance(error)).toBe(true);
		const { errors } = error as pulumi.InputPropertiesError;
		for (const { propertyPath, reason } of errors) expect(reason.startsWith(`${propertyPath}: `)).toBe(true);
		return errors.map(({ reason }) => reason);
	}
	throw new Error("nothing was refused");
}

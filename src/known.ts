import * as pulumi from "@pulumi/pulumi";

/** Whether a value is there while the program runs, rather than only once the engine has made something. */
export function isKnown<T>(value: pulumi.Input<T>): value is T {
	return !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}

/** Whether an output or a promise is somewhere in a value. */
export function holdsOutput(value: unknown): boolean {
	if (!isKnown(value)) return true;
	return typeof value === "object" && value !== null && Object.values(value).some(holdsOutput);
}

/** Changes a value now where it is known, so that what it holds stays as it is, and else once it is. */
export function change<T, U>(value: pulumi.Input<T>, how: (value: T) => pulumi.Input<U>): pulumi.Input<U> {
	if (isKnown(value)) return how(value);
	return pulumi.output(value).apply((known) => how(known as T)) as pulumi.Output<U>;
}

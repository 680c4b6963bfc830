import { createHash, randomBytes } from "node:crypto";
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { isUnknown } from "../values";
import { at, hasAnnotation, type KubeObject, nameOf, withAt } from "./object";

const autonamed = ["metadata", "annotations", "pulumi.com/autonamed"];

/** Eight hexadecimal digits: of the engine's seed, so that preview and update agree; else at random. */
const suffix = (seed: Uint8Array) =>
	(seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(4)).toString("hex").slice(0, 8);

export const randomFieldManager = () => `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;

const nameIsOpen = (object: KubeObject) =>
	nameOf(object) === "" &&
	!isUnknown(object.metadata) &&
	!isUnknown(at(object, "metadata", "name")) &&
	!at(object, "metadata", "generateName");

const named = (object: KubeObject, name: string) =>
	withAt(withAt(object, ["metadata", "name"], name), autonamed, "true");

/** Gives a nameless object the resource's name with a suffix, and marks it as named so. */
export function assignName(
	object: KubeObject,
	resource: string,
	seed: Uint8Array,
	autonaming?: CheckRequest.AutonamingOptions,
): KubeObject {
	if (!nameIsOpen(object)) return object;
	const { PROPOSE, ENFORCE, DISABLE } = CheckRequest.AutonamingOptions.Mode;
	const mode = autonaming?.getMode();
	if (mode === DISABLE) throw new Error("autonaming is disabled, please provide an explicit name: set metadata.name");
	const given = mode === PROPOSE || mode === ENFORCE ? autonaming?.getProposedName() : undefined;
	return named(object, given || `${resource}-${suffix(seed)}`);
}

/** An object that was named so keeps its name as long as its program gives it none. */
export function adoptName(object: KubeObject, old: KubeObject): KubeObject {
	return nameIsOpen(object) && hasAnnotation(old, "pulumi.com/autonamed") ? named(object, nameOf(old)) : object;
}

import type { MountRule } from "../../../policy/rules/mount";
import type { Condition } from "../../../policy/rules/rule";
import type { AuditEvent } from "../../event";
import { literalPattern } from "../literal";
import { nowhere, type RuleNeed } from "./need";

/** Mounts of these kinds have no filesystem type, and changes of propagation no source either. */
const withoutType = /^(bind|rbind|move|remount|(make-)?r?(shared|slave|private|unbindable))$/;
const withoutSource = /^(remount|(make-)?r?(shared|slave|private|unbindable))$/;

/** `mount`, `remount` (a mount with that flag) and `umount`. */
export function mountNeed(event: AuditEvent): RuleNeed | undefined {
	const operation = event.operation === "umount" ? "umount" : "mount";
	const options = words(event.flags).sort();
	const conditions: Condition[] = [];
	const types = words(event.fstype);
	if (types.length > 0 && !options.some((option) => withoutType.test(option)))
		conditions.push({ name: "fstype", operator: "=", values: types.map(literalPattern) });
	if (options.length > 0) conditions.push({ name: "options", operator: "=", values: options });
	const source =
		operation === "mount" && event.srcname !== undefined && !options.some((option) => withoutSource.test(option));
	const rule: MountRule = {
		...nowhere,
		kind: "mount",
		qualifiers: {},
		operation,
		conditions,
		...(source ? { source: literalPattern(event.srcname as string) } : {}),
		...(event.name !== undefined && event.name !== "" ? { target: literalPattern(event.name) } : {}),
	};
	return { kind: "rule", rule };
}

const words = (list = ""): string[] => list.split(/[\s,]+/).filter((word) => word !== "");

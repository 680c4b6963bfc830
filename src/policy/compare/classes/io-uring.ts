import type { IoUringRule } from "../../rules/io-uring";
import { type Entry, granted } from "../entry";
import { parseGlob } from "../glob-pattern";
import { anyField } from "../pattern";
import { permissionBits } from "../spaces";

/** The label whose credentials are used. */
export function ioUringEntries(rule: IoUringRule): Entry[] {
	const pattern = rule.label === undefined ? anyField : parseGlob(rule.label);
	return [{ ...granted(rule), space: "io_uring", pattern, permissions: permissionBits("io_uring", rule.permissions) }];
}

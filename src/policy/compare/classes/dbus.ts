import { collapseSlashes } from "../../expand/patterns";
import type { DbusRule } from "../../rules/dbus";
import { type Entry, granted } from "../entry";
import { parseGlob } from "../glob-pattern";
import { anyField, fields, type Pattern } from "../pattern";
import { permissionBits } from "../spaces";

const messages = permissionBits("dbus", ["send", "receive"]);
const bind = permissionBits("dbus", ["bind"]);
const eavesdrop = permissionBits("dbus", ["eavesdrop"]);

/** A bus is a bus; a service is a bus and a name; a message a bus, the peer's name and label, path, interface, member. */
export function dbusEntries(rule: DbusRule): Entry[] {
	const given = (of: "local" | "peer", name: string): Pattern => {
		const value = rule[of].find((condition) => condition.name === name)?.values[0];
		return value === undefined ? anyField : parseGlob(name === "path" ? collapseSlashes(value) : value);
	};
	const permissions = dbusPermissions(rule);
	const bus = given("local", "bus");
	const service = rule.local.some((condition) => condition.name === "name");
	const name = given(service ? "local" : "peer", "name");
	const entries: Entry[] = [];
	const add = (pattern: Pattern, bits: number): void => {
		if (bits !== 0) entries.push({ ...granted(rule), space: "dbus", pattern, permissions: bits });
	};
	add(fields(bus, name), permissions & bind);
	const message = [given("local", "path"), given("local", "interface"), given("local", "member")];
	add(fields(bus, name, given("peer", "label"), ...message), permissions & messages);
	add(bus, permissions & eavesdrop);
	return entries;
}

/** Where no permission is written, the conditions say which. */
function dbusPermissions(rule: DbusRule): number {
	if (rule.permissions.length > 0) return permissionBits("dbus", rule.permissions);
	if (rule.local.some(({ name }) => name === "name")) return bind;
	const aboutMessages = rule.peer.length > 0 || rule.local.some(({ name }) => name !== "bus");
	return aboutMessages ? messages : messages | bind | eavesdrop;
}

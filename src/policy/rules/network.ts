import type { Lexer } from "../lexer";
import { ruleWord } from "../words";
import { atGroup, parseConditions, parseGroup, printConditions, printGroup } from "./conditions";
import { parsePermissions, printPermissionList } from "./permissions";
import type { Condition, RuleBase, RuleFields } from "./rule";

/** `network inet stream,`, `network (send) inet dgram ip=10.0.0.1 peer=(port=53),`. */
export interface NetworkRule extends RuleBase {
	kind: "network";
	permissions: string[];
	domain?: string;
	/** `stream`, `dgram`, … */
	type?: string;
	/** `tcp`, `udp`, `icmp`, … */
	protocol?: string;
	/** `ip=`, `port=`, … */
	local: Condition[];
	peer: Condition[];
}

/** What a socket can be allowed to do; also in rules for `unix`. */
export const socketOperations = [
	"create",
	"bind",
	"listen",
	"accept",
	"connect",
	"shutdown",
	"getattr",
	"setattr",
	"getopt",
	"setopt",
	"send",
	"receive",
] as const;

/** How a rule may write them. */
export const socketPermissions: readonly string[] = [...socketOperations, "read", "write"];

const types = new Set(["stream", "dgram", "seqpacket", "rdm", "raw", "packet"]);
const protocols = new Set(["tcp", "udp", "icmp"]);

export function parseNetwork(lexer: Lexer): RuleFields<NetworkRule> {
	lexer.spaces();
	const permissions = parsePermissions(lexer, socketPermissions);
	const local = parseConditions(lexer);
	const words: string[] = [];
	while (local.length === 0 && words.length < 2 && !atGroup(lexer)) {
		const word = lexer.ruleWord(ruleWord);
		if (!word) break;
		words.push(word.text);
		local.push(...parseConditions(lexer));
	}
	return {
		kind: "network",
		permissions,
		...sortWords(words),
		local,
		peer: parseGroup(lexer, "peer") ?? [],
	};
}

/** `network tcp,` and `network stream,` name no domain; what is unknown is taken for what would stand in its place. */
function sortWords(words: string[]): Pick<NetworkRule, "domain" | "type" | "protocol"> {
	const [first, second] = words;
	if (first === undefined) return {};
	if (second !== undefined) return { domain: first, ...(types.has(second) ? { type: second } : { protocol: second }) };
	if (types.has(first) && first !== "packet") return { type: first };
	return protocols.has(first) ? { protocol: first } : { domain: first };
}

export function printNetwork(rule: NetworkRule): string {
	const words = [rule.domain, rule.type, rule.protocol].filter((word) => word !== undefined);
	return [
		"network",
		...printPermissionList(rule.permissions),
		...words,
		...printConditions(rule.local),
		...printGroup("peer", rule.peer),
	].join(" ");
}

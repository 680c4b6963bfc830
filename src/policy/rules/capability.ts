import type { Lexer } from "../lexer";
import type { RuleBase, RuleFields } from "./rule";

/** `capability net_bind_service chown,`; without names, every capability. */
export interface CapabilityRule extends RuleBase {
	kind: "capability";
	/** In lower case, as written. */
	capabilities: string[];
}

export function parseCapability(lexer: Lexer): RuleFields<CapabilityRule> {
	const capabilities: string[] = [];
	for (lexer.gap(); lexer.name() !== ""; lexer.gap()) {
		const name = lexer.name();
		lexer.take(name);
		capabilities.push(name);
	}
	return { kind: "capability", capabilities };
}

export function printCapability(rule: CapabilityRule): string {
	return ["capability", ...rule.capabilities].join(" ");
}

import { capabilities } from "../../knowledge/capabilities";
import type { CapabilityRule } from "../../rules/capability";
import { type Fault, suggestion } from "../fault";

export function refuseCapability(rule: CapabilityRule): Fault[] {
	return rule.capabilities
		.filter((name) => !capabilities.includes(name))
		.map((name) => {
			const bare = name.toLowerCase().replace(/^cap_/, "");
			const hint = capabilities.includes(bare) ? ` (did you mean ${bare}?)` : suggestion(name, capabilities);
			return { code: "unknown-capability", message: `there is no capability ${name}${hint}` };
		});
}

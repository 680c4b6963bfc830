import type { Qualifiers } from "../rules/rule";

/**
 * The qualifiers that a rule about files has in a block such as `deny { … }`, as `apparmor_parser` up to 4.1 reads them:
 * the block's access takes the place of the rule's own, so that `audit { deny /a r, }` allows, and audits.
 *
 * @param blocks those of the blocks around, innermost first.
 * @returns undefined where the rule matches nobody: `owner` in `other`.
 */
export function inBlocks(inner: Qualifiers, blocks: Qualifiers[]): Qualifiers | undefined {
	return blocks.reduce<Qualifiers | undefined>((rule, block) => rule && inBlock(rule, block), inner);
}

function inBlock(inner: Qualifiers, block: Qualifiers): Qualifiers | undefined {
	if (inner.owner !== undefined && block.owner !== undefined && inner.owner !== block.owner) return undefined;
	const owner = block.owner ?? inner.owner;
	return {
		...(inner.priority === undefined ? {} : { priority: inner.priority }),
		...(isAudited(inner, block) ? { audit: true } : {}),
		...(block.access === undefined ? {} : { access: block.access }),
		...(owner === undefined ? {} : { owner }),
	};
}

/** The parser keeps one bit, which for an allowed access is "logged" and for a denied one "not logged". */
function isAudited(inner: Qualifiers, block: Qualifiers): boolean {
	const bit = (inner.access === "deny") !== (inner.audit === true);
	if (block.access === "deny") return block.audit === true && !bit;
	return block.audit === true || bit;
}

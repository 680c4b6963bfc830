export type { UnconfinedProcess } from "./agent/agent";
export { type CountOptions, countEvents, type EventCounts, type EventGroup } from "./audit/aggregate";
export type { AuditEvent, EventKind } from "./audit/event";
export { parseAuditRecord } from "./audit/record/parse";
export {
	type AuditRecord,
	createCounters,
	readAuditEvents,
	readAuditRecords,
	type StreamCounters,
	type StreamOptions,
} from "./audit/stream/stream";
export { formatJson } from "./audit/suggest/format/json";
export { formatPatch, type PatchFormatOptions } from "./audit/suggest/format/patch";
export { formatProfile, type ProfileFormatOptions } from "./audit/suggest/format/profile";
export { formatTemplatePatch, type TemplatePatchOptions } from "./audit/suggest/format/template-patch";
export { type Suggestion, type SuggestOptions, suggestRules } from "./audit/suggest/suggest";
export {
	ClusterProfileDistribution,
	type ConfineTransformOptions,
} from "./cluster/cluster-profile-distribution";
export {
	type ClusterProfile,
	type ClusterProfileDistributionArgs,
	GuardRailAction,
	type GuardRails,
	LoaderParser,
	type LoaderResources,
	type LoaderRollout,
	type LoaderToleration,
	type NodeExpression,
	ProfileNames,
} from "./cluster/distribution-args";
export { AppArmorHost, type AppArmorHostArgs } from "./host/apparmor-host";
export { AppArmorProfile, type AppArmorProfileArgs } from "./host/apparmor-profile";
export type { Connection, ProxyConnection } from "./host/connection";
export type { HostResult } from "./host/result";
export type { HostTarget } from "./host/target";
export { includesFrom, NoSuchFolder } from "./includes/includes";
export type { Policy, Profile, Statement } from "./policy/ast";
export { type CheckOptions, checkPolicy, type Problem, type Severity } from "./policy/check/check";
export { type Change, type CompareOptions, comparePolicies, type PolicyComparison } from "./policy/compare/compare";
export { setAttachment } from "./policy/edit-attachment";
export { setName } from "./policy/edit-name";
export { PolicyError, PolicyErrors, type Position } from "./policy/errors";
export type { IncludeReader } from "./policy/expand/expanded";
export { Mode, setMode } from "./policy/mode";
export { parsePolicy, readPolicy } from "./policy/parse/parse";
export { printPolicy, printRule } from "./policy/print/print";
export type { Rule } from "./policy/rules";
export type { ProfileSpec } from "./profile/spec";
export { renderProfile } from "./templates/render";

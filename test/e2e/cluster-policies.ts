import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Distributions } from "../engine/distribution-stack";

type Declared = Distributions["distributions"][number];

/** A distribution of profiles in enforce mode for containers, each with its own rules, by an image of the sandbox. */
export function distribution(name: string, profiles: [name: string, rules: string][]) {
	return {
		name,
		image: "sandbox/busybox",
		imagePullPolicy: "Never",
		profiles: profiles.map(([profile, rules]) => ({
			name: profile,
			policy: containerPolicy(profile, rules),
			mode: "enforce" as const,
		})),
	} satisfies Declared;
}

const containerPolicy = (name: string, rules: string) => `abi <abi/3.0>,
include <tunables/global>
profile ${name} flags=(attach_disconnected, mediate_deleted) {
  file, network, signal,
  ${rules}
}
`;

/**
 * A template that is quick to compile and, with a comment that cannot be compressed much, big: 100 of it do not fit into
 * one ConfigMap. A file, because an environment variable does not hold that much.
 */
export function writeManyTemplate(folder: string): { file: string; bytes: number } {
	const lines = Array.from({ length: 400 }, (_, index) => createHash("sha256").update(`${index}`).digest("base64"));
	const text = `abi <abi/3.0>,
profile {{profile.name}} flags=(attach_disconnected, mediate_deleted) {
  /srv/many/** r,
${lines.map((line) => `  # ${line}\n`).join("")}}
`;
	const file = join(folder, "many.hbs");
	writeFileSync(file, text);
	return { file, bytes: text.length };
}

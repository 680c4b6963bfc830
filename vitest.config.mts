import { defineConfig } from "vitest/config";

/** The tiers, each a set of folders below test/; anything not named by another tier is a unit test. */
const slow = { parser: ["parser"], agent: ["agent"], engine: ["engine"], package: ["package"], e2e: ["e2e"] };

const everySlow = Object.values(slow)
	.flat()
	.map((folder) => `test/${folder}/**`);

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: "unit",
					include: ["test/**/*.test.ts"],
					exclude: everySlow,
					// Generous, in every tier: a busy machine may stall for a while.
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			...Object.entries(slow).map(([name, folders]) => ({
				test: {
					name,
					include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
					testTimeout: 600_000,
					hookTimeout: 900_000,
				},
			})),
		],
	},
});

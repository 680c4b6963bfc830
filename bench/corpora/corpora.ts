/**
 * How well the package reads AppArmor's own test data: a table, and below it every case that is not met.
 * `npm run bench:corpora`; PULUMI_APPARMOR_CORPORA names the folder with the data.
 */
import { corpusMissing, type Score } from "./corpus";
import { scorePairs } from "./pairs";
import { scoreProfiles } from "./profiles";
import { scoreRecords } from "./records";
import { scoreRules } from "./rules";

const corpora: { file: string; scores: () => Score[] }[] = [
	{ file: "log-records.jsonl", scores: () => [scoreRecords(), scoreRules()] },
	{ file: "profiles.jsonl", scores: () => [scoreProfiles()] },
	{ file: "policy-pairs.jsonl", scores: () => Object.values(scorePairs()) },
];

const missing = corpora.flatMap(({ file }) => corpusMissing(file) ?? []);
if (missing.length > 0) {
	console.error(missing.join("\n"));
	process.exit(2);
}

const scores: Score[] = [];
console.log("| what | met | of | share | seconds |\n| --- | ---: | ---: | ---: | ---: |");
for (const corpus of corpora) {
	const start = Date.now();
	const found = corpus.scores();
	const seconds = ((Date.now() - start) / 1000).toFixed(1);
	for (const { what, met, total } of found)
		console.log(`| ${what} | ${met} | ${total} | ${((100 * met) / total).toFixed(1)}% | ${seconds} |`);
	scores.push(...found);
}
for (const { what, misses } of scores) {
	if (misses.length > 0) console.log(`\nNot met: ${what}`);
	for (const { name, reason } of misses) console.log(`  ${name}: ${reason.replaceAll("\n", "\n    ")}`);
}

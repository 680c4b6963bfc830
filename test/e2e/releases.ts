import type { Release } from "../../sandbox";

/** The releases that the end-to-end tests run on: the oldest AppArmor that is supported, and the current one. */
export const releasesUnderTest: Release[] = ["bookworm", "trixie"];

/** How a policy can say what is not always the same: with AppArmor's variables, or without them. */
export interface Vocabulary {
	proc: string;
	pid: string;
	tid: string;
	uid: string;
	run: string;
	/** A user's home folder. */
	home: string;
	multiarch: string;
}

/** For policies that include `<tunables/global>`. */
export const tunables: Vocabulary = {
	proc: "@{PROC}",
	pid: "@{pid}",
	tid: "@{tid}",
	uid: "@{uid}",
	run: "@{run}",
	home: "@{HOME}",
	multiarch: "@{multiarch}",
};

/** For policies without the variables: to name one that is not defined would make the parser refuse them. */
export const plain: Vocabulary = {
	proc: "/proc",
	pid: "[0-9]*",
	tid: "[0-9]*",
	uid: "[0-9]*",
	run: "{,/var}/run",
	home: "/home/*",
	multiarch: "*-linux-gnu*",
};

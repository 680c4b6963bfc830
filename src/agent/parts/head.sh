#!/bin/sh
# apparmor-agent.sh: puts AppArmor profiles on this host for pulumi-apparmor. Managed by Pulumi; do not edit.
#
# Usage:
#   apparmor-agent.sh install --owner OWNER [--version VERSION]
#       Moves this file into place, remembers OWNER, prints facts about the host.
#   apparmor-agent.sh uninstall --owner OWNER
#       Forgets OWNER. Removes the agent and its folders once no owner and no profile is left.
#   apparmor-agent.sh apply NAME --owner OWNER --mode enforce|complain|kill|unconfined|disabled
#         [--policy-hash HEX] [--attachment PATTERN]... [--restart UNIT]... [--adopt]
#         [--source LABEL]... [--lines START:INDEX:LINE,...]      (the policy comes on stdin)
#       Installs and loads the policy, or changes nothing. Its last line must be
#       "# pulumi-apparmor: end of policy". --lines maps the policy's lines to those of the sources: from line
#       START on, line START+k is line LINE+k of --source number INDEX (the first is 0).
#   apparmor-agent.sh remove NAME --owner OWNER
#       Unloads and deletes the profile; gives back what --adopt took over.
#   apparmor-agent.sh status [NAME]
#       Prints what is declared and what the kernel has. "ok" tells whether they agree; processes that still
#       run unconfined are listed and do not count against it.
#   apparmor-agent.sh converge [NAME]
#       Makes file and kernel what was declared; undoes what an interrupted apply left.
#   apparmor-agent.sh serve FOLDER
#       For a pod on each node of a cluster: loads what FOLDER/declared names (NAME, MODE, HASH and FILE with tabs
#       between, a line a profile; FILE lies beside it, plain or .gz), keeps it loaded, and unloads what is no longer
#       declared once no process uses it. Ends with 1 where the first load fails. On SIGTERM it ends, and all stays.
#   apparmor-agent.sh ready
#       Exit status 0 once all that serve was given is loaded, or the node has no AppArmor.
#
# JSON on stdout, words on stderr. Exit status: 0 done; 1 failed and the host is as it was (converge: something
# still differs); 2 wrong arguments; 3 failed and could not be undone whole: run converge.
#
# It needs apparmor_parser and coreutils, and systemctl for --restart. Every file is written aside and renamed.
# What is declared lies in /var/lib/pulumi-apparmor/profiles/NAME/:
#   declared             what the last successful apply declared, a KEY=VALUE a line
#   policy.SHA256        the text of that policy
#   pending              there while an apply is under way, so that what it left is known as ours
#   adopted, original    where a profile that others had made was found, and its file
#
# serve is told by the environment: AGENT_OWNER (whose the profiles are), NODE_NAME, AGENT_NODE_ROOT (where the node's
# file system is mounted, to use the node's own parser), AGENT_FEATURES_DIR (node-feature-discovery's folder of feature
# files), AGENT_UNUSED_SECONDS (how long no process may have used a profile before it is unloaded; 360). It needs
# AppArmor's securityfs to write to, /var/lib/pulumi-apparmor of the node under the same path, a writable
# /run/pulumi-apparmor, and the node's /proc in AGENT_NODE_ROOT or /host; and on top of coreutils, gzip.
#
# For tests: AGENT_ROOT (put before /etc, /var, /run, /usr/local, /proc, /sys), AGENT_SECURITYFS
# (/sys/kernel/security), AGENT_PARSER, AGENT_SYSTEMCTL, AGENT_UNLOADER (a program that is given the name of
# the profile to unload, instead of the kernel's .remove file), AGENT_LOCK_WAIT (seconds; 60).

set -u
umask 022
# Bytes, not characters: sizes are right and odd file names do no harm. And the parser speaks English.
export LC_ALL=C
export PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin"

ROOT=${AGENT_ROOT-}
SECURITYFS=${AGENT_SECURITYFS:-$ROOT/sys/kernel/security}/apparmor
PARSER=${AGENT_PARSER:-apparmor_parser}
SYSTEMCTL=${AGENT_SYSTEMCTL:-systemctl}
POLICIES=$ROOT/etc/apparmor.d
STATE=$ROOT/var/lib/pulumi-apparmor
LOCKS=$ROOT/run/pulumi-apparmor
AGENT=$ROOT/usr/local/lib/pulumi-apparmor/apparmor-agent.sh
END='# pulumi-apparmor: end of policy'
NL='
'

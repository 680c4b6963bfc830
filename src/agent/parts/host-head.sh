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
# For tests: AGENT_ROOT (put before /etc, /var, /run, /usr/local, /proc, /sys), AGENT_SECURITYFS
# (/sys/kernel/security), AGENT_PARSER, AGENT_SYSTEMCTL, AGENT_UNLOADER (a program that is given the name of
# the profile to unload, instead of the kernel's .remove file), AGENT_LOCK_WAIT (seconds; 60).

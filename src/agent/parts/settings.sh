# ---- Settings of the shell, and where things are ------------------------------------------------------

set -u
umask 022
# Bytes, not characters: sizes are right and odd file names do no harm. And the parser speaks English.
export LC_ALL=C
export PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin"

ROOT=${AGENT_ROOT-}
SECURITYFS=${AGENT_SECURITYFS:-$ROOT/sys/kernel/security}/apparmor
PARSER=${AGENT_PARSER:-apparmor_parser}
STATE=$ROOT/var/lib/pulumi-apparmor
LOCKS=$ROOT/run/pulumi-apparmor
NL='
'

#!/usr/bin/env bash
# An example of a probe of your own: counts who is logged in, with nothing but `who`.
#
# Any executable file in this folder is run at each tick, with LC_ALL=C, a short PATH and no other environment.
# It prints either one number, stored as vigie_custom_<name of this file>, or lines as below. A line starting with
# "# HELP" or "# TYPE" describes a metric. An exit code other than 0 means: the probe failed, store nothing.
set -euo pipefail

logins=$(who)

declare -A sessions=()
while read -r user _; do
  [[ -n $user ]] && sessions[$user]=$(( ${sessions[$user]:-0} + 1 ))
done <<< "$logins"

echo '# HELP vigie_custom_users Different users logged in now.'
echo '# TYPE vigie_custom_users gauge'
echo "vigie_custom_users ${#sessions[@]}"

echo '# HELP vigie_custom_user_sessions Sessions of each user logged in now.'
echo '# TYPE vigie_custom_user_sessions gauge'
for user in "${!sessions[@]}"; do
  name=${user//\\/\\\\}
  echo "vigie_custom_user_sessions{user=\"${name//\"/\\\"}\"} ${sessions[$user]}"
done

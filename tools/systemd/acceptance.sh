#!/bin/bash
# Runs within the machine of try-units.sh: what a site expects of the package, a line each.
set -uo pipefail
author=(--author 'A U Thor <author@example.org>')
failed=0
check() { # WHAT COMMAND...: its output only if it fails
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then echo "ok      $what"; else echo "FAILED  $what: $said"; failed=1; fi
}
fails() { ! "$@"; }
pid() { systemctl show -P MainPID "permafrost-$1"; }
becomes() { for _ in {1..90}; do "$@" && return; sleep 1; done; return 1; }
is_another() { [ "$(pid "$1")" -ne 0 ] && [ "$(pid "$1")" -ne "$2" ]; }
is_immutable() { lsattr -d "$1" | grep -q '^....i'; }
exposure() { systemd-analyze security --no-pager "permafrost-$1" --threshold=30; }
says() { journalctl --unit permafrost-stad --priority err --output cat | grep -q "$1"; }
stopped_well() { [ "$(systemctl show -P Result "permafrost-$1")" = success ]; }
fails_for_good() { # It would be activating if systemd meant to start it again.
  fails systemctl restart "permafrost-$1" && [ "$(systemctl is-failed "permafrost-$1")" = failed ]
}
hangs_and_comes_back() {
  local before
  before=$(pid "$1")
  kill -STOP "$before" && becomes is_another "$1" "$before" && becomes systemctl is-active "permafrost-$1"
}

mkdir -p /srv/scan && echo 42 > /srv/scan/result.txt
check 'it installs' dpkg --install /root/permafrost.deb
check 'nothing is started by that' fails systemctl is-active permafrost-regd permafrost-stad
check 'both units start' systemctl enable --now permafrost-regd permafrost-stad
check 'doctor finds all well' permafrost doctor
for unit in regd stad; do check "little is open to $unit" exposure "$unit"; done
check 'a registry' permafrost init registry lab
check 'a root' permafrost init root lab /srv --host localhost
check 'a repo' permafrost init repo lab /srv/scan "${author[@]}"
check 'freezing' permafrost freeze /srv/scan "${author[@]}"
check 'it is immutable' is_immutable /srv/scan/result.txt
for unit in regd stad; do check "$unit reloads" systemctl reload "permafrost-$unit"; done
echo 'jobs = "many"' | install -D /dev/stdin /etc/permafrost/stad.toml
check 'no reload with wrong settings' fails systemctl reload permafrost-stad
systemctl kill --kill-whom=main --signal=HUP permafrost-stad
check 'the journal knows what is grave' becomes says 'settings not read again'
check 'no second start with wrong settings' fails_for_good stad
rm /etc/permafrost/stad.toml
check 'a start when they are mended' systemctl start permafrost-stad
check 'an authority' permafrost auth init /root/authority
echo 'jwt-ca = "credential:ca"' | install -D /dev/stdin /etc/permafrost/regd.toml
printf '[Service]\nLoadCredential=ca:/root/authority/ca.pem\n' | install -D /dev/stdin \
  /etc/systemd/system/permafrost-regd.service.d/credential.conf
systemctl daemon-reload
check 'regd starts with a credential' systemctl restart permafrost-regd
check 'regd reloads with a credential' systemctl reload permafrost-regd
echo 'jwt-ca = "credential:other"' > /etc/permafrost/regd.toml
check 'no reload with a credential that was not loaded' fails systemctl reload permafrost-regd
rm /etc/permafrost/regd.toml
for unit in regd stad; do check "$unit is started again when it hangs" hangs_and_comes_back "$unit"; done
check 'an upgrade' dpkg --install /root/permafrost.deb
check 'thawing' permafrost unfreeze /srv/scan "${author[@]}"
check 'it is writable' fails is_immutable /srv/scan/result.txt
check 'both stop' systemctl stop permafrost-regd permafrost-stad
for unit in regd stad; do check "$unit has ended well" stopped_well "$unit"; done
check 'it is purged' dpkg --purge permafrost
check 'the journal stays' test -s /var/lib/permafrost/journal.db
echo end
exit "$failed"

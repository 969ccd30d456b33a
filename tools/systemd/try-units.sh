#!/bin/bash
# try-units.sh PACKAGE.deb: the Debian package under a real systemd, in a machine of its own that
# systemd-nspawn boots. Ends with 0 if all that acceptance.sh asks of it is so; what it said is on
# stdout. Wants root, debootstrap, systemd-container, some minutes, and Debian's packages.
set -euo pipefail
package=$1
here=$(dirname "$(readlink -f "$0")")
machine=$(mktemp -d /var/tmp/permafrost-machine-XXXXXX)
# mktemp lets nobody else in, not even the users within.
chmod 755 "$machine"
trap 'chattr -R -f -i "$machine/srv" || true; rm -rf "$machine"' EXIT

debootstrap --variant=minbase --include=systemd-sysv,dbus,e2fsprogs,git,adduser,procps bookworm "$machine"
install "$package" "$machine/root/permafrost.deb"
install "$here/acceptance.sh" "$machine/root/acceptance"
cat > "$machine/etc/systemd/system/acceptance.service" <<'UNIT'
[Unit]
Wants=network.target
After=multi-user.target
SuccessAction=exit
FailureAction=exit
FailureActionExitStatus=1
[Service]
Type=oneshot
ExecStart=/root/acceptance
StandardOutput=file:/root/said
StandardError=inherit
[Install]
WantedBy=default.target
UNIT
chroot "$machine" systemctl --quiet enable acceptance.service
result=0
# A machine that does not come up would wait for itself for ever.
timeout --kill-after=2m 15m systemd-nspawn --quiet --register=no --keep-unit --private-network \
  --capability=CAP_LINUX_IMMUTABLE --console=pipe --directory="$machine" --boot > /dev/null || result=$?
cat "$machine/root/said"
# A machine that was shut down has ended well, too.
tail -n 1 "$machine/root/said" | grep -qx end || result=1
exit "$result"

#!/usr/bin/env bash
# slurm.sh up|down|status FOLDER — a real Slurm on this machine alone: nodes cn1 and cn2 in the
# partition "cpu", gn1 with one make-believe GPU in the partition "gpu". Root on Debian or its kin;
# no systemd, no accounting. Everything it writes lies in FOLDER, but for /etc/slurm/*.conf: the
# inner srun of snakemake-executor-plugin-slurm-jobstep is not handed SLURM_CONF.
set -euo pipefail
command=${1:?up, down or status} folder=${2:?a folder}
conf=/etc/slurm/slurm.conf
mark="# Written by tests/cluster/slurm.sh; may be deleted."
port=${SLURM_TEST_PORT:-26917} # slurmctld; the nodes' daemons take the next three

# A run of this that was killed left its Slurm behind; one whose owner lives is left alone.
replace_old() {
  local old
  old=$(sed -n 's,^StateSaveLocation=\(.*\)/state$,\1,p' "$conf")
  if [ -s "$old/owner" ] && kill -0 "$(cat "$old/owner")" 2>/dev/null; then
    refuse "the Slurm in $old is in use; end it with $0 down $old"
  fi
  "$0" down "$old"
}

refuse() { echo "$1" >&2; exit 3; } # 3: there can be no Slurm here

install() {
  [ "$(id -u)" = 0 ] || refuse "not root"
  [ ! -e "$conf" ] || grep -qxF "$mark" "$conf" || refuse "$conf is somebody else's"
  command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null && return
  command -v apt-get >/dev/null || refuse "no slurmctld, slurmd and munged, and no apt-get"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends slurmctld slurmd slurm-client munge; } >"$folder/apt.log" 2>&1 ||
    refuse "apt-get could not install Slurm: see $folder/apt.log"
}

configure() {
  local host memory=32000 # megabytes a node claims to have: nothing here enforces it
  host=$(hostname -s)
  mkdir -p /etc/slurm "$folder"/{state,log,spool/cn1,spool/cn2,spool/gn1}
  mkdir -p -m 700 "$folder/munge"
  mkdir -p -m 711 "$folder/run"
  chmod 755 "$folder"
  (umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
  cat >"$conf" <<CONF
$mark
ClusterName=visage
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
EnforcePartLimits=ALL
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
MinJobAge=600
KillWait=5
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=cn[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1))-$((port + 2)) CPUs=2 RealMemory=$memory
NodeName=gn1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 3)) CPUs=2 RealMemory=$memory Gres=gpu:fake:1
PartitionName=cpu Nodes=cn[1-2] Default=YES MaxTime=2880 State=UP
PartitionName=gpu Nodes=gn1 MaxTime=2880 State=UP
CONF
  echo "NodeName=gn1 Name=gpu Type=fake Count=1 File=/dev/null" >/etc/slurm/gres.conf
}

idle() { [ "$(timeout 3 sinfo -h -N -o %T 2>/dev/null | grep -c '^idle$')" = 3 ]; }

up() {
  mkdir -p "$folder"
  install
  [ ! -e "$conf" ] || replace_old
  configure
  echo "$PPID" >"$folder/owner"
  munged --key-file="$folder/munge/key" --socket="$folder/run/munge.socket" \
    --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged.log" \
    --seed-file="$folder/munge/seed" --num-threads=2
  slurmctld
  for node in cn1 cn2 gn1; do slurmd -N "$node"; done
  for _ in $(seq 150); do
    idle && return
    sleep 0.2
  done
  tail -n 5 "$folder"/log/slurm*.log >&2
  echo "Slurm did not come up; its logs are in $folder/log" >&2
  return 1
}

# Only processes whose ids stand in FOLDER are ended, the daemons' children through the daemons.
down() {
  if [ -s "$folder/run/slurmctld.pid" ]; then
    timeout 10 scancel --user=root 2>/dev/null || true
    for _ in $(seq 50); do
      [ -n "$(timeout 3 squeue -h 2>/dev/null)" ] || break
      sleep 0.2
    done
  fi
  for file in "$folder"/run/slurmd-*.pid "$folder"/run/slurmctld.pid "$folder"/run/munged.pid; do
    [ -s "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    rm -f "$file"
  done
  if grep -qsxF "StateSaveLocation=$folder/state" "$conf"; then
    rm -f "$conf" /etc/slurm/gres.conf
  fi
}

case $command in
up) up ;;
down) down ;;
status) sinfo -N -o '%N %P %T %c %m %G' && squeue --states=all ;;
*) refuse "slurm.sh up|down|status FOLDER" ;;
esac

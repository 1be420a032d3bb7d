# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

# Completion of wsinspect for bash: commands, then the options of the command given, and files where one
# is wanted.
_wsinspect () {
  local word=${COMP_WORDS[COMP_CWORD]} words='' i
  local command=
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      connect | serve | demo) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  case ${COMP_WORDS[COMP_CWORD - 1]} in
    --ca | --cert | --key | --client-ca) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
  esac
  case $command in
    connect) words='--echo --quiet --handshake --header --protocol --origin --deflate --wait --ca --cert --key --proxy --insecure-accept-certificate --help' ;;
    serve) words='--port --max-message --allow-origin --protocol --deflate --cert --key --client-ca --handshake --quiet --help' ;;
    demo) words='--help' ;;
    *) words='connect serve demo --help --version' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _wsinspect wsinspect

# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

# Completion of wsinspect for bash: the program itself lists the words, so that no option can be forgotten.
_wsinspect () {
  local words=() last=${COMP_WORDS[COMP_CWORD]} line i
  COMPREPLY=()
  # bash takes "--name=value" for three words.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == = ]] || words+=("${COMP_WORDS[i]}")
  done
  if [[ $last == = ]]; then
    last=
    words+=('')
  fi
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$last")
    else
      COMPREPLY+=("${line%%$'\t'*}")
    fi
  done < <("$1" --complete "${words[@]}" 2>/dev/null)
}
complete -F _wsinspect wsinspect

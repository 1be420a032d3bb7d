#compdef wsinspect
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

# Completion of wsinspect for zsh: the program itself lists the words, so that no option can be forgotten.
local line
local -a found
for line in "${(@f)$("${words[1]}" --complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
  if [[ $line == :files ]]; then
    _files
  elif [[ -n $line ]]; then
    found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  fi
done
if (( ${#found} )); then
  _describe wsinspect found
fi

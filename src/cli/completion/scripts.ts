/** What shells run to complete the command. Each asks `moonkeep complete`, and takes files where that has nothing. */

/**
 * What a word is stands behind a tab, and bash has no room for it. Bash takes a colon for the end of a word: what stands
 * before the last one is not for it to write again.
 */
const bash = `_moonkeep() {
  local line=\${COMP_LINE:0:COMP_POINT} words IFS=$' \\t\\n'
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=\${words[-1]}
  local IFS=$'\\n'
  COMPREPLY=($(moonkeep complete -- "\${words[@]:1}" 2> /dev/null | cut -f 1))
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%:*}:"}")
  fi
}
complete -o default -F _moonkeep moonkeep
`;

const zsh = `#compdef moonkeep
_moonkeep() {
  local -a found
  local line word
  for line in "\${(@f)$(moonkeep complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}"; do
    word=\${line%%$'\\t'*}
    [[ -n $word ]] && found+=("\${word//:/\\\\:}\${\${line#$word}/$'\\t'/:}")
  done
  if (( $#found )); then _describe -V moonkeep found; else _files; fi
}
compdef _moonkeep moonkeep
`;

const fish = `function __moonkeep_complete
  set -l found (moonkeep complete -- (commandline -opc)[2..] (commandline -ct) 2> /dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c moonkeep -f -a '(__moonkeep_complete)'
`;

export const completionScripts = { bash, zsh, fish } as const;

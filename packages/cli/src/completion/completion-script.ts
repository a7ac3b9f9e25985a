/** The script that makes a shell ask `millrace __complete WORDS…`; undefined for other shells. */
export function completionScript(shell: string): string | undefined {
  return Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_millrace() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(millrace __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _millrace millrace`,
  zsh: `#compdef millrace
_millrace() {
  local -a found
  found=("\${(@f)$(millrace __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _millrace millrace`,
  fish: `function __millrace_complete
  set -l words (commandline -opc) (commandline -ct)
  millrace __complete $words[2..-1] 2>/dev/null
end
complete -c millrace -f -a '(__millrace_complete)'`,
};

/// What ArgumentParser's completion script for bash lacks, put behind it.
///
/// A command that takes any number of words without a name takes the names of its subcommands for some of them, and bash
/// splits `--option=value` at the equals sign before the script sees it.
struct BashCompletion {
  /// Of the tool.
  let name: String
  /// Names of its subcommands.
  let commands: [String]
  /// Options whose value stands behind an equals sign or not at all, as they are typed.
  let optionalValues: [String]

  /// - Parameter script: ArgumentParser's.
  func completed(_ script: String) -> String { script + (script.hasSuffix("\n") ? "" : "\n") + entry }

  /// The variables of bash's completion are made anew as locals, so that every function called from here sees the words as
  /// they were meant.
  private var entry: String {
    """

    # Puts --option=value together again, and gives a command that comes first the words after it.
    _\(name)_words() {
        local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}"
        if [[ "${cur}" = '=' ]]; then
            cur=''
        elif [[ "${prev}" = '=' && "${COMP_CWORD}" -ge 2 ]]; then
            prev="${COMP_WORDS[COMP_CWORD - 2]}"
        else
            case "${prev}" in
            \(optionalValues.isEmpty ? "=" : optionalValues.joined(separator: "|")))
                prev=''
                ;;
            esac
        fi

        local -a words=("${COMP_WORDS[0]}")
        local -i index
        for ((index = 1; index < COMP_CWORD; index++)); do
            case "${COMP_WORDS[index]}" in
            =)
                ;;
            \(optionalValues.isEmpty ? "=" : optionalValues.joined(separator: "|")))
                # By itself it takes no word.
                [[ "${COMP_WORDS[index + 1]}" != '=' ]] || words+=("${COMP_WORDS[index]}")
                ;;
            *)
                words+=("${COMP_WORDS[index]}")
                ;;
            esac
        done
        words+=("${cur}")
        local -a COMP_WORDS=("${words[@]}")
        local -i COMP_CWORD="$((${#words[@]} - 1))"

        \(commands.isEmpty ? "" : subcommand)
        "_\(name)" "${1}" "${cur}" "${prev}"
    }

    complete -o filenames -F _\(name)_words \(name)

    """
  }

  /// Its function reads variables of the tool's own one, and its patterns are bash's extended ones.
  private var subcommand: String {
    """
    case "${COMP_WORDS[1]}" in
        \(commands.joined(separator: "|")))
            if [[ "${COMP_CWORD}" -gt 1 ]]; then
                local -i positional_number
                local -a unparsed_words=("${COMP_WORDS[@]:2}")
                local -a repeating_flags=() non_repeating_flags=() repeating_options=() non_repeating_options=()
                local -r state="$(shopt -p extglob)"
                shopt -s extglob
                "_\(name)_${COMP_WORDS[1]}"
                eval "${state}"
                return
            fi
            ;;
        esac
    """
  }
}

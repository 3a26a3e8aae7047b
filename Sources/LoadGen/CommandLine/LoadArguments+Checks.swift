internal import ArgumentParser
public import ToolSupport

extension LoadArguments {
  /// Whether these options would run.
  ///
  /// - Throws: what a run would throw before it starts anything.
  public func check(_ defaults: LoadDefaults) throws(ToolFailure) {
    _ = try labMode(defaults)
    _ = try plan(defaults)
  }

  /// `gzload comprae a b`: without a scheme or a slash it is no URL, and it is nearly a command.
  func refuseMistypedCommand(_ configuration: CommandConfiguration) throws(ToolFailure) {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word = target.urls.first, word.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) }),
      let meant = NearestName.suggestion(for: word, among: names)
    else { return }
    guard word != meant else { throw .usage("\(word): a command comes first, as in gzload \(word) --help") }
    throw .usage("\(word): no such command; did you mean \(meant)? For a host of that name write http://\(word)/")
  }
}

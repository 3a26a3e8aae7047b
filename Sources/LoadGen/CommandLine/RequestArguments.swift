internal import ArgumentParser

/// What each stream sends.
struct RequestArguments: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("m"), .customShort("X"), .customLong("method"), .customLong("request")],
    help: ArgumentHelp("Request method (GET; POST with a body).", valueName: "method"))
  var method: String?

  @Option(
    name: [.customShort("H"), .customLong("header")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A request header; may be repeated.", valueName: "name: value"))
  var headers: [String] = []

  @Option(
    name: [.customShort("d"), .customLong("data"), .customLong("body")], parsing: .unconditional,
    help: ArgumentHelp("Request body, byte for byte; @FILE reads a file.", valueName: "text|@file"))
  var data: String?

  @Option(
    name: [.customShort("D"), .customLong("data-file")],
    help: ArgumentHelp("Request body from a file, byte for byte.", valueName: "file"))
  var dataFile: String?
}

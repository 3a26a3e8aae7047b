internal import ToolSupport

/// What `--attach` names: `HOST:PORT`, a port alone for 127.0.0.1, or a URL of it.
struct AttachAddress: Equatable {
  /// `HOST:PORT`, as it is shown.
  let authority: String

  var url: String { "http://\(authority)/events" }

  /// - Throws: `usage`.
  init(parsing text: String) throws(ToolFailure) {
    let form = "must be HOST:PORT of a gzload that runs with --metrics-listen, such as 127.0.0.1:9464"
    var rest = text[...]
    if let separator = text.firstRange(of: "://") {
      guard text[..<separator.lowerBound].lowercased() == "http" else {
        throw OptionText.refusal("--attach", text, "gzload serves its events over http://; \(form)")
      }
      rest = text[separator.upperBound...]
    }
    for ending in ["/", "/events"] where rest.hasSuffix(ending) { rest = rest.dropLast(ending.count) }
    if (1...5).contains(rest.utf8.count), rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      rest = "127.0.0.1:\(rest)"[...]
    }
    if rest.hasPrefix(":") { rest = "127.0.0.1\(rest)"[...] }
    let hasPort = rest.lastIndex(of: ":").map { Int(rest[rest.index(after: $0)...]) != nil } ?? false
    guard hasPort, !rest.contains("/"), !rest.contains("?"), !rest.contains("#") else {
      throw OptionText.refusal("--attach", text, form)
    }
    do {
      _ = try TargetURL.checked("http://\(rest)/events")
    } catch {
      throw OptionText.refusal("--attach", text, form)
    }
    authority = String(rest)
  }
}

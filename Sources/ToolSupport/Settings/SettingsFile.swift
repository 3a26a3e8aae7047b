internal import Yams

/// What a `--config` file says: keys with their values and the lines they stand on.
///
/// YAML is wider than what options need: one mapping of names to values or to lists of values is taken, and everything
/// else refused with its line. Values are texts (`port: 8080` is `8080`): the options know what they mean.
struct SettingsFile: Equatable {
  struct Entry: Equatable {
    var key: String
    var values: [String]
    var isList: Bool
    /// From 1.
    var line: Int
  }

  var path: String
  var entries: [Entry]

  /// - Throws: `badConfiguration`, naming file and line.
  init(path: String, text: String) throws(ToolFailure) {
    self.path = path
    entries = []
    // A byte order mark counts as a column to the reader, and every line but the first would then be out of place.
    let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    try Self.refuseAliases(text, path)
    guard let root = try Self.parse(text, path) else { return }
    guard let mapping = root.mapping else {
      if root.scalar?.string.isEmpty == true { return }
      throw Self.failure(path, root.mark?.line, "must hold names and values, as in listen: 127.0.0.1:8080")
    }
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw Self.failure(path, key.mark?.line, "needs the name of an option before its colon")
      }
      entries.append(try Self.entry(name, value, path, line: key.mark?.line ?? 1))
    }
  }

  static func failure(_ path: String, _ line: Int?, _ message: String) -> ToolFailure {
    ToolFailure(.badConfiguration, "\(path):\(line.map { "\($0):" } ?? "") \(message)")
  }

  private static func entry(
    _ name: String, _ value: Node, _ path: String, line: Int
  ) throws(ToolFailure) -> Entry {
    if let list = value.sequence {
      var values: [String] = []
      for item in list {
        guard let text = scalar(item) else {
          throw failure(path, item.mark?.line ?? line, "\(name): a list must hold plain values")
        }
        values.append(text)
      }
      return Entry(key: name, values: values, isList: true, line: line)
    }
    guard value.mapping == nil else {
      throw failure(path, line, "\(name): options are not nested: give it a value, and every option a line of its own")
    }
    guard let text = scalar(value) else {
      throw failure(path, line, "\(name): has no value; give it one or leave the line out")
    }
    return Entry(key: name, values: [text], isList: false, line: line)
  }

  /// Nil for what is no text, and for nothing.
  private static func scalar(_ node: Node) -> String? {
    guard let scalar = node.scalar, !scalar.string.isEmpty else { return nil }
    if scalar.style == .plain, scalar.string == "~" || scalar.string == "null" { return nil }
    return scalar.string
  }

  private static func parse(_ text: String, _ path: String) throws(ToolFailure) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw explained(error, text, path)
    } catch {
      throw failure(path, nil, "is not YAML")
    }
  }

  private static func explained(_ error: YamlError, _ text: String, _ path: String) -> ToolFailure {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let line = lines(text).dropFirst(max(0, mark.line - 1)).first
      if line?.contains(UInt8(ascii: "\t")) == true {
        return failure(path, mark.line, "holds a tab; YAML has spaces only")
      }
      if problem.contains("nesting") { return failure(path, mark.line, "is nested too deeply; options are not nested") }
      return failure(path, mark.line, "is not YAML that can be read: \(problem)")
    case .duplicatedKeysInMapping(let names, let context):
      let name = names.first ?? ""
      let places = lines(text).enumerated().filter { $0.element.starts(with: Array("\(name):".utf8)) }.map {
        $0.offset + 1
      }
      return failure(path, places.last ?? context.mark.line, "\(name): is there twice; keep one of them")
    case .reader(_, _, let value, _):
      return failure(path, nil, "holds a character that YAML has not (\(value)); is it a text file?")
    default:
      return failure(path, nil, "is not YAML")
    }
  }

  /// A few lines of aliases of aliases stand for more values than there is time for, and the reader looks at each.
  private static func refuseAliases(_ text: String, _ path: String) throws(ToolFailure) {
    guard hasToken(text, UInt8(ascii: "&")), hasToken(text, UInt8(ascii: "*")) else { return }
    throw failure(path, nil, "holds anchors and aliases (&name, *name); write values out, or in quotes")
  }

  private static func hasToken(_ text: String, _ mark: UInt8) -> Bool {
    var previous = UInt8(ascii: "\n")
    var isOpen = false
    for byte in text.utf8 {
      if isOpen, byte > UInt8(ascii: " ") { return true }
      isOpen = byte == mark && (previous <= UInt8(ascii: " ") || ":,[{".utf8.contains(previous))
      previous = byte
    }
    return false
  }

  private static func lines(_ text: String) -> [Substring.UTF8View] {
    text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
  }
}

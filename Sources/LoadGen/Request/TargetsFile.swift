internal import ToolSupport

/// Reads the targets of `-f FILE`. Two spellings, which may be mixed:
///
///     http://127.0.0.1:8080/a            a URL a line
///
///     # weight: 3                        of the next target; to vegeta a comment
///     POST http://127.0.0.1:8080/b       as vegeta has it: a method and a URL,
///     Content-Type: text/plain           then its header fields,
///     @body.txt                          then the file of its body; ends at a blank line or the next target
///
/// Lines that begin with `#` are comments. Pure but for the files of bodies.
struct TargetsFile {
  static let maximumTargets = 100_000
  static let maximumBytes = 64 << 20
  static let maximumWeight = 1000
  static let maximumHeaders = 100
  /// Of bodies kept in memory, all files together; further ones are read by each stream.
  static let maximumHeldBytes: Int64 = 64 << 20

  private let file: String
  private let checkURL: (String) throws(ToolFailure) -> String
  private let readBody: (String, Bool) throws(ToolFailure) -> RequestContent

  private var targets: [LoadTarget] = []
  /// Only inside a target of a method and a URL; what belongs to it goes to the last of `targets`.
  private var isInside = false
  private var fields: Set<String> = []
  private var weight: Int?
  private var number = 0
  private var bodies: [String: RequestContent] = [:]
  private var heldBytes: Int64 = 0

  /// - Parameters:
  ///   - file: for messages.
  ///   - checkURL: what a URL must be, and how the engine takes it.
  ///   - readBody: a file's content; true when it may be held.
  init(
    file: String, checkURL: @escaping (String) throws(ToolFailure) -> String = TargetURL.checked,
    readBody: @escaping (String, Bool) throws(ToolFailure) -> RequestContent = {
      path, mayHold throws(ToolFailure) in try BodyFile.content(path, option: "body", mayHold: mayHold)
    }
  ) {
    self.file = OptionText.shown(file)
    self.checkURL = checkURL
    self.readBody = readBody
  }

  /// - Throws: `usage`, one line that begins with FILE:LINE.
  mutating func parse(_ bytes: some Collection<UInt8>) throws(ToolFailure) -> [LoadTarget] {
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      do { try take(Self.trimmed(line)) } catch {
        throw ToolFailure(error.exit, "-f \(file):\(number): \(error.message)")
      }
    }
    guard weight == nil else { throw .usage("-f \(file):\(number): a weight, and no target after it") }
    guard !targets.isEmpty else {
      throw .usage("-f \(file): no target in it; write a URL a line, or METHOD URL and its header fields")
    }
    return targets
  }

  private mutating func take(_ line: String) throws(ToolFailure) {
    if line.isEmpty {
      isInside = false
    } else if line.hasPrefix("#") {
      try takeComment(line.dropFirst())
    } else if isInside, line.hasPrefix("@") {
      try takeBody(String(line.dropFirst()))
    } else if let space = line.firstIndex(where: { $0 == " " || $0 == "\t" }), Self.isMethod(line[..<space]) {
      try takeRequest(method: line[..<space], url: Self.trimmed(Array(line[space...].utf8)))
    } else if isInside, !line.contains("://") || Self.isField(line) {
      try takeField(line)
    } else {
      isInside = false
      try add(LoadTarget(url: try checkURL(line)))
    }
  }

  /// Other comments are comments.
  private mutating func takeComment(_ text: Substring) throws(ToolFailure) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, Self.trimmed(Array(parts[0].utf8)).lowercased() == "weight" else { return }
    let value = Self.trimmed(Array(parts[1].utf8))
    guard let number = Int(value), (1...Self.maximumWeight).contains(number) else {
      throw .usage("weight \(OptionText.shown(value)): must be a whole number from 1 to \(Self.maximumWeight)")
    }
    isInside = false
    weight = number
  }

  private mutating func takeRequest(method: Substring, url: String) throws(ToolFailure) {
    var target = LoadTarget(url: try checkURL(url))
    target.method = try RequestText.method(String(method), option: "method")
    try add(target)
    isInside = true
    fields = []
  }

  private mutating func takeField(_ line: String) throws(ToolFailure) {
    let field = try RequestText.field(line, option: "header")
    guard fields.insert(field.name.lowercased()).inserted else {
      throw .usage("header \(field.name): given twice; join the values with a comma")
    }
    guard fields.count <= Self.maximumHeaders else {
      throw .usage("more than \(Self.maximumHeaders) header fields for one target")
    }
    targets[targets.count - 1].headers.append(line)
  }

  private mutating func takeBody(_ path: String) throws(ToolFailure) {
    let index = targets.count - 1
    guard targets[index].body == nil else { throw .usage("@\(OptionText.shown(path)): a target has one body") }
    guard targets[index].method != "HEAD" else { throw .usage("HEAD sends no body; choose another method") }
    if let known = bodies[path] {
      targets[index].body = known
      return
    }
    let content = try readBody(path, heldBytes < Self.maximumHeldBytes)
    if case .bytes(let bytes) = content { heldBytes += Int64(bytes.count) }
    bodies[path] = content
    targets[index].body = content
  }

  private mutating func add(_ target: LoadTarget) throws(ToolFailure) {
    guard targets.count < Self.maximumTargets else {
      throw .usage("more than \(Self.maximumTargets) targets; let {seq} or {rand:N} make them from fewer")
    }
    var target = target
    target.weight = weight ?? 1
    weight = nil
    targets.append(target)
  }

  /// Letters and nothing else; a URL has at least a colon.
  private static func isMethod(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x41...0x5A).contains($0) }
  }

  /// `Referer: http://…` is a field and no URL.
  private static func isField(_ line: String) -> Bool {
    guard let colon = line.firstIndex(of: ":") else { return false }
    return !line[colon...].hasPrefix("://")
  }

  private static func trimmed(_ line: some Collection<UInt8>) -> String {
    var line = Array(line)[...]
    while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0D { line.removeLast() }
    line = line.drop { $0 == 0x20 || $0 == 0x09 }
    return String(decoding: line, as: UTF8.self)
  }
}

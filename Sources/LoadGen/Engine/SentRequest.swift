/// What a stream asked for: enough to show its request as it went over the wire.
struct SentRequest: Sendable {
  let request: TargetRequest
  let url: String
  let method: String
  /// Where they are this stream's alone; nil is the target's.
  let lines: [String]?
  /// Of its body in bytes; nil without one.
  let length: Int64?
  /// Those of `-u`.
  let hasCredentials: Bool

  /// `GET /path?query`
  var line: String { "\(method) \(Self.path(of: url))" }

  /// As libcurl writes them, values of secrets masked. Lines that take a field away (`Expect:`) are done here as there.
  var fields: [ResponseHead.Field] {
    let own = (lines ?? request.headers(stream: 0)).compactMap(Self.split)
    let names = Set(own.map { $0.name.lowercased() })
    var all: [(name: String, value: String)] = []
    func add(_ name: String, _ value: String) {
      if !names.contains(name.lowercased()) { all.append((name, value)) }
    }
    add("Host", TargetURL.authority(url))
    if hasCredentials { add("Authorization", "Basic") }
    add("Accept", "*/*")
    all += own.compactMap { field in field.value.map { (field.name, $0) } }
    if let length {
      all.append(("Content-Length", String(length)))
      add("Content-Type", "application/x-www-form-urlencoded")
    } else if method == "POST" {
      all.append(("Content-Length", "0"))
    }
    return all.map { ResponseHead.Field(name: $0.name, value: HeaderText.isSecret($0.name) ? "***" : $0.value) }
  }

  /// `Name: value`; `Name:` has no value and is not sent, `Name;` is sent empty.
  private static func split(_ line: String) -> (name: String, value: String?)? {
    guard let mark = line.firstIndex(where: { $0 == ":" || $0 == ";" }) else { return nil }
    let value = line[line.index(after: mark)...].drop { $0 == " " || $0 == "\t" }
    let isTaken = line[mark] == ":" && value.isEmpty
    return (String(line[..<mark]), isTaken ? nil : String(value))
  }

  /// From the host's end to the fragment.
  private static func path(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let rest = url[scheme.upperBound...].prefix { $0 != "#" }
    guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
    return rest[start] == "?" ? "/" + rest[start...] : String(rest[start...])
  }
}
